"""The matching engine: markets in, rounds of rings and chains out."""
