"""Changes to merchants: found them, staff them, open their stores, issue their keys."""
