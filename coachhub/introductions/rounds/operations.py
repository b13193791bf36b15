"""What a coach does with a round before it is released: make it, adjust it, drop it."""

from __future__ import annotations

import dataclasses
from uuid import UUID

from sqlalchemy import func, select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds.jobs import is_claimed, look_for_help, work_out_rounds
from coachhub.introductions.rounds.market import RoundSettings, as_json, settings_of
from coachhub.introductions.rounds.solving import (
    IN_REQUEST,
    Field,
    field_of,
    keep,
    left_out,
    try_out,
)
from coachhub.introductions.rules import require_coach

MOST_TURNS = 10
LONGEST_CHAIN = 6
OPEN_ROUND = ("solving", "draft")


class RoundError(DomainError):
    """A round is not in a state in which this can be done."""


def propose_round(
    actor: Actor,
    cohort: Cohort,
    settings: RoundSettings | None = None,
    *,
    by_worker: bool = False,
) -> Round:
    """Make the cohort's next round as a draft; a worker works out a large one, or any if asked.

    Without `settings` the last round's rules hold again, or the cohort's own. A cohort has one
    draft at a time: RoundError otherwise.
    """
    require_coach(actor)
    # Two coaches at once: the second waits here, and then sees the first one's draft.
    locked = db.session.scalars(
        select(Cohort).where(Cohort.id == cohort.id).with_for_update()
    ).one()
    if locked.state != "running":
        raise RoundError(gettext("This cohort is closed, so there are no more rounds."))
    if open_round(cohort) is not None:
        raise RoundError(gettext("There is a draft already. Release it or drop it first."))
    number = db.session.scalar(
        select(func.coalesce(func.max(Round.number), 0)).where(Round.cohort_id == cohort.id)
    )
    settings = settings or next_settings(cohort)
    _check(settings)
    round_ = Round(
        cohort_id=cohort.id,
        number=(number or 0) + 1,
        made_by_id=actor.member_id(),
        **as_json(settings),
    )
    db.session.add(round_)
    db.session.flush()
    audit.record(
        actor, "round.made", kind="round", subject=round_.id, label=f"Round {round_.number}"
    )
    if by_worker:
        leave_to_worker(round_)
    else:
        _work_out(cohort, round_, look=True)
    return round_


def open_round(cohort: Cohort) -> Round | None:
    """Return the cohort's draft, or the round that is being worked out."""
    return db.session.scalar(
        select(Round).where(Round.cohort_id == cohort.id, Round.state.in_(OPEN_ROUND))
    )


def next_settings(cohort: Cohort) -> RoundSettings:
    """Return the rules of the last released round without its hand edits, else the cohort's."""
    last = db.session.scalar(
        select(Round)
        .where(Round.cohort_id == cohort.id, Round.state == "released")
        .order_by(Round.number.desc())
        .limit(1)
    )
    if last is None:
        return RoundSettings(
            max_ring=cohort.max_ring,
            max_chain=cohort.max_chain,
            give_cap=cohort.give_cap,
            receive_cap=cohort.receive_cap,
        )
    return dataclasses.replace(
        settings_of(last), pinned=(), forbidden=frozenset(), caps={}, guests=()
    )


def change_settings(actor: Actor, round_: Round, settings: RoundSettings) -> Round:
    """Set ring length, chains, turns, starters and weights of a draft; it is worked out again.

    Pins, forbids and single members' caps stay as they are.
    """
    now_set = settings_of(round_)
    settings = dataclasses.replace(
        settings,
        pinned=now_set.pinned,
        forbidden=now_set.forbidden,
        caps=now_set.caps,
        guests=now_set.guests,
    )
    return _change(actor, round_, settings, "Changed the rules of the round")


def pin(actor: Actor, round_: Round, key: str) -> Round:
    """Have a match in the round, whatever it costs; the draft is worked out again."""
    settings = settings_of(round_)
    settings = dataclasses.replace(
        settings,
        pinned=tuple(dict.fromkeys((*settings.pinned, key))),
        forbidden=settings.forbidden - {key},
    )
    return _change(actor, round_, settings, "Pinned", key)


