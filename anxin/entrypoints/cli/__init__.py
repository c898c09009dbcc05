"""The anxin command line."""
