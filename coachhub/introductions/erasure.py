"""What is forgotten of outside contacts: at once when asked or when their giver leaves, or in time.

Whoever has been introduced knows the other by their own consent, and keeps that. Everything else
about an outside contact stands in an introduction only as long as it is needed.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import ColumnElement, delete, select, update

from coachhub.core.db import db, now
from coachhub.introductions.models import OPEN_STATES, BookChange, Introduction, Meeting
from coachhub.introductions.steps import ENDED, locked, move
from coachhub.mail.models import FirmMail
from coachhub.privacy.sweep import blank_mails

# So long the link still works with which somebody asks to be left alone.
KEPT_AFTER_END = dt.timedelta(days=30)
_LINKED = Introduction.outsider_token_hash != ""


def forget_contact(address: str) -> int:
    """Forget an outside contact who asks for it, in every introduction; return in how many.

    What is open with them ends quietly.
    """
    wanted = address.strip().casefold()
    forgotten = 0
    for row in db.session.scalars(
        select(Introduction).where(Introduction.contact_id.is_not(None) | _LINKED)
    ).all():
        introduction = locked(row.id)
        if introduction.contact_email.strip().casefold() != wanted:
            continue
        if introduction.state in {*OPEN_STATES, "not_now"} and introduction.introduced_at is None:
            move(introduction, "withdrawn")
        _forget(introduction)
        forgotten += 1
    return forgotten


def blank(member_id: UUID) -> None:
    """Take an erased member's words out of their introductions; that there was one stays.

    A contact who was introduced stays known to the receiver: that was their own yes.
    """
    rows = db.session.scalars(
        select(Introduction).where(
            (Introduction.giver_id == member_id) | (Introduction.receiver_id == member_id)
        )
    )
    for row in rows.all():
        introduction = locked(row.id)
        introduction.reason = ""
        if introduction.giver_id == member_id:
            introduction.gift = introduction.blurb = introduction.promise = ""
            if introduction.introduced_at is None:
                _forget(introduction)
        else:
            introduction.outcome = introduction.thanks = ""
    db.session.execute(update(Meeting).where(Meeting.set_by_id == member_id).values(place=""))
    to_outsiders = select(FirmMail.id).where(
        FirmMail.membership_id.is_(None),
        FirmMail.introduction_id.in_(
            select(Introduction.id).where(Introduction.giver_id == member_id)
        ),
    )
    blank_mails(db.session.scalars(to_outsiders).all(), address=True)
    db.session.execute(delete(BookChange).where(BookChange.owner_id == member_id))
    db.session.flush()


def names_of(address: str) -> list[str]:
    """Return the names under which introductions know an outside contact."""
    rows = db.session.scalars(select(Introduction).where(_LINKED)).all()
    wanted = address.strip().casefold()
    return [one.contact_name for one in rows if one.contact_email.strip().casefold() == wanted]


def forget_contacts_of(giver_id: UUID) -> None:
    """Forget whom a leaver had chosen in introductions that were not made."""
    _forget_all(Introduction.giver_id == giver_id)


def forget_in_time() -> None:
    """Forget whom introductions were about that ended unmade a while ago."""
    _forget_all(Introduction.state_since <= now() - KEPT_AFTER_END)


def _forget_all(condition: ColumnElement[bool]) -> None:
    rows = db.session.scalars(
        select(Introduction).where(
            condition,
            Introduction.introduced_at.is_(None),
            Introduction.state.in_(ENDED),
            Introduction.contact_id.is_not(None) | _LINKED,
        )
    )
    for introduction in rows.all():
        _forget(locked(introduction.id))


def _forget(introduction: Introduction) -> None:
    introduction.contact_id = None
    introduction.contact_name = introduction.contact_email = ""
    introduction.outsider_token_hash = ""
    db.session.flush()
