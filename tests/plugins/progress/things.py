"""What the wall tests make for the addresses of progress updates."""

from __future__ import annotations

from typing import Any

from coachhub_progress.models import Group, Update

THINGS: dict[str, Any] = {
    "progress_id": lambda side: side.add(Update(owner_id=side.member.id, subject="News")),
    "progress_group_id": lambda side: side.add(Group(owner_id=side.member.id, name="Friends")),
}
