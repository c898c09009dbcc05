"""Bringing files in: upload, preview with errors, apply, progress, result."""
