"""After-sales policy as data, and the decision it gives."""
