"""What the tests of this room share."""

from fixtures_group import group

__all__ = ["group"]
