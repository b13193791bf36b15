"""The guards' eyes: pure readers of a draft's words, with what they know kept as data."""
