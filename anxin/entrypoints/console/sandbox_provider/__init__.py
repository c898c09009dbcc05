"""The sandbox refund provider: what it did, and what it is told to do wrong."""
