"""Threads of messages on one channel each, and the inbox."""
