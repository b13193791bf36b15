"""What the tests of this room share."""

from fixtures_api import group, make_caller

__all__ = ["group", "make_caller"]
