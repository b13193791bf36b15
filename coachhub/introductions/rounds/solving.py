"""Working a round out: matches, market, engine, and the result as rows."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.exchange.market import Budget
from coachhub.exchange.market import Round as Answer
from coachhub.exchange.solver import solve
from coachhub.introductions.allies import switch
from coachhub.introductions.calendar import today as firms_today
from coachhub.introductions.matching.kept import NOTHING
from coachhub.introductions.matching.match import Key, Match
from coachhub.introductions.matching.people import Person, people_of
from coachhub.introductions.matching.posts import Posts
from coachhub.introductions.matching.search import (
    Ground,
    ground_of,
    joint_ground,
    matches_on,
)
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds.explain import explained
from coachhub.introductions.rounds.hooks import ROUND_RULES, RoundRules
from coachhub.introductions.rounds.market import Plan, RoundSettings, plan_of

# From so many matches on a round is worked out by a worker, and the page waits for it.
LARGE = 1500
IN_REQUEST = Budget(seconds=1.5)
IN_WORKER = Budget(seconds=15.0)


@dataclass(frozen=True)
class Field:
    """A cohort as a round sees it: who is there, and every match by key.

    With guests `cohorts` names all that take part, and `home` the cohort of each member.
    """

    ground: Ground
    matches: dict[str, Match]
    cohorts: tuple[Cohort, ...] = ()
    home: Mapping[UUID, UUID] = field(default_factory=dict)

    @property
    def people(self) -> Mapping[UUID, Person]:
        """Return who is there."""
        return self.ground.people

    @property
    def posts(self) -> Posts:
        """Return what is on the board."""
        return self.ground.posts

    def is_large(self) -> bool:
        """Say whether working it out should not keep a page waiting."""
        return len(self.matches) >= LARGE


@dataclass(frozen=True)
class Solved:
    """The engine's answer, with the market that it speaks of."""

    plan: Plan
    answer: Answer

    def worth(self) -> float:
        """Return what the round is worth in all."""
        return self.answer.worth


def field_of(
    cohort: Cohort,
    settings: RoundSettings,
    today: dt.date | None = None,
    among: Collection[Key] | None = None,
) -> Field:
    """Return who and what a round of this cohort can be made of today.

    With `among`, only the matches that have one of these keys are in it.
    """
    day = today or firms_today()
    guests = _guests(settings)
    if not guests:
        ground = ground_of(cohort, day)
        matches = matches_on(cohort, ground, day, weights=settings.weights, among=among)
        return Field(ground, {match.key: match for match in matches}, (cohort,))
    cohorts = (cohort, *guests)
    ground = joint_ground(cohorts, day)
    matches = matches_on(cohort, ground, day, weights=settings.weights, kept=NOTHING, among=among)
    home = {one: other.id for other in reversed(cohorts) for one in people_of(other)}
    return Field(ground, {match.key: match for match in matches}, cohorts, home)


def _guests(settings: RoundSettings) -> list[Cohort]:
    """Return the guests that may still take part: running, while the firm has alliances on."""
    if not settings.guests or switch() == "off":
        return []
    query = select(Cohort).where(Cohort.id.in_(settings.guests), Cohort.state == "running")
    return list(db.session.scalars(query.order_by(Cohort.id)))


def rules_of(field: Field) -> list[RoundRules]:
    """Return what plugins rule for each cohort that takes part."""
    return [rules for cohort in field.cohorts for rules in ROUND_RULES.call(cohort)]


def try_out(field: Field, settings: RoundSettings, budget: Budget) -> Solved:
    """Work a round out without keeping it: what would be, if."""
    plan = plan_of(field.people, field.matches.values(), settings, rules_of(field))
    return solved(plan, budget)


def solved(plan: Plan, budget: Budget) -> Solved:
    """Work a plan out."""
    return Solved(plan, solve(plan.market, plan.rules, budget))


def keep(round_: Round, field: Field, solved: Solved) -> None:
    """Put a result into the round: its introductions anew, its figures, who is left out."""
    plan, answer = solved.plan, solved.answer
    db.session.execute(
        delete(Introduction).where(
            Introduction.round_id == round_.id, Introduction.state == "proposed"
        )
    )
    for ring, steps in enumerate((*answer.rings, *answer.chains), start=1):
        is_chain = ring > len(answer.rings)
        for position, index in enumerate(steps):
            match = plan.matches[index]
            home = field.home.get(match.receiver_id, round_.cohort_id)
            db.session.add(_step(round_, home, match, ring, position, is_chain=is_chain))
    round_.state = "draft"
    round_.solving_since = round_.claimed_at = None
    round_.stage = ""
    round_.cut_to = answer.cut_to
    round_.worth = answer.worth
    round_.bound = answer.bound
    round_.fairness_cost = answer.fairness_cost
    round_.served = answer.served
    round_.unserved = _unserved(field, answer, round_.max_ring)
    round_.unmet_pins = _unmet_pins(round_, solved)
    round_.prices = [{"member": price.id, "worth": price.worth} for price in answer.prices]
    round_.matches = len(field.matches)
    db.session.flush()


def _step(
    round_: Round, cohort_id: UUID, match: Match, ring: int, position: int, *, is_chain: bool
) -> Introduction:
    return Introduction(
        cohort_id=cohort_id,
        round_id=round_.id,
        ring=ring,
        is_chain=is_chain,
        position=position,
        giver_id=match.giver_id,
        receiver_id=match.receiver_id,
        need=match.need,
        need_id=match.need_id,
        asset=match.asset,
        asset_id=match.asset_id,
        company_id=match.company_id,
        worth=match.worth,
        reason=match.reason,
        key=match.key,
        state="proposed",
        state_since=now(),
    )


def _unserved(field: Field, answer: Answer, max_ring: int) -> list[dict[str, Any]]:
    """Return who receives nothing and why, in words that hold today; not those who only give."""
    return [
        left_out(field, person_id, one.why, max_ring)
        for one in answer.unserved
        if field.people[person_id := UUID(str(one.id))].receives
    ]


def left_out(field: Field, member_id: UUID, why: str, max_ring: int) -> dict[str, Any]:
    """Return what a round says of a member who receives nothing."""
    under_way = field.ground.past.open_needs
    told = explained(why, member_id, field.posts, field.matches.values(), max_ring, under_way)
    waited = field.people[member_id].waited if member_id in field.people else 0
    return {"member": str(member_id), "why": why, "waited": waited, **told}


def _unmet_pins(round_: Round, solved: Solved) -> list[dict[str, Any]]:
    unmet = {solved.plan.matches[pin.match].key: str(pin.why) for pin in solved.answer.unmet}
    in_market = {match.key for match in solved.plan.matches}
    gone: Sequence[str] = [key for key in round_.pinned if key not in in_market]
    return [{"key": key, "why": why} for key, why in unmet.items()] + [
        {"key": key, "why": "gone"} for key in gone
    ]
