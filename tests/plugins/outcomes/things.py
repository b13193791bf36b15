"""What the wall tests make for the addresses of Outcomes."""

from __future__ import annotations

from typing import Any

from coachhub_outcomes.models import Note


def _note(side: Any) -> Any:
    return side.add(Note(owner_id=side.member.id, text="Call the plant in Leuna"))


THINGS = {"outcomes_id": _note}
