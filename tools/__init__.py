"""Checks and chores of the project's own development; nothing here runs in production."""
