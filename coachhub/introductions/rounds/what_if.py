"""What would be, if: other rules or one change, worked out and not kept."""

from __future__ import annotations

import dataclasses
from dataclasses import dataclass

from coachhub.cohorts.models import Cohort
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.exchange.market import Budget
from coachhub.introductions.allies import names_for
from coachhub.introductions.calendar import today as firms_today
from coachhub.introductions.matching.search import ground_of, matches_on
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.market import RoundSettings, settings_of
from coachhub.introductions.rounds.queries import subjects_of
from coachhub.introductions.rounds.solving import Field, Solved, field_of, try_out

BUDGET = Budget(seconds=1.0)


@dataclass(frozen=True)
class Outcome:
    """What a round would be: its worth, who is served, and how that compares with the draft."""

    label: str
    worth: float
    served: int
    introductions: int
    difference: float
    is_now: bool = False
    settings: RoundSettings | None = None


@dataclass(frozen=True)
class OneChange:
    """One change to a draft, before it is made."""

    change: str
    key: str
    step: str
    reason: str
    parts: tuple[tuple[str, str], ...]
    worth: float
    outcome: Outcome | None


@dataclass(frozen=True)
class Readiness:
    """What a round could be made of, before there is one."""

    members: int
    needs: int
    offers: int
    matches: int


def readiness(cohort: Cohort) -> Readiness:
    """Count what there is to make a round of."""
    today = firms_today()
    ground = ground_of(cohort, today)
    return Readiness(
        members=sum(person.receives for person in ground.people.values()),
        needs=len(ground.posts.targets) + len(ground.posts.asks),
        offers=len(ground.posts.offers) + len(ground.posts.leads),
        matches=len(matches_on(cohort, ground, today)),
    )


def other_rules(cohort: Cohort, round_: Round) -> list[Outcome]:
    """Work the round out with each ring length, with chains, and with one turn more.

    Nothing for a large round: nobody waits here for five of those.
    """
    now_set = settings_of(round_)
    variants = [
        (gettext("Swaps only"), dataclasses.replace(now_set, max_ring=2)),
        (gettext("Rings of up to %(most)s", most=3), dataclasses.replace(now_set, max_ring=3)),
        (gettext("Rings of up to %(most)s", most=4), dataclasses.replace(now_set, max_ring=4)),
        (
            gettext("With chains of up to %(most)s", most=3),
            dataclasses.replace(now_set, max_chain=3),
        ),
        (gettext("One turn more for everybody"), _one_turn_more(now_set)),
    ]
    field = field_of(cohort, now_set)
    if field.is_large():
        return []
    found = []
    for label, settings in variants:
        solved = try_out(field, settings, BUDGET)
        found.append(_outcome(label, round_, solved, settings, is_now=settings == now_set))
    return found


def one_change(cohort: Cohort, round_: Round, change: str, key: str) -> OneChange:
    """Work out what pinning or ruling out one match would cost.

    Raises:
        NotFoundError: no such change, or the match is not possible any more.
    """
    settings = settings_of(round_)
    field = field_of(cohort, settings)
    match = field.matches.get(key)
    changed = _changed(settings, change, key)
    if match is None or changed is None:
        raise NotFoundError(gettext("That match is not possible any more."))
    subjects = subjects_of([match])
    names = names_for(cohort.id, {match.giver_id, match.receiver_id})
    return OneChange(
        change=change,
        key=key,
        step=gettext(
            "%(giver)s gives to %(receiver)s: %(what)s",
            giver=names[match.giver_id],
            receiver=names[match.receiver_id],
            what=subjects.asset(match),
        ),
        reason=match.reason,
        parts=tuple(
            (gettext(label), f"{100 * part:.0f} %")
            for label, part in zip(_PARTS, match.parts, strict=True)
        ),
        worth=match.worth,
        outcome=_try(field, round_, changed),
    )


_PARTS = (
    gettext_noop("How strong it is"),
    gettext_noop("How much it matters to the receiver"),
    gettext_noop("How well it fits"),
    gettext_noop("How fresh it is"),
    gettext_noop("Your own weight"),
)


def _changed(settings: RoundSettings, change: str, key: str) -> RoundSettings | None:
    if change == "pin":
        return dataclasses.replace(settings, pinned=(*settings.pinned, key))
    if change == "forbid":
        return dataclasses.replace(settings, forbidden=settings.forbidden | {key})
    return None


def _try(field: Field, round_: Round, settings: RoundSettings) -> Outcome | None:
    # A large round is worked out by a worker; nobody waits here for a trial of it.
    if field.is_large():
        return None
    return _outcome("", round_, try_out(field, settings, BUDGET), settings)


def _one_turn_more(settings: RoundSettings) -> RoundSettings:
    return dataclasses.replace(
        settings, give_cap=settings.give_cap + 1, receive_cap=settings.receive_cap + 1
    )


def _outcome(
    label: str, round_: Round, solved: Solved, settings: RoundSettings, *, is_now: bool = False
) -> Outcome:
    answer = solved.answer
    return Outcome(
        label=label,
        worth=answer.worth,
        served=answer.served,
        introductions=sum(len(ring) for ring in (*answer.rings, *answer.chains)),
        difference=answer.worth - round_.worth,
        is_now=is_now,
        settings=settings,
    )
