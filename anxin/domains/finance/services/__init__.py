"""Changes: requesting, approving, sending and hearing of refunds."""
