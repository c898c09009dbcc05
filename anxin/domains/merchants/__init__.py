"""Merchants: tenants, their stores, people, duties and keys."""
