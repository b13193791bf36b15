"""What the wall tests make for the addresses of outcomes."""

from __future__ import annotations

from typing import Any

from coachhub_outcomes.models import Cause, Landing


def _cause(side: Any) -> Any:
    landing = side.add(Landing(owner_id=side.member.id, work="employed"))
    return side.add(
        Cause(owner_id=side.member.id, landing_id=landing, helper_id=side.coach.id, kind="other")
    )


THINGS = {"cause_id": _cause}
