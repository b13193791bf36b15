"""Where digests join in elsewhere: leaving them by mail."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.digests.models import DigestPreference
from coachhub.digests.operations import LEAVE
from coachhub.mail.hooks import INBOUND


@INBOUND.from_room
def leave(kind: str, subject_id: UUID, _membership_id: UUID | None, _text: str) -> str | None:
    """End a member's digests when their mail program asks for it (RFC 2369)."""
    if kind != LEAVE:
        return None
    preference = db.session.scalar(
        select(DigestPreference).where(DigestPreference.membership_id == subject_id)
    )
    if preference is not None:
        preference.cadence = "off"
    return "Your digests have ended."
