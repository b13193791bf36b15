"""Pages of the pitch workshop."""

from __future__ import annotations

from coachhub_pitch.views import aloud, asks, group, own
from coachhub_pitch.views.blueprint import bp

PAGES = (aloud, asks, group, own)

__all__ = ["PAGES", "bp"]
