"""Administration: people and what they may do, teams, stores, keys of programs."""
