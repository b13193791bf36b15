"""What follows an introduction: the promise and its clock, the outcome, the thanks."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.introductions import letters
from coachhub.introductions.answers import LONGEST_TEXT
from coachhub.introductions.calendar import LONGEST_PROMISE_DAYS, in_days, today
from coachhub.introductions.hooks import OUTCOME_REPORTED, PROMISE_KEPT, THANKED
from coachhub.introductions.models import OUTCOMES, Introduction
from coachhub.introductions.steps import IllegalStepError, locked, move


class PromiseError(DomainError):
    """A date or a text of a promise, an outcome or thanks cannot be taken; the message says why."""


def more_time(actor: Actor, introduction: Introduction, due_on: dt.date) -> Introduction:
    """Give a promise a new day; its giver is reminded again before it."""
    introduction = _of_giver(actor, introduction.id)
    _require_open(introduction)
    if not today() < due_on <= in_days(LONGEST_PROMISE_DAYS):
        raise PromiseError(gettext("Please choose a day from tomorrow on, within three months."))
    introduction.due_on = due_on
    db.session.flush()
    return introduction


def keep(actor: Actor, introduction: Introduction) -> Introduction:
    """Mark a promise as kept."""
    introduction = _of_giver(actor, introduction.id)
    _require_open(introduction)
    introduction.kept_at = now()
    move(introduction, "kept")
    letters.promise_kept(introduction)
    PROMISE_KEPT.call(introduction)
    return introduction


def let_go(actor: Actor, introduction: Introduction) -> Introduction:
    """Let a promise go; it counts in the giver's own mirror and nowhere else."""
    introduction = _of_giver(actor, introduction.id)
    _require_open(introduction)
    move(introduction, "let_go")
    return introduction


def report_outcome(
    actor: Actor, introduction: Introduction, kind: str, text: str = ""
) -> Introduction:
    """Take the receiver's word on what came of it: one of `models.OUTCOMES`, and their text.

    It flows back to the giver: on their page at once, and by mail once something came of it.
    """
    introduction = _of_receiver(actor, introduction.id)
    if kind not in OUTCOMES:
        raise PromiseError(gettext("Please choose what came of it."))
    introduction.outcome_kind = kind
    introduction.outcome = _checked(text)
    introduction.outcome_at = now()
    db.session.flush()
    if kind != "nothing_yet":
        letters.outcome(introduction)
    OUTCOME_REPORTED.call(introduction)
    return introduction


def thank(actor: Actor, introduction: Introduction, text: str) -> Introduction:
    """Bring the receiver's thanks to the giver, by mail and on their page."""
    introduction = _of_receiver(actor, introduction.id)
    if not _checked(text):
        raise PromiseError(gettext("Please write a word or two."))
    introduction.thanks = _checked(text)
    introduction.thanked_at = now()
    db.session.flush()
    letters.thanked(introduction)
    THANKED.call(introduction)
    return introduction


def is_late(introduction: Introduction) -> bool:
    """Say whether a promise is open past its day."""
    return (
        introduction.state == "introduced"
        and introduction.due_on is not None
        and introduction.due_on < today()
    )


def _of_giver(actor: Actor, introduction_id: UUID) -> Introduction:
    introduction = locked(introduction_id)
    if introduction.giver_id != actor.member_id() or introduction.introduced_at is None:
        raise NotFoundError
    return introduction


def _of_receiver(actor: Actor, introduction_id: UUID) -> Introduction:
    introduction = locked(introduction_id)
    if introduction.receiver_id != actor.member_id() or introduction.introduced_at is None:
        raise NotFoundError
    return introduction


def _require_open(introduction: Introduction) -> None:
    if introduction.state == "introduced":
        return
    raise IllegalStepError(gettext(_NOT_OPEN.get(introduction.state, _ENDED)))


_ENDED = gettext_noop("This promise is ended already. Nothing was changed.")
_NOT_OPEN = {
    "kept": gettext_noop("This promise is kept already. Nothing was changed."),
    "let_go": gettext_noop("This promise is let go already. Nothing was changed."),
}


def _checked(text: str) -> str:
    if len(text) > LONGEST_TEXT:
        raise PromiseError(
            gettext("Please keep it under %(LONGEST_TEXT)s characters.", LONGEST_TEXT=LONGEST_TEXT)
        )
    return text.strip()
