"""Where firms join in with what lies below them."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.firms.models import Membership
from coachhub.mail.hooks import MAY_SEND
from coachhub.mail.models import FirmMail

# They tell somebody why the firm is closed to them, and how to ask for a second look.
TO_SUSPENDED = frozenset({"case-author", "case-appeal"})


@MAY_SEND.from_room
def member_is_here(mail: FirmMail) -> str:
    """Hold back what is for a member who has left or is suspended."""
    if mail.membership_id is None:
        return ""
    state = db.session.scalar(select(Membership.state).where(Membership.id == mail.membership_id))
    if state == "suspended" and mail.kind in TO_SUSPENDED:
        return ""
    return "" if state == "active" else "They are no longer a member."
