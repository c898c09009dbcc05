"""One folder a vendor: implements a port that a domain declared."""
