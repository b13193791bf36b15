"""Pages of gifts and thanks."""

from __future__ import annotations

from coachhub_gifts.views import finding, logbook, notes, outside
from coachhub_gifts.views.blueprint import bp

PAGES = (finding, logbook, notes, outside)

__all__ = ["PAGES", "bp"]
