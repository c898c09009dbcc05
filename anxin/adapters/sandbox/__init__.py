"""Every port on a laptop: real implementations with books of their own, and pages to see them."""
