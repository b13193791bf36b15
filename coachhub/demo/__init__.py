"""A trial's first content: made-up people at made-up firms, after real companies."""
