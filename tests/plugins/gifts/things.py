"""What the wall tests make for the addresses of gifts and thanks."""

from __future__ import annotations

import datetime as dt
from typing import Any

from coachhub_gifts.models import Given, Note


def _note(side: Any) -> Any:
    return side.add(
        Note(owner_id=side.member.id, member_id=side.other.id, name="Oth", words="Thank you.")
    )


def _given(side: Any) -> Any:
    return side.add(
        Given(owner_id=side.member.id, name="Oth", what="Bread", given_on=dt.date(2026, 3, 2))
    )


THINGS = {"note_id": _note, "given_id": _given}
