"""What the round studio shows: rings, why each step, who is left out and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from coachhub.cohorts.models import Cohort
from coachhub.introductions.calendar import today as firms_today
from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.posts import Posts
from coachhub.introductions.matching.search import ground_of, matches_on
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds.explain import explained
from coachhub.introductions.rounds.market import settings_of
from coachhub.introductions.rounds.picture import Picture, Step, draw, look_of
from coachhub.introductions.rounds.queries import Subjects, names_of, steps_of, subjects_of

_TINY = 1e-6


@dataclass(frozen=True)
class Ring:
    """One ring or chain with its steps in the order of giving."""

    number: int
    look: int
    kind: str
    steps: tuple[Introduction, ...]
    worth: float
    members: tuple[str, ...]


@dataclass(frozen=True)
class LeftOut:
    """A member who receives nothing in this round, why, and what would help."""

    id: UUID
    name: str
    waited: int
    why: str
    help: str


@dataclass(frozen=True)
class UnmetNeed:
    """A company that members want and this round does not reach, and who would gain."""

    company: str
    wanted_by: int
    left_out: int
    doors: int


@dataclass(frozen=True)
class Hand:
    """A match that the coach pinned or ruled out, in words."""

    key: str
    text: str
    unmet: str = ""


@dataclass(frozen=True)
class Change:
    """What was changed by hand, and what it cost in worth; None while that is worked out."""

    what: str
    by: str
    cost: float | None


@dataclass(frozen=True)
class Studio:
    """Everything on the studio's page."""

    round: Round
    names: dict[UUID, str]
    subjects: Subjects
    rings: tuple[Ring, ...]
    picture: Picture | None
    left_out: tuple[LeftOut, ...]
    unmet: tuple[UnmetNeed, ...]
    pinned: tuple[Hand, ...]
    forbidden: tuple[Hand, ...]
    changes: tuple[Change, ...]
    stale: frozenset[UUID]
    closeness: str
    matches: int
    members: int


def studio_of(cohort: Cohort, round_: Round, picked: UUID | None = None) -> Studio:
    """Return what the studio shows of a round; `picked` is a member who stands out."""
    steps = steps_of(round_)
    today = firms_today()
    ground = ground_of(cohort, today)
    settings = settings_of(round_)
    matches = {
        match.key: match for match in matches_on(cohort, ground, today, weights=settings.weights)
    }
    by_hand = [matches[key] for key in (*round_.pinned, *round_.forbidden) if key in matches]
    subjects = subjects_of([*steps, *by_hand])
    names = {person.id: person.name for person in ground.people.values()}
    missing = {one for step in steps for one in (step.giver_id, step.receiver_id)} - set(names)
    names |= names_of(missing) if missing else {}
    waiting = [UUID(one["member"]) for one in round_.unserved if UUID(one["member"]) in names]
    drawn = [
        Step(
            step.giver_id,
            step.receiver_id,
            step.ring or 1,
            step.is_chain,
            f"{names[step.giver_id]} gives to {names[step.receiver_id]}: {step.reason}",
        )
        for step in steps
    ]
    stale = {step.id for step in steps if step.state == "proposed" and step.key not in matches}
    return Studio(
        round=round_,
        names=names,
        subjects=subjects,
        rings=tuple(_rings(steps, names)),
        picture=draw(names, drawn, waiting, picked) if steps else None,
        left_out=tuple(
            LeftOut(
                id=one,
                name=names[one],
                waited=ground.people[one].waited if one in ground.people else 0,
                **explained(
                    str(entry["why"]), one, ground.posts, matches.values(), settings.max_ring
                ),
            )
            for entry in round_.unserved
            if (one := UUID(entry["member"])) in names
        ),
        unmet=tuple(_unmet(ground.posts, steps, set(waiting), matches.values())),
        pinned=tuple(
            Hand(key, _in_words(matches.get(key), names, subjects), _unmet_pin(round_, key))
            for key in round_.pinned
        ),
        forbidden=tuple(
            Hand(key, _in_words(matches.get(key), names, subjects)) for key in round_.forbidden
        ),
        changes=tuple(_changes(round_, matches, names)),
        stale=frozenset(stale),
        closeness=closeness(round_.worth, round_.bound),
        matches=len(matches),
        members=sum(person.receives for person in ground.people.values()),
    )


