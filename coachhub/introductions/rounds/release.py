"""Releasing a round, and taking a release back before the first mail has left."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import exists, select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.words import gettext, ngettext
from coachhub.introductions import life, steps
from coachhub.introductions.models import Consent, Introduction, Round
from coachhub.introductions.rounds.hooks import ROUND_RELEASED
from coachhub.introductions.rounds.market import settings_of
from coachhub.introductions.rounds.operations import RoundError, locked, open_round
from coachhub.introductions.rounds.solving import field_of
from coachhub.introductions.rules import require_coach
from coachhub.mail import outbox

UNDO_FOR = dt.timedelta(minutes=10)


def release_round(actor: Actor, round_: Round, *, at_once: bool = False) -> Round:
    """Release a draft: ask every giver, and count who goes on waiting.

    The mails wait for ten minutes, in which it can be taken back, unless they go out `at_once`.

    Refused with RoundError if somebody else was quicker, if there is nothing in it, or if a step
    does not hold any more (somebody left, a post was closed or held back).
    """
    require_coach(actor)
    round_ = locked(round_)
    _refuse_unless_draft(round_)
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == round_.cohort_id)).one()
    proposed = steps_in(round_, "proposed")
    if not proposed:
        raise RoundError(
            gettext("There is no introduction in this round yet, so nothing to release.")
        )
    if gone := stale_keys(cohort, round_, proposed):
        raise RoundError(
            ngettext(
                "One step does not hold any more, because something changed since. Work the round"
                " out again, then release it.",
                "%(num)s steps do not hold any more, because something changed since. Work the"
                " round out again, then release it.",
                len(gone),
            )
        )
    round_.state = "released"
    round_.released_at = now()
    round_.released_by = actor.label
    served = {step.receiver_id for step in proposed}
    waited = _count_waiting(cohort, served)
    for guest in settings_of(round_).guests:
        waited |= _serve_guests(guest, served)
    round_.waited_before = waited
    for step in proposed:
        life.ask_giver(actor, step)
    if not at_once:
        outbox.hold({step.id for step in proposed}, round_.released_at + UNDO_FOR)
    audit.record(
        actor,
        "round.released",
        kind="round",
        subject=round_.id,
        label=f"Round {round_.number}",
        introductions=len(proposed),
        members=round_.served,
    )
    ROUND_RELEASED.call(round_)
    return round_


def withdraw_release(actor: Actor, round_: Round) -> Round:
    """Take a release back and make it a draft again: before a mail has left or an answer come."""
    require_coach(actor)
    round_ = locked(round_)
    if not may_withdraw(round_):
        raise RoundError(gettext("This release cannot be taken back any more."))
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == round_.cohort_id)).one()
    if open_round(cohort) is not None:
        raise RoundError(gettext("There is another draft already. Drop it first."))
    for step in steps_in(round_, "giver_asked"):
        steps.move(step, "withdrawn")
        db.session.add(_proposed_again(step))
        # What was taken back belongs to no round; its page tells the giver that it is over.
        step.round_id = None
    _restore_waiting(round_.waited_before)
    round_.state = "draft"
    round_.released_at = None
    round_.released_by = ""
    round_.waited_before = {}
    db.session.flush()
    audit.record(
        actor,
        "round.release_withdrawn",
        kind="round",
        subject=round_.id,
        label=f"Round {round_.number}",
    )
    return round_


def may_withdraw(round_: Round) -> bool:
    """Say whether a release can still be taken back: nobody was written to, nobody answered."""
    if round_.state != "released" or round_.released_at is None:
        return False
    if now() - round_.released_at > UNDO_FOR:
        return False
    asked = select(Introduction.id).where(Introduction.round_id == round_.id)
    if outbox.has_left(db.session.scalars(asked).all()):
        return False
    answered = exists().where(Consent.introduction_id == Introduction.id)
    moved_on = select(Introduction.id).where(
        Introduction.round_id == round_.id, (Introduction.state != "giver_asked") | answered
    )
    return db.session.scalar(moved_on.limit(1)) is None


def steps_in(round_: Round, state: str) -> list[Introduction]:
    """Return the round's introductions in one state, in the order of its rings."""
    return list(
        db.session.scalars(
            select(Introduction)
            .where(Introduction.round_id == round_.id, Introduction.state == state)
            .order_by(Introduction.ring, Introduction.position)
        )
    )


def stale_keys(cohort: Cohort, round_: Round, proposed: list[Introduction]) -> set[str]:
    """Return the keys of proposed steps that no longer hold."""
    field = field_of(cohort, settings_of(round_))
    return {step.key for step in proposed} - set(field.matches)


def _refuse_unless_draft(round_: Round) -> None:
    if round_.state == "released":
        raise RoundError(
            gettext(
                "%(released_by)s has released this round already.", released_by=round_.released_by
            )
        )
    if round_.state == "solving":
        raise RoundError(gettext("This round is still being worked out. Please wait a moment."))
    if round_.state != "draft":
        raise RoundError(gettext("This round was dropped, so it cannot be released."))


def _count_waiting(cohort: Cohort, served: set[UUID]) -> dict[str, int]:
    """Raise `waited` of who receives nothing, zero it for who does; return what it was."""
    before = {}
    for enrolment in _enrolled(cohort.id):
        before[str(enrolment.id)] = enrolment.waited
        enrolment.waited = 0 if enrolment.membership_id in served else enrolment.waited + 1
    return before


def _serve_guests(cohort_id: UUID, served: set[UUID]) -> dict[str, int]:
    """Zero `waited` of a guest's members who receive; this round is no turn of theirs."""
    before = {}
    for enrolment in _enrolled(cohort_id):
        if enrolment.membership_id in served:
            before[str(enrolment.id)] = enrolment.waited
            enrolment.waited = 0
    return before


def _restore_waiting(before: dict[str, int]) -> None:
    rows = select(Enrolment).where(Enrolment.id.in_(list(map(UUID, before)))).with_for_update()
    for enrolment in db.session.scalars(rows):
        enrolment.waited = before[str(enrolment.id)]


def _enrolled(cohort_id: UUID) -> list[Enrolment]:
    return list(
        db.session.scalars(
            select(Enrolment)
            .where(
                Enrolment.cohort_id == cohort_id,
                Enrolment.state == "active",
                Enrolment.role == "member",
            )
            .order_by(Enrolment.membership_id)
            .with_for_update()
        )
    )


def _proposed_again(step: Introduction) -> Introduction:
    return Introduction(
        cohort_id=step.cohort_id,
        round_id=step.round_id,
        ring=step.ring,
        is_chain=step.is_chain,
        position=step.position,
        giver_id=step.giver_id,
        receiver_id=step.receiver_id,
        need=step.need,
        need_id=step.need_id,
        asset=step.asset,
        asset_id=step.asset_id,
        company_id=step.company_id,
        worth=step.worth,
        reason=step.reason,
        key=step.key,
        state="proposed",
        state_since=now(),
    )
