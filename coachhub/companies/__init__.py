"""Names become companies: normaliser, score, identities, aliases, merges."""
