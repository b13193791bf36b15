"""What the wall tests make for the addresses of chat channels."""

from __future__ import annotations

from typing import Any

from coachhub_chat_notify.models import Channel


def _channel(side: Any) -> Any:
    return side.add(
        Channel(
            cohort_id=side.cohort.id, name="#group", service="slack", events=["round"],
            address="https://hooks.slack.com/services/T0/B0/x",
        )
    )  # fmt: skip


THINGS = {"chat_channel_id": _channel}
