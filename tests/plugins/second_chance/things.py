"""What the wall tests make for the addresses of second chances."""

from __future__ import annotations

from typing import Any

from coachhub.core.db import now
from coachhub_second_chance.models import Chance, Touch, Version


def _chance(side: Any) -> Any:
    return side.add(Chance(owner_id=side.member.id, target_id=side.thing("target_id")))


def _version(side: Any) -> Any:
    return side.add(Version(chance_id=side.thing("chance_id"), number=1, text="Dear Ada"))


def _touch(side: Any) -> Any:
    return side.add(Touch(chance_id=side.thing("chance_id"), due_on=now().date()))


THINGS = {"chance_id": _chance, "version_id": _version, "touch_id": _touch}
