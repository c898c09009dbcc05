"""The whole room: live figures and charts."""
