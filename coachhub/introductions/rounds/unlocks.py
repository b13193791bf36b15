"""Which one new asset would help a cohort most: each likely one is put in, and the round solved.

The asset is a guest's, or an alumnus's: somebody who gives as often as members do, without return.
What it would bring is the difference between two rounds under the same rules, not an estimate.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from heapq import nlargest
from typing import Any, Literal
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.contacts.strength import MIDDLE, SOMEWHAT
from coachhub.core.db import db
from coachhub.exchange.market import Budget
from coachhub.firms.models import Membership
from coachhub.introductions.calendar import today as firms_today
from coachhub.introductions.matching import company_sources, post_sources
from coachhub.introductions.matching.candidates import Candidate, freshness
from coachhub.introductions.matching.doors import Door
from coachhub.introductions.matching.likeness import words
from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.people import Person
from coachhub.introductions.matching.posts import Given, Posts
from coachhub.introductions.matching.search import Ground
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.hooks import RoundRules
from coachhub.introductions.rounds.market import Plan, RoundSettings, plan_of, settings_of
from coachhub.introductions.rounds.solving import (
    Field,
    Solved,
    field_of,
    keep,
    rules_of,
    solved,
    try_out,
)

GUEST = UUID(int=0)
ASSET = UUID(int=1)
SOLVED = 12
SOLVED_IF_LARGE = 4
A_LOOK = Budget(seconds=1.0)
# A contact that is known somewhat: what one may hope for when one asks around.
DOOR_STRENGTH = SOMEWHAT * MIDDLE

Kind = Literal["door", "insider", "recruiter"]
_WORDS: dict[Kind, str] = {
    "door": "A door at {}",
    "insider": "Somebody who worked at {}",
    "recruiter": "A recruiter in {}",
}


@dataclass(frozen=True, slots=True)
class Idea:
    """One asset that nobody here has yet: at which company, or in which field."""

    kind: Kind
    about: str
    company_id: UUID | None = None

    @property
    def name(self) -> str:
        """Return what it is, in a few words."""
        return _WORDS[self.kind].format(self.about)


@dataclass(frozen=True, slots=True)
class Unlock:
    """What one new asset would bring to a round.

    Attributes:
        idea: the asset.
        worth: how much more the round would be worth.
        members: how many more members would receive something.
        wanted_by: how many members it could go to at all.
    """

    idea: Idea
    worth: float
    members: int
    wanted_by: int

    def as_json(self) -> dict[str, Any]:
        """Return it as a round keeps it."""
        return {
            "kind": self.idea.kind,
            "name": self.idea.name,
            "worth": round(self.worth, 6),
            "members": self.members,
            "wanted_by": self.wanted_by,
        }


def unlocks_of(
    cohort: Cohort, field: Field, settings: RoundSettings, today: dt.date
) -> list[Unlock]:
    """Return what single new assets would bring, the one that reaches most members first.

    Only the likeliest are put in and solved; those that bring nothing are left out.
    """
    rules = rules_of(field)
    base = with_guest(field, (), settings, rules)
    now_served = served_by(base)
    likely = []
    for idea in ideas_of(cohort, field):
        extra = matches_of(idea, field.ground, settings, today)
        if extra:
            likely.append((_at_best(extra, now_served, settings.give_cap), idea, extra))
    likely.sort(key=lambda one: (*(-part for part in one[0]), one[1].name))
    found = []
    for _, idea, extra in likely[: SOLVED_IF_LARGE if field.is_large() else SOLVED]:
        more = with_guest(field, extra, settings, rules)
        unlock = Unlock(
            idea,
            more.answer.worth - base.answer.worth,
            len(served_by(more) - now_served),
            len({match.receiver_id for match in extra}),
        )
        if unlock.worth > 0 or unlock.members:
            found.append(unlock)
    return sorted(found, key=lambda one: (-one.members, -one.worth, one.idea.name))


def work_out(cohort: Cohort, round_: Round, budget: Budget) -> None:
    """Work a round out here and now with its own settings, and keep what comes of it."""
    settings = settings_of(round_)
    field = field_of(cohort, settings)
    keep(round_, field, try_out(field, settings, budget))
    put_into(round_, unlocks_of(cohort, field, settings, firms_today()))


def put_into(round_: Round, unlocks: Iterable[Unlock]) -> None:
    """Let a round remember what would have helped it."""
    round_.unlocks = [one.as_json() for one in unlocks]
    db.session.flush()


def ideas_of(cohort: Cohort, field: Field) -> list[Idea]:
    """Return what could be brought: something at each company wanted, a recruiter in each field."""
    wanted = company_sources.by_company(company_sources.wanted_companies(field.posts))
    ideas = []
    for company_id, needs in wanted.items():
        ideas.append(Idea("door", needs[0].company, company_id))
        if any(need.need == "target" for need in needs):
            ideas.append(Idea("insider", needs[0].company, company_id))
    return [*ideas, *(Idea("recruiter", one) for one in _fields(cohort, field))]


def _fields(cohort: Cohort, field: Field) -> list[str]:
    """Return the fields that members look for, as the first of them wrote each."""
    rows = db.session.scalars(
        select(Membership.fields)
        .join(Enrolment, Enrolment.membership_id == Membership.id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Membership.id.in_([one.id for one in field.people.values() if one.receives]),
        )
        .order_by(Membership.id)
    )
    found: dict[frozenset[str], str] = {}
    for written in rows:
        for one in written:
            if meant := words(one):
                found.setdefault(meant, one)
    return list(found.values())


def matches_of(idea: Idea, ground: Ground, settings: RoundSettings, today: dt.date) -> list[Match]:
    """Return the matches that a guest with this asset would have, by every rule that holds here."""
    ground = dataclasses.replace(ground, people={**ground.people, GUEST: _GUEST})
    most = max([1.0, *settings.weights.values()])
    found = []
    for one in _candidates(idea, ground, today):
        places = ground.places(one)
        if places:
            weight = settings.weights.get(one.asset, 1.0) / most
            found.append(one.match(freshness(one.since, today), weight, places))
    return found


_GUEST = Person(
    id=GUEST,
    name="A guest",
    receives=False,
    waited=0,
    titles=frozenset(),
    fields=frozenset(),
    places=frozenset(),
    keep_from=(),
)


def _candidates(idea: Idea, ground: Ground, today: dt.date) -> Iterable[Candidate]:
    if idea.kind == "door" and idea.company_id:
        wanted = company_sources.by_company(company_sources.wanted_companies(ground.posts))
        door = Door(GUEST, idea.company_id, "", DOOR_STRENGTH)
        return company_sources.doors(wanted, [door], tell_strength=ground.tells_strength)
    offer = Given(
        id=ASSET,
        owner_id=GUEST,
        kind=idea.kind,
        company_id=idea.company_id,
        company=idea.about if idea.company_id else "",
        since=today,
        title=frozenset(),
        field=words(idea.about) if idea.kind == "recruiter" else frozenset(),
        place=frozenset(),
        topics=frozenset(),
        about=frozenset(),
        text=idea.about,
    )
    posts = Posts(targets=ground.posts.targets, asks=(), offers=(offer,), leads=())
    if idea.kind == "insider":
        return company_sources.offered(posts)
    return post_sources.recruiters(posts, ground.people)


def _at_best(extra: Iterable[Match], served: frozenset[UUID], turns: int) -> tuple[int, float]:
    """Return how many members left out, and how much worth, a guest's own gifts reach at most."""
    best: dict[UUID, float] = {}
    for match in extra:
        best[match.receiver_id] = max(match.worth, best.get(match.receiver_id, 0.0))
    return min(turns, len(set(best) - served)), sum(nlargest(turns, best.values()))


def with_guest(
    field: Field,
    extra: Iterable[Match],
    settings: RoundSettings,
    rules: list[RoundRules],
) -> Solved:
    """Work the round out with a guest and their matches put in."""
    people: Mapping[UUID, Person] = {**field.people, GUEST: _GUEST}
    plan = plan_of(people, [*field.matches.values(), *extra], settings, rules)
    starters = tuple(sorted({*plan.rules.starters, GUEST.hex}))
    rules_with = dataclasses.replace(
        plan.rules, max_chain=max(1, settings.max_chain), starters=starters
    )
    return solved(Plan(plan.market, rules_with, plan.matches), A_LOOK)


def served_by(done: Solved) -> frozenset[UUID]:
    """Return who receives something."""
    return frozenset(
        done.plan.matches[index].receiver_id
        for steps in (*done.answer.rings, *done.answer.chains)
        for index in steps
    )
