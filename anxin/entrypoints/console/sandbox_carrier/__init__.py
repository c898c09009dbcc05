"""The sandbox carrier and the sandbox sender: what they did, and how the carrier behaves."""
