"""What the companies room announces."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coachhub.core.hooks import Hook

COMPANIES_PARTED: Hook[[UUID, UUID, Sequence[str]], None] = Hook(
    "companies_parted",
    "Called when some ways of writing have been given a company of their own, or a merge was"
    " undone: with the company they were taken from, the one they are now, and the names as"
    " written. Move the rows that carry such a name. In the same transaction.",
    between_rooms=True,
)
