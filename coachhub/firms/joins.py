"""Where firms join in with what lies below them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core.db import db
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import ENGLISH
from coachhub.firms.models import Firm, Invitation, Membership
from coachhub.mail.hooks import MAY_SEND, READS
from coachhub.mail.models import FirmMail

# They tell somebody why the firm is closed to them, and how to ask for a second look.
TO_SUSPENDED = frozenset({"case-author", "case-appeal"})


@MAY_SEND.from_room_at_once
def members_are_here(mails: Sequence[FirmMail]) -> list[str]:
    """Hold back what is for members who have left or are suspended."""
    ids = {mail.membership_id for mail in mails if mail.membership_id is not None}
    found = select(Membership.id, Membership.state).where(Membership.id.in_(ids))
    states = {row.id: row.state for row in db.session.execute(found)} if ids else {}
    return ["" if _is_here(mail, states) else "They are no longer a member." for mail in mails]


def _is_here(mail: FirmMail, states: Mapping[UUID, str]) -> bool:
    if mail.membership_id is None:
        return True
    state = states.get(mail.membership_id)
    return state == "active" or (state == "suspended" and mail.kind in TO_SUSPENDED)


@MAY_SEND.from_room
def invitation_stands(mail: FirmMail) -> str:
    """Hold back the mail of an invitation that was taken back before it left."""
    kind, _, number = mail.once.partition("/")
    if kind != "invitation":
        return ""
    invitation_id = UUID(number)
    withdrawn = db.session.scalar(
        select(Invitation.withdrawn_at).where(Invitation.id == invitation_id)
    )
    return "The invitation was taken back." if withdrawn else ""


@READS.from_room
def reads(membership_id: UUID | None) -> str:
    """Say which language a member reads; for somebody outside the one the firm writes in."""
    if membership_id is None:
        return db.session.get_one(Firm, current_firm_id()).language
    language = (
        select(Person.language)
        .join(Membership, Membership.person_id == Person.id)
        .where(Membership.id == membership_id)
    )
    return db.session.scalar(language) or ENGLISH
