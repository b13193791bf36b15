"""What the wall tests make for the addresses of the contact card."""

from __future__ import annotations

from typing import Any

from uuid_utils.compat import uuid7

from coachhub.core.db import now
from coachhub_contact_card.models import Card, Visitor


def _visitor(side: Any) -> Any:
    card = side.add(Card(owner_id=side.member.id, token="t", token_hash=uuid7().hex, name="Card"))
    return side.add(Visitor(card_id=card, name="V", email="v@example.org", consented_at=now()))


THINGS = {"visitor_id": _visitor}
