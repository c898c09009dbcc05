"""A sample shop page that carries the chat widget."""