def unpin(actor: Actor, round_: Round, key: str) -> Round:
    """Take a pin back; the draft is worked out again."""
    settings = settings_of(round_)
    pinned = tuple(one for one in settings.pinned if one != key)
    return _change(actor, round_, dataclasses.replace(settings, pinned=pinned), "Unpinned", key)


def forbid(actor: Actor, round_: Round, key: str) -> Round:
    """Keep a match out of the round; the draft is worked out again without it."""
    settings = settings_of(round_)
    settings = dataclasses.replace(
        settings,
        forbidden=settings.forbidden | {key},
        pinned=tuple(one for one in settings.pinned if one != key),
    )
    return _change(actor, round_, settings, "Ruled out", key)


def allow(actor: Actor, round_: Round, key: str) -> Round:
    """Take a forbid, or a step left out, back; the draft is worked out again."""
    settings = settings_of(round_)
    forbidden = settings.forbidden - {key}
    settings = dataclasses.replace(settings, forbidden=forbidden)
    return _change(actor, round_, settings, "Allowed again", key)


def change_caps(
    actor: Actor, round_: Round, member_id: UUID, caps: tuple[int, int] | None
) -> Round:
    """Set how often one member gives and receives in this round; None: as everybody."""
    enrolled = db.session.scalar(
        select(Enrolment.id).where(
            Enrolment.cohort_id == round_.cohort_id, Enrolment.membership_id == member_id
        )
    )
    if enrolled is None:
        raise NotFoundError(gettext("We could not find that member in this cohort."))
    settings = settings_of(round_)
    others = {one: given for one, given in settings.caps.items() if one != member_id}
    if caps is not None:
        others[member_id] = caps
    settings = dataclasses.replace(settings, caps=others)
    return _change(actor, round_, settings, "Changed the turns of a member")


def work_out_again(actor: Actor, round_: Round) -> Round:
    """Work a draft out anew with what is on the board now."""
    return _change(actor, round_, settings_of(round_), "Worked out again", look=True)


def drop_step(actor: Actor, round_: Round, step_id: UUID) -> Round:
    """Leave one step out and keep all others as they are.

    What was a ring becomes a chain from the step's receiver round to its giver; a chain falls into
    what was before and after. The match stays forbidden, so that it does not come back by itself.
    """
    round_ = _editable(actor, round_)
    steps = list(
        db.session.scalars(
            select(Introduction)
            .where(Introduction.round_id == round_.id)
            .order_by(Introduction.ring, Introduction.position)
        )
    )
    gone = next((step for step in steps if step.id == step_id), None)
    if gone is None:
        raise NotFoundError(gettext("That step is not in the round any more."))
    before = round_.worth
    _reopen([step for step in steps if step.ring == gone.ring], gone, steps)
    db.session.delete(gone)
    round_.forbidden = sorted({*round_.forbidden, gone.key})
    round_.pinned = [key for key in round_.pinned if key != gone.key]
    left = [step for step in steps if step is not gone]
    round_.worth = sum(step.worth for step in left)
    received = {step.receiver_id for step in left}
    round_.served = len(received)
    if gone.receiver_id not in received:
        round_.unserved = [
            *round_.unserved,
            left_out(
                field_of(_cohort_of(round_), settings_of(round_)),
                gone.receiver_id,
                "left out",
                round_.max_ring,
            ),
        ]
    _note(actor, round_, "Left out", before, gone.key)
    return round_


def _reopen(ring: list[Introduction], gone: Introduction, steps: list[Introduction]) -> None:
    """Renumber the ring or chain that a step is taken out of."""
    at = ring.index(gone)
    if not gone.is_chain:
        for position, step in enumerate([*ring[at + 1 :], *ring[:at]]):
            step.position, step.is_chain = position, True
        return
    last = max(step.ring or 0 for step in steps)
    for position, step in enumerate(ring[at + 1 :]):
        step.position = position
        if at:
            step.ring = last + 1


def drop_draft(actor: Actor, round_: Round) -> None:
    """Put a draft away; nobody was asked anything."""
    require_coach(actor)
    round_ = locked(round_)
    if round_.state not in OPEN_ROUND:
        raise RoundError(gettext("Only a draft can be dropped."))
    round_.state = "dropped"
    round_.solving_since = None
    round_.stage = ""
    for step in db.session.scalars(select(Introduction).where(Introduction.round_id == round_.id)):
        db.session.delete(step)
    db.session.flush()
    audit.record(
        actor, "round.dropped", kind="round", subject=round_.id, label=f"Round {round_.number}"
    )


