"""The merchant's policies: which version is in force, in plain words, and all there were."""
