"""Customers and the addresses we know them by."""
