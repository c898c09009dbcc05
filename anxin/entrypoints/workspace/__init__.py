"""Agents: queue, conversation, context."""
