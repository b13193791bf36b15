"""Rounds: a coach's weekly set of introductions, worked out, adjusted by hand, released."""
