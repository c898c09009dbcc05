"""Supervisors, finance, operations, administrators: lists, imports, sandboxes, settings."""
