"""What the round studio shows: rings, why each step, who is left out and what would help."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from coachhub.cohorts.models import Cohort
from coachhub.core.words import gettext, gettext_noop, number
from coachhub.introductions.allies import names_for
from coachhub.introductions.matching.match import Key, read_key
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.retold import retold
from coachhub.introductions.rounds.market import settings_of
from coachhub.introductions.rounds.picture import Picture, Step, draw, look_of
from coachhub.introductions.rounds.queries import Subjects, steps_of, subjects_of
from coachhub.introductions.rounds.solving import field_of

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
    told: str
    help: str


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


_FOUND_AT_A_GLANCE = 8  # members


@dataclass(frozen=True)
class Studio:
    """Everything on the studio's page."""

    round: Round
    names: dict[UUID, str]
    subjects: Subjects
    rings: tuple[Ring, ...]
    picture: Picture | None
    left_out: tuple[LeftOut, ...]
    pinned: tuple[Hand, ...]
    forbidden: tuple[Hand, ...]
    changes: tuple[Change, ...]
    stale: frozenset[UUID]
    closeness: str
    is_best: bool

    @property
    def is_crowded(self) -> bool:
        """Say whether its picture shows so many that one member is hard to find in it."""
        return len(self.names) > _FOUND_AT_A_GLANCE


def studio_of(cohort: Cohort, round_: Round, picked: UUID | None = None) -> Studio:
    """Return what the studio shows of a round; `picked` is a member who stands out.

    Only a draft is held against what is on the board today. What was released, or put away, is
    told as it was.
    """
    steps = steps_of(round_)
    by_hand = [read_key(key) for key in (*round_.pinned, *round_.forbidden)]
    subjects = subjects_of([*steps, *(one for one in by_hand if one)])
    waiting = [UUID(one["member"]) for one in round_.unserved]
    met = {one for step in steps for one in (step.giver_id, step.receiver_id)}
    handled = {one for key in by_hand if key for one in (key.giver_id, key.receiver_id)}
    changed = {
        one
        for change in round_.changes
        for key in [read_key(change["key"])]
        if key
        for one in (key.giver_id, key.receiver_id)
    }
    names = names_for(cohort.id, {*met, *waiting, *handled, *changed})
    drawn = [
        Step(
            step.giver_id,
            step.receiver_id,
            step.ring or 1,
            step.is_chain,
            gettext(
                "%(giver)s gives to %(receiver)s: %(what)s",
                giver=names[step.giver_id],
                receiver=names[step.receiver_id],
                what=retold(step.reason),
            ),
        )
        for step in steps
    ]
    waiting = [one for one in waiting if one in names]
    keys = [read_key(step.key) for step in steps if step.state == "proposed"]
    today = None
    if round_.state == "draft" and keys:
        today = field_of(cohort, settings_of(round_), among={key for key in keys if key})
    return Studio(
        round=round_,
        names={one: names[one] for one in names if one in met or one in waiting},
        subjects=subjects,
        rings=tuple(_rings(steps, names)),
        picture=draw(names, drawn, waiting, picked) if steps else None,
        left_out=tuple(
            LeftOut(
                id=one,
                name=names[one],
                waited=int(entry.get("waited", 0)),
                told=retold(str(entry.get("told", ""))),
                help=retold(str(entry.get("help", ""))),
            )
            for entry in round_.unserved
            if (one := UUID(entry["member"])) in names
        ),
        pinned=tuple(
            Hand(key, _in_words(key, names, subjects), _unmet_pin(round_, key))
            for key in round_.pinned
        ),
        forbidden=tuple(Hand(key, _in_words(key, names, subjects)) for key in round_.forbidden),
        changes=tuple(_changes(round_, names)),
        stale=frozenset(
            step.id
            for step in steps
            if today and step.state == "proposed" and step.key not in today.matches
        ),
        closeness=closeness(round_.worth, round_.bound),
        is_best=_gap(round_.worth, round_.bound) < _TINY,
    )


def closeness(worth: float, bound: float) -> str:
    """Say how close a round is to the best that is possible under its rules, as proven."""
    gap = _gap(worth, bound)
    if gap < _TINY:
        return gettext("%(share)s %% of the best possible", share=100)
    share = number(max(0.1, round(100 * gap, 1)))
    return gettext("within %(share)s %% of the best possible, proven", share=share)


def _gap(worth: float, bound: float) -> float:
    return (bound - worth) / bound if bound else 0.0


def _rings(steps: Iterable[Introduction], names: dict[UUID, str]) -> list[Ring]:
    grouped: dict[int, list[Introduction]] = defaultdict(list)
    for step in steps:
        grouped[step.ring or 0].append(step)
    return [
        Ring(
            number=number_,
            look=look_of(number_ or 1),
            kind=_kind(ring),
            steps=tuple(ring),
            worth=sum(step.worth for step in ring),
            members=_members(ring, names),
        )
        for number_, ring in sorted(grouped.items())
    ]


def _kind(ring: list[Introduction]) -> str:
    if ring[0].is_chain:
        return gettext("Chain")
    if len(ring) == 2:  # noqa: PLR2004 - a swap is two
        return gettext("Swap")
    return gettext("Ring of %(members)s", members=len(ring))


def _members(ring: list[Introduction], names: dict[UUID, str]) -> tuple[str, ...]:
    members = [names[step.giver_id] for step in ring]
    if ring[0].is_chain:
        members.append(names[ring[-1].receiver_id])
    return tuple(members)


def _in_words(key: str, names: dict[UUID, str], subjects: Subjects) -> str:
    read = read_key(key)
    if read is None:
        return gettext("A match that is not possible any more")
    giver, receiver = _both(read, names)
    return gettext(
        "%(giver)s gives to %(receiver)s: %(what)s",
        giver=giver,
        receiver=receiver,
        what=subjects.asset(read),
    )


def _both(read: Key, names: dict[UUID, str]) -> tuple[str, str]:
    gone = gettext("a member who is gone")
    return names.get(read.giver_id, gone), names.get(read.receiver_id, gone)


_UNMET_PINS = {
    "cap": gettext_noop("no turn is left for it"),
    "no match": gettext_noop("no ring leads through it"),
    "ring length": gettext_noop("only a longer ring leads through it"),
    "forbidden": gettext_noop("a rule of the house forbids it"),
    "gone": gettext_noop("it is not possible any more"),
}


def _unmet_pin(round_: Round, key: str) -> str:
    why = {pin["key"]: pin["why"] for pin in round_.unmet_pins}.get(key, "")
    return gettext(_UNMET_PINS[why]) if why in _UNMET_PINS else ""


def _changes(round_: Round, names: dict[UUID, str]) -> Iterable[Change]:
    for change in reversed(round_.changes):
        read = read_key(change["key"])
        what = retold(change["what"])
        if read is not None:
            giver, receiver = _both(read, names)
            what = gettext(
                "%(what)s: %(giver)s to %(receiver)s", what=what, giver=giver, receiver=receiver
            )
        after = change["after"]
        yield Change(what, change["by"], None if after is None else change["before"] - after)
