"""Buyers: hosted mobile portal and chat."""
