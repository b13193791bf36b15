"""Where firms join in with what lies below them."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.firms.models import Membership
from coachhub.mail.hooks import MAY_SEND
from coachhub.mail.models import FirmMail


@MAY_SEND.from_room_at_once
def members_are_here(mails: Sequence[FirmMail]) -> list[str]:
    """Hold back what is for members who have left or are suspended."""
    ids = {mail.membership_id for mail in mails if mail.membership_id is not None}
    here = select(Membership.id).where(Membership.id.in_(ids), Membership.state == "active")
    there = {None, *db.session.scalars(here)} if ids else {None}
    return ["" if mail.membership_id in there else "They are no longer a member." for mail in mails]
