"""The ledger, and our parts held against the provider's book."""
