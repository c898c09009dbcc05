"""The business, on shelves: a domain knows the shelves below it, never its neighbours."""
