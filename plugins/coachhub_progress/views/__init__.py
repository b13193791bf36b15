"""Pages of progress updates."""

from __future__ import annotations

from coachhub_progress.views import choosing, outside, own
from coachhub_progress.views.blueprint import bp

PAGES = (choosing, outside, own)

__all__ = ["PAGES", "bp"]
