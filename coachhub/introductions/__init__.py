"""Matches, rounds, and the life of an introduction: consents, promise, outcome, thanks."""
