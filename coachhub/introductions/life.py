"""The life of an introduction: asked, answered, introduced, or quietly ended.

What other parts of the house call:

- `ask_giver(actor, introduction)` starts a proposed introduction (a round's release does so);
- `answer(actor, introduction, side, given)` takes one side's yes, no or not now, and carries on;
- `withdraw`, `stop` and `nudge` for the sides and the coach;
- `expire`, `ask_again` and `remind` for the clock.

The promise that follows is in `promises`, what begins without a round in `direct`. Only these
functions move an introduction; `steps.TRANSITIONS` says which steps there are. Each takes the
introduction's row lock first, so that of two answers at once the second is told what happened.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.exc import IntegrityError

from coachhub.core import audit
from coachhub.core.access import Actor, platform
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Membership
from coachhub.introductions import drafts, erasure, letters, rules
from coachhub.introductions.answers import Answer, Side, take
from coachhub.introductions.calendar import PROMISE_DAYS, day_of, today
from coachhub.introductions.hooks import INTRODUCED
from coachhub.introductions.models import OPEN_STATES, Introduction
from coachhub.introductions.steps import (
    ASKED,
    ENDED,
    AlreadyAnsweredError,
    IllegalStepError,
    consents,
    locked,
    move,
    sides,
)

CLOCK = platform("introductions")


class AlreadyOpenError(IllegalStepError):
    """The same two already have an open introduction for the same need."""


def ask_giver(actor: Actor, introduction: Introduction) -> Introduction:
    """Start a proposed introduction: draft gift and blurb, and ask whoever has not said yes yet.

    The giver comes first; a side whose yes is there already (somebody who offered to help, a
    receiver who asked for a door) is not asked again. If giver or receiver are gone, it ends as
    withdrawn. Raises AlreadyOpenError if the pair has an open one for this need.
    """
    introduction = locked(introduction.id)
    if introduction.state != "proposed":
        raise IllegalStepError(gettext("This introduction is under way already."))
    if not _both_here(introduction):
        move(introduction, "withdrawn")
        return introduction
    _open(introduction, "giver_asked")
    drafts.fill(introduction)
    introduction.giver_asked_at = introduction.state_since
    _carry_on(actor, introduction)
    return introduction


def answer(actor: Actor, introduction: Introduction, side: Side, given: Answer) -> Introduction:
    """Take one side's answer and carry on with the next side.

    Args:
        actor: the giver or the receiver; for the outsider whoever holds the link (way ``link``),
            or the giver who asked in person and reports it (way ``page``).
        introduction: which one.
        side: whose answer it is.
        given: the answer and what comes with it.

    Raises:
        NotFoundError: it is not this actor's to answer.
        AlreadyAnsweredError: it has been answered or has ended; the message says what happened.
        AnswerError: something is missing from a yes, or the day is out of range.
    """
    introduction = locked(introduction.id)
    if not rules.may_answer(actor, introduction, side, given.way):
        raise NotFoundError
    if introduction.state != f"{side}_asked":
        raise AlreadyAnsweredError(what_happened(introduction, side))
    take(introduction, side, given)
    if given.word == "yes":
        _carry_on(actor, introduction)
    else:
        move(introduction, "declined" if given.word == "no" else "not_now")
    return introduction


def withdraw(actor: Actor, introduction: Introduction) -> Introduction:
    """Let giver or receiver step back before the introduction is made; nobody is told who did."""
    introduction = locked(introduction.id)
    side = rules.side_of(actor, introduction)
    if introduction.introduced_at is not None:
        raise IllegalStepError(
            gettext("You have been introduced already, so this cannot be taken back.")
        )
    take(introduction, side, Answer("no"))
    # It may have ended quietly before; whoever steps back must not learn that from the answer.
    if introduction.state not in ENDED:
        move(introduction, "withdrawn")
    return introduction


def stop(actor: Actor, introduction: Introduction) -> Introduction:
    """Let the coach end one; the other steps of its ring go on."""
    rules.require_coach(actor)
    introduction = locked(introduction.id)
    move(introduction, "stopped")
    audit.record(actor, "introduction.stopped", kind="introduction", subject=introduction.id)
    return introduction


def nudge(actor: Actor, introduction: Introduction) -> bool:
    """Let the coach remind whoever has the next step, once a day; say whether a mail was written.

    An outside contact is never nudged: they get one mail.
    """
    rules.require_coach(actor)
    introduction = locked(introduction.id)
    if introduction.state == "introduced":
        written = letters.promise_reminder(introduction, once=f"nudge:{today()}", from_coach=True)
    elif introduction.state in ASKED:
        written = remind(introduction, once=f"nudge:{today()}")
    else:
        raise IllegalStepError(gettext("Nobody has a next step here."))
    audit.record(actor, "introduction.nudged", kind="introduction", subject=introduction.id)
    return written


def remind(introduction: Introduction, *, once: str) -> bool:
    """Write to the side that is asked again; an outside contact is left in peace."""
    side = introduction.state.removesuffix("_asked")
    if side == "outsider":
        return letters.ask_in_person_reminder(introduction, once=once)
    return letters.answer_reminder(introduction, side, once=once)


def expire(introduction: Introduction) -> None:
    """End an introduction that nobody answered in time."""
    introduction = locked(introduction.id)
    if introduction.state in ASKED:
        move(introduction, "expired")


def ask_again(introduction: Introduction) -> None:
    """Ask the side that said "not now" again, once its day has come."""
    introduction = locked(introduction.id)
    if introduction.state != "not_now" or (introduction.not_before or today()) > today():
        return
    given = consents(introduction)
    side = next(side for side in sides(introduction) if given[side].answer == "not_now")
    if not _both_here(introduction) or not rules.stands(introduction):
        move(introduction, "withdrawn")
        return
    if _search_went_on(introduction):
        move(introduction, "expired")
        return
    try:
        _open(introduction, f"{side}_asked")
    except AlreadyOpenError:
        move(introduction, "expired")
        return
    _ask(introduction, side)


def _search_went_on(introduction: Introduction) -> bool:
    """Say whether a search for a door has asked somebody else in the meantime."""
    if introduction.request_id is None:
        return False
    later = select(Introduction.id).where(
        Introduction.request_id == introduction.request_id,
        Introduction.created_at > introduction.created_at,
    )
    return db.session.scalar(later.limit(1)) is not None


def member_left(member_id: UUID, *, cohort_id: UUID | None = None, for_good: bool = True) -> None:
    """End what a leaver has open, quietly.

    Who leaves the firm lets their promises go; who leaves one cohort (`cohort_id`) keeps them. Of
    somebody who may come back (not `for_good`), whom they named is kept.
    """
    query = select(Introduction.id).where(
        (Introduction.giver_id == member_id) | (Introduction.receiver_id == member_id),
        Introduction.state.in_((*OPEN_STATES, "not_now")),
    )
    if cohort_id is not None:
        query = query.where(Introduction.cohort_id == cohort_id, Introduction.state != "introduced")
    for introduction_id in list(db.session.scalars(query)):
        introduction = locked(introduction_id)
        if introduction.state != "introduced":
            move(introduction, "withdrawn")
        elif introduction.giver_id == member_id:
            move(introduction, "let_go")
    if cohort_id is None and for_good:
        erasure.forget_contacts_of(member_id)


def receiver_landed(member_id: UUID) -> None:
    """End quietly what was on its way to somebody who has found work; promises made stay."""
    query = select(Introduction.id).where(
        Introduction.receiver_id == member_id,
        Introduction.state.in_((*OPEN_STATES, "not_now")),
        Introduction.state != "introduced",
    )
    for introduction_id in list(db.session.scalars(query)):
        move(locked(introduction_id), "withdrawn")


def what_happened(introduction: Introduction, side: Side) -> str:
    """Say to one side, in one sentence, why it has nothing to answer; never who else said what."""
    said = consents(introduction).get(side)
    if said is not None:
        return gettext(_ANSWERED[said.answer])
    return gettext("This introduction has ended in the meantime. There is nothing you need to do.")


_ANSWERED = {
    "yes": gettext_noop("This has been answered already: yes. Nothing was changed."),
    "no": gettext_noop("This has been answered already: no. Nothing was changed."),
    "not_now": gettext_noop("This has been answered already: not now. Nothing was changed."),
}


def _both_here(introduction: Introduction) -> bool:
    both = (introduction.giver_id, introduction.receiver_id)
    here = db.session.scalars(
        select(Membership.id).where(Membership.id.in_(both), Membership.state == "active")
    )
    return len(set(here)) == len(set(both))


def _open(introduction: Introduction, state: str) -> None:
    """Move into an open state, where the pair may have one introduction for this need only."""
    try:
        with db.session.begin_nested():
            move(introduction, state)
    except IntegrityError as error:
        if "uq_introductions_open_pair_need" not in str(error.orig):
            raise
        raise AlreadyOpenError(
            gettext("These two already have an open introduction for the same wish.")
        ) from error


def _carry_on(actor: Actor, introduction: Introduction) -> None:
    """Ask the first side that has not said yes; introduce when there is none left."""
    if not rules.stands(introduction):
        move(introduction, "withdrawn")
        return
    given = consents(introduction)
    for side in sides(introduction):
        if introduction.state != f"{side}_asked":
            if _stands_before(introduction, side):
                move(introduction, f"{side}_asked")
            else:
                continue
        if side not in given or given[side].answer != "yes":
            _ask(introduction, side)
            return
    _introduce(actor, introduction)


def _stands_before(introduction: Introduction, side: str) -> bool:
    order = [f"{one}_asked" for one in sides(introduction)]
    return order.index(introduction.state) < order.index(f"{side}_asked")


def _ask(introduction: Introduction, side: str) -> None:
    if side == "receiver":
        introduction.receiver_asked_at = introduction.receiver_asked_at or now()
    {
        "giver": letters.giver_asked,
        "receiver": letters.receiver_asked,
        "outsider": letters.outsider_asked,
    }[side](introduction)


def _introduce(actor: Actor, introduction: Introduction) -> None:
    due_on = _due_from_now(introduction)
    introduction.introduced_at, introduction.due_on = now(), due_on
    move(introduction, "introduced")
    letters.introduced(actor, introduction)
    INTRODUCED.call(introduction)


def _due_from_now(introduction: Introduction) -> dt.date:
    """Start the promise's clock now: as many days as the giver gave it when they said yes."""
    said_on = day_of(consents(introduction)["giver"].created_at)
    due_on = introduction.due_on or said_on + dt.timedelta(days=PROMISE_DAYS)
    return today() + max(due_on - said_on, dt.timedelta(days=1))
