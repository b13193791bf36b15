"""Rounds across cohorts: the host's coach asks, the guest's coach joins, the host releases.

A guest takes part in one round, by its own coach's word, and can leave it until the release. Until
it has joined, nothing of it goes into the round.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.entrance import standings_in
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext
from coachhub.introductions import allies
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds.led import cohorts_led
from coachhub.introductions.rounds.operations import (
    RoundError,
    leave_to_worker,
    locked,
)
from coachhub.introductions.rounds.queries import Subjects, subjects_of
from coachhub.introductions.rules import require_coach
from coachhub.permissions import Standing


@dataclass(frozen=True)
class Guest:
    """A cohort that is asked to take part in a round, and who said yes for it."""

    cohort: Cohort
    joined_by: str


@dataclass(frozen=True)
class Asked:
    """A round that a cohort of mine is asked to take part in, or does."""

    round: Round
    host: Cohort
    guest: Cohort
    asked_by: str
    joined_by: str


def guests_of(round_: Round) -> list[Guest]:
    """Return the cohorts that were asked to take part."""
    ids = [UUID(one["cohort"]) for one in round_.guests]
    cohorts = {one.id: one for one in db.session.scalars(select(Cohort).where(Cohort.id.in_(ids)))}
    return [
        Guest(cohorts[UUID(one["cohort"])], str(one["joined_by"]))
        for one in round_.guests
        if UUID(one["cohort"]) in cohorts
    ]


def could_join(round_: Round) -> list[Cohort]:
    """Return the firm's running cohorts that could be asked, by name."""
    if allies.switch() == "off":
        return []
    taken = {round_.cohort_id, *(UUID(one["cohort"]) for one in round_.guests)}
    running = select(Cohort).where(Cohort.state == "running").order_by(Cohort.name)
    return [one for one in db.session.scalars(running) if one.id not in taken]


def invite(actor: Actor, round_: Round, cohort_id: UUID) -> Round:
    """Ask another cohort to take part in a draft; the actor's own other cohort joins at once."""
    require_coach(actor)
    round_ = _draft(round_)
    cohort = next((one for one in could_join(round_) if one.id == cohort_id), None)
    if cohort is None:
        raise NotFoundError(gettext("That cohort cannot be asked."))
    entry = {"cohort": str(cohort_id), "asked_by": actor.label, "joined_by": ""}
    round_.guests = [*round_.guests, entry]
    db.session.flush()
    _record(actor, "round.guest_asked", round_, cohort)
    if _leads(actor, cohort):
        return _join(actor, round_, cohort)
    return round_


def join(actor: Actor, round_id: UUID, cohort_id: UUID) -> Round:
    """Let a guest cohort take part, by its own coach; the round is worked out anew."""
    round_, cohort = _mine(actor, round_id, cohort_id)
    if allies.switch() == "off":
        raise RoundError(gettext("Rounds across cohorts are switched off in this firm."))
    return _join(actor, _draft(round_), cohort)


def leave(actor: Actor, round_id: UUID, cohort_id: UUID) -> Round:
    """Say no for a guest cohort, or take its yes back before the release."""
    round_, cohort = _mine(actor, round_id, cohort_id)
    return _part(actor, _draft(round_), cohort)


def uninvite(actor: Actor, round_: Round, cohort_id: UUID) -> Round:
    """Let the host's coach go on without a guest."""
    require_coach(actor)
    round_ = _draft(round_)
    found = next((one.cohort for one in guests_of(round_) if one.cohort.id == cohort_id), None)
    if found is None:
        raise NotFoundError
    return _part(actor, round_, found)


def asked_of(actor: Actor) -> list[Asked]:
    """Return the drafts of other cohorts that cohorts the actor leads are asked to, or are in."""
    mine = {one.id: one for one in cohorts_led(actor)}
    drafts = db.session.execute(
        select(Round, Cohort)
        .join(Cohort, Cohort.id == Round.cohort_id)
        .where(Round.state.in_(("draft", "solving")), Round.guests != [])
        .order_by(Round.created_at)
    )
    return [
        Asked(round_, host, mine[guest], str(one["asked_by"]), str(one["joined_by"]))
        for round_, host in drafts
        for one in round_.guests
        for guest in [UUID(one["cohort"])]
        if guest in mine
    ]


@dataclass(frozen=True)
class GuestView:
    """What a guest's coach sees of a round: the steps that touch their own members."""

    asked: Asked
    steps: tuple[Introduction, ...]
    names: dict[UUID, str]
    subjects: Subjects


def guest_view(actor: Actor, round_id: UUID, cohort_id: UUID) -> GuestView:
    """Return what a guest's coach sees of a round that their cohort has joined."""
    asked = next(
        (
            one
            for one in asked_of(actor)
            if (one.round.id, one.guest.id) == (round_id, cohort_id) and one.joined_by
        ),
        None,
    )
    if asked is None:
        raise NotFoundError
    own = set(
        db.session.scalars(
            select(Enrolment.membership_id).where(
                Enrolment.cohort_id == cohort_id, Enrolment.state == "active"
            )
        )
    )
    steps = tuple(
        step
        for step in db.session.scalars(
            select(Introduction)
            .where(Introduction.round_id == round_id)
            .order_by(Introduction.ring, Introduction.position)
        )
        if own & {step.giver_id, step.receiver_id}
    )
    met = {one for step in steps for one in (step.giver_id, step.receiver_id)}
    return GuestView(asked, steps, allies.names_for(cohort_id, met), subjects_of(steps))


def _mine(actor: Actor, round_id: UUID, cohort_id: UUID) -> tuple[Round, Cohort]:
    """Return a round and its guest, if the actor leads that guest; NotFoundError otherwise."""
    found = next(
        (one for one in asked_of(actor) if (one.round.id, one.guest.id) == (round_id, cohort_id)),
        None,
    )
    if found is None:
        raise NotFoundError
    return found.round, found.guest


def _join(actor: Actor, round_: Round, cohort: Cohort) -> Round:
    round_.guests = [
        one | {"joined_by": actor.label} if one["cohort"] == str(cohort.id) else one
        for one in round_.guests
    ]
    _record(actor, "round.guest_joined", round_, cohort)
    _anew(round_)
    return round_


def _part(actor: Actor, round_: Round, cohort: Cohort) -> Round:
    gone: list[dict[str, Any]] = [one for one in round_.guests if one["cohort"] == str(cohort.id)]
    round_.guests = [one for one in round_.guests if one not in gone]
    _record(actor, "round.guest_left", round_, cohort)
    if any(one["joined_by"] for one in gone):
        _anew(round_)
    db.session.flush()
    return round_


def _anew(round_: Round) -> None:
    """Have the round worked out with who takes part now; how many matches there are is to see."""
    round_.matches = 0
    leave_to_worker(round_)


def _leads(actor: Actor, cohort: Cohort) -> bool:
    return Standing.COHORT_COACH in standings_in(actor, cohort)


def _draft(round_: Round) -> Round:
    round_ = locked(round_)
    if round_.state == "solving":
        raise RoundError(gettext("This round is still being worked out. Please wait a moment."))
    if round_.state != "draft":
        raise RoundError(
            gettext("This round is no draft any more, so nobody can join or leave it.")
        )
    return round_


def _record(actor: Actor, action: str, round_: Round, cohort: Cohort) -> None:
    label = f"Round {round_.number}"
    audit.record(actor, action, kind="round", subject=round_.id, label=label, cohort=cohort.name)
