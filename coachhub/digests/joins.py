"""Where digests join in elsewhere: leaving them by mail."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.digests.models import DigestPreference
from coachhub.digests.operations import LEAVE
from coachhub.firms.models import Membership
from coachhub.mail.hooks import INBOUND
from coachhub.mail.models import FirmMail
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection, section


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


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member what mail they got from the firm, and when they want their digest."""
    mails = select(FirmMail).where(FirmMail.membership_id == member.id).order_by(FirmMail.due_at)
    wishes = select(DigestPreference).where(DigestPreference.membership_id == member.id)
    return [
        section(
            "mails",
            "Mails to you",
            db.session.scalars(mails),
            "due_at sent_at kind subject to_address state reason",
        ),
        section(
            "digest",
            "When you want your digest",
            db.session.scalars(wishes),
            "cadence weekday hour timezone",
        ),
    ]
