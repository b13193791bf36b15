"""What is forgotten of outside contacts: at once when asked or when their giver leaves, or in time.

Whoever has been introduced knows the other by their own consent, and keeps that. Everything else
about an outside contact stands in an introduction only as long as it is needed.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import ColumnElement, select

from coachhub.core.db import db, now
from coachhub.introductions.models import OPEN_STATES, Introduction
from coachhub.introductions.steps import ENDED, locked, move

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
