"""Foundations without business words."""
