"""Changes to commerce: recording what was sold, and claiming it."""
