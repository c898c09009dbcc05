"""The chat widget: one script tag in somebody's shop, and the frame it opens."""
