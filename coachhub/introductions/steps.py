"""The life of an introduction as one table: which step may follow which.

The database holds the same table in a trigger (migration 0018) and refuses every other step.
"""

from __future__ import annotations

from collections.abc import Mapping
from uuid import UUID

from sqlalchemy import select

from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.introductions import turns
from coachhub.introductions.models import Consent, Introduction

ASKED = ("giver_asked", "receiver_asked", "outsider_asked")
_BREAKS = frozenset({"declined", "not_now", "expired", "withdrawn", "stopped"})

TRANSITIONS: Mapping[str, frozenset[str]] = {
    "proposed": frozenset({"giver_asked", "withdrawn", "stopped"}),
    "giver_asked": _BREAKS | {"receiver_asked"},
    "receiver_asked": _BREAKS | {"outsider_asked", "introduced"},
    "outsider_asked": _BREAKS | {"introduced"},
    "not_now": frozenset({*ASKED, "expired", "withdrawn", "stopped"}),
    "introduced": frozenset({"kept", "let_go", "stopped"}),
    "kept": frozenset(),
    "let_go": frozenset(),
    "declined": frozenset(),
    "expired": frozenset(),
    "withdrawn": frozenset(),
    "stopped": frozenset(),
}
ENDED = frozenset(state for state, following in TRANSITIONS.items() if not following)
# From here on names and addresses are known to the sides.
MET = frozenset({"introduced", "kept", "let_go"})
# The sides do not know each other, or of whom, before the last consent.
BLIND_ASSETS = frozenset({"door", "buddy"})


class IllegalStepError(DomainError):
    """The introduction is not at a point where this can happen."""


class AlreadyAnsweredError(DomainError):
    """Somebody, perhaps in another window, was quicker; the message says what happened."""


def move(introduction: Introduction, state: str) -> None:
    """Take one step, and note when; raises IllegalStepError if it is not in the table."""
    if state not in TRANSITIONS[introduction.state]:
        raise IllegalStepError(
            gettext("This introduction has moved on, so that is no longer possible.")
        )
    before = introduction.state
    if before == "not_now":
        introduction.not_before = None
    introduction.state = state
    introduction.state_since = now()
    db.session.flush()
    if before == "not_now" or state in _BREAKS | {"let_go"}:
        turns.count_again(introduction)


def locked(introduction_id: UUID) -> Introduction:
    """Return the introduction, fresh from the database and locked until the transaction ends.

    Whoever answers at the same time waits here, and then sees what happened; raises NotFoundError.
    """
    found = db.session.scalar(
        select(Introduction)
        .where(Introduction.id == introduction_id)
        .with_for_update()
        .execution_options(populate_existing=True)
    )
    if found is None:
        raise NotFoundError
    return found


def consents(introduction: Introduction) -> dict[str, Consent]:
    """Return the answers given so far, by side."""
    rows = db.session.scalars(select(Consent).where(Consent.introduction_id == introduction.id))
    return {row.side: row for row in rows}


def sides(introduction: Introduction) -> tuple[str, ...]:
    """Return whose consents it needs, in the order in which they are asked."""
    if introduction.asset == "door":
        return ("giver", "receiver", "outsider")
    return ("giver", "receiver")
