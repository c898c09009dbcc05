"""REST: typed shapes, one service or query a call, problem+json errors."""
