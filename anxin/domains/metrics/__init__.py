"""Figures kept incrementally from the event stream."""
