"""Changes to conversations: receiving, answering, managing, recognising orders."""
