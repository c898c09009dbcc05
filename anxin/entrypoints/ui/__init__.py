"""What every page shares: base templates, components, static files, sign-in, rooms."""