def closeness(worth: float, bound: float) -> str:
    """Say how close a round is to the best that is possible under its rules, as proven."""
    gap = (bound - worth) / bound if bound else 0.0
    if gap < _TINY:
        return "100 % of the best possible"
    return f"within {max(0.1, round(100 * gap, 1)):g} % of the best possible, proven"


def _rings(steps: Iterable[Introduction], names: dict[UUID, str]) -> list[Ring]:
    grouped: dict[int, list[Introduction]] = defaultdict(list)
    for step in steps:
        grouped[step.ring or 0].append(step)
    return [
        Ring(
            number=number,
            look=look_of(number or 1),
            kind=_kind(ring),
            steps=tuple(ring),
            worth=sum(step.worth for step in ring),
            members=_members(ring, names),
        )
        for number, ring in sorted(grouped.items())
    ]


def _kind(ring: list[Introduction]) -> str:
    if ring[0].is_chain:
        return "Chain"
    return "Swap" if len(ring) == 2 else f"Ring of {len(ring)}"  # noqa: PLR2004 - a swap is two


def _members(ring: list[Introduction], names: dict[UUID, str]) -> tuple[str, ...]:
    members = [names[step.giver_id] for step in ring]
    if ring[0].is_chain:
        members.append(names[ring[-1].receiver_id])
    return tuple(members)


def _unmet(
    posts: Posts, steps: list[Introduction], left_out: set[UUID], matches: Iterable[Match]
) -> list[UnmetNeed]:
    """Return the companies that one new asset would help most with, the best first."""
    met = {step.need_id for step in steps}
    doors: dict[UUID, set[UUID]] = defaultdict(set)
    for match in matches:
        if match.asset == "door" and match.company_id:
            doors[match.company_id].add(match.giver_id)
    wanted: dict[UUID, set[UUID]] = defaultdict(set)
    names: dict[UUID, str] = {}
    for target in posts.targets:
        if target.id not in met and target.company_id:
            wanted[target.company_id].add(target.owner_id)
            names[target.company_id] = target.company
    found = [
        UnmetNeed(
            names[company], len(members), len(members & left_out), len(doors.get(company, ()))
        )
        for company, members in wanted.items()
    ]
    return sorted(
        found, key=lambda need: (-need.left_out, -need.wanted_by, need.doors, need.company)
    )


def _in_words(match: Match | None, names: dict[UUID, str], subjects: Subjects) -> str:
    if match is None:
        return "A match that is not possible any more"
    giver, receiver = names[match.giver_id], names[match.receiver_id]
    return f"{giver} gives to {receiver}: {subjects.asset(match)}"


_UNMET_PINS = {
    "cap": "no turn is left for it",
    "no match": "no ring leads through it",
    "ring length": "only a longer ring leads through it",
    "forbidden": "a rule of the house forbids it",
    "gone": "it is not possible any more",
}


def _unmet_pin(round_: Round, key: str) -> str:
    why = {pin["key"]: pin["why"] for pin in round_.unmet_pins}.get(key, "")
    return _UNMET_PINS.get(why, "")


def _changes(round_: Round, matches: dict[str, Match], names: dict[UUID, str]) -> Iterable[Change]:
    for change in reversed(round_.changes):
        match = matches.get(change["key"])
        what = change["what"]
        if match is not None:
            what = f"{what}: {names[match.giver_id]} to {names[match.receiver_id]}"
        after = change["after"]
        yield Change(what, change["by"], None if after is None else change["before"] - after)
