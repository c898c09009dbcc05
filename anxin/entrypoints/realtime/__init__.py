"""WebSockets: what queries returned, pushed after commit."""
