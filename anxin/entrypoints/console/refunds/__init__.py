"""Refunds: the list, the queue of a second person, and one refund with all that happened to it."""
