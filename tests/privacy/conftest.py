"""What the tests of this room share."""

from fixtures_circle import circle
from fixtures_group import group

__all__ = ["circle", "group"]
