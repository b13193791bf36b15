"""What can go wrong with a server of our own."""


class ClusterError(Exception):
    """The embedded PostgreSQL can't do what was asked; the sentence says how to mend it."""
