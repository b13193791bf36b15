"""What the wall tests make for the addresses of the pitch workshop."""

from __future__ import annotations

from typing import Any

from coachhub.core.db import now
from coachhub_pitch.models import Comment, Pitch, Version


def _pitch(side: Any) -> Any:
    made = side.add(
        Pitch(
            owner_id=side.member.id,
            cohort_id=side.cohort.id,
            kind="hook",
            text="I make old plants run quietly.",
            state="asked",
            asked_at=now(),
        )
    )
    side.made["pitch_version_id"] = side.add(
        Version(pitch_id=made, number=1, text="I make old plants run quietly.")
    )
    return made


def _version(side: Any) -> Any:
    side.thing("pitch_id")
    return side.made["pitch_version_id"]


def _comment(side: Any) -> Any:
    return side.add(
        Comment(
            pitch_id=side.thing("pitch_id"), owner_id=side.coach.id, number=1, text="Good.",
        )
    )  # fmt: skip


THINGS = {"pitch_id": _pitch, "pitch_version_id": _version, "pitch_comment_id": _comment}
