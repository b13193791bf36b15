"""What the companies room announces."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coachhub.core.hooks import Hook

COMPANIES_JOINED: Hook[[UUID, UUID], None] = Hook(
    "companies_joined",
    "Called when a person has said that two companies are one, with the id that is given up and"
    " the id that stays. Columns declared with points_to('companies_company') have moved already;"
    " move what is kept elsewhere. In the same transaction.",
)

COMPANIES_PARTED: Hook[[UUID, UUID, Sequence[str]], None] = Hook(
    "companies_parted",
    "Called when some ways of writing have been given a company of their own, or a merge was"
    " undone: with the company they were taken from, the one they are now, and the names as"
    " written. Move the rows that carry such a name. In the same transaction.",
)
