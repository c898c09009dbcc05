"""Processes that span domains, one file each."""