def start_again(actor: Actor, round_: Round) -> None:
    """Ask for a round that still waits for a worker once more; one at work is left alone."""
    require_coach(actor)
    round_ = locked(round_)
    if round_.state == "solving" and not is_claimed(round_):
        leave_to_worker(round_)


def locked(round_: Round) -> Round:
    """Return the round as it is now, held until the transaction ends."""
    return db.session.scalars(
        select(Round)
        .where(Round.id == round_.id)
        .with_for_update()
        .execution_options(populate_existing=True)
    ).one()


def _editable(actor: Actor, round_: Round) -> Round:
    require_coach(actor)
    round_ = locked(round_)
    if round_.state == "solving":
        raise RoundError(gettext("This round is still being worked out. Please wait a moment."))
    if round_.state != "draft":
        raise RoundError(gettext("This round is no draft any more, so it stays as it is."))
    return round_


def _change(
    actor: Actor,
    round_: Round,
    settings: RoundSettings,
    what: str,
    key: str = "",
    *,
    look: bool = False,
) -> Round:
    round_ = _editable(actor, round_)
    _check(settings)
    cohort = _cohort_of(round_)
    field = field_of(cohort, settings)
    if what == "Pinned" and key not in field.matches:
        raise NotFoundError(gettext("That match is not possible any more."))
    before = round_.worth
    for column, value in as_json(settings).items():
        setattr(round_, column, value)
    _work_out(cohort, round_, field, look=look)
    _note(actor, round_, what, before, key)
    return round_


def _cohort_of(round_: Round) -> Cohort:
    return db.session.scalars(select(Cohort).where(Cohort.id == round_.cohort_id)).one()


def _work_out(
    cohort: Cohort, round_: Round, field: Field | None = None, *, look: bool = False
) -> None:
    """Work a round out; `look` has a worker see what one more asset would bring."""
    settings = settings_of(round_)
    field = field or field_of(cohort, settings)
    if field.is_large():
        round_.matches = len(field.matches)
        leave_to_worker(round_)
        return
    keep(round_, field, try_out(field, settings, IN_REQUEST))
    if look:
        round_.stage = "help"
        look_for_help.later(round_.firm_id, str(round_.id))
        db.session.flush()


def leave_to_worker(round_: Round) -> None:
    """Put a round on the queue; it is a draft again when a worker is done with it."""
    round_.state = "solving"
    round_.solving_since, round_.claimed_at = now(), None
    round_.stage = ""
    work_out_rounds.later(round_.firm_id, str(round_.id))
    db.session.flush()


def _note(actor: Actor, round_: Round, what: str, before: float, key: str = "") -> None:
    """Write down what was changed and what it cost; a worker fills in the cost later."""
    after = round_.worth if round_.state == "draft" else None
    round_.changes = [
        *round_.changes,
        {"what": what, "key": key, "by": actor.label, "before": before, "after": after},
    ]
    db.session.flush()
    audit.record(
        actor,
        "round.changed",
        kind="round",
        subject=round_.id,
        label=f"Round {round_.number}",
        what=what,
    )


def _check(settings: RoundSettings) -> None:
    turns = [(settings.give_cap, settings.receive_cap), *settings.caps.values()]
    if any(not 0 <= turn <= MOST_TURNS for pair in turns for turn in pair):
        raise RoundError(
            gettext("Turns are 0 to %(MOST_TURNS)s for each member.", MOST_TURNS=MOST_TURNS)
        )
    if not 2 <= settings.max_ring <= 4:  # noqa: PLR2004 - a swap is two, the engine's longest is 4
        raise RoundError(gettext("Rings are of 2, 3 or 4 members."))
    if not 0 <= settings.max_chain <= LONGEST_CHAIN:
        raise RoundError(
            gettext(
                "Chains are up to %(LONGEST_CHAIN)s steps; 0 means none.",
                LONGEST_CHAIN=LONGEST_CHAIN,
            )
        )
