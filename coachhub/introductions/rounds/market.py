"""From matches to a market for the engine, and back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from coachhub.exchange.market import Market, Member, Rules
from coachhub.exchange.market import Match as Arc
from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.people import Person
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.hooks import RoundRules


@dataclass(frozen=True)
class RoundSettings:
    """What the coach decides about a round.

    Attributes:
        max_ring: longest ring, 2 to 4.
        max_chain: longest chain, 0 for none.
        give_cap: how often a member gives at most.
        receive_cap: how often a member receives at most.
        starters: memberships that give without return, beside those who only give anyway.
        weights: by kind of asset, how much it counts; only the ratio matters.
        caps: by membership, (gives, receives) where it differs.
        pinned: keys of matches that should be in it.
        forbidden: keys of matches that must not be in it.
        guests: other cohorts that have joined.
    """

    max_ring: int = 4
    max_chain: int = 0
    give_cap: int = 2
    receive_cap: int = 2
    starters: frozenset[UUID] = frozenset()
    weights: Mapping[str, float] = field(default_factory=dict)
    caps: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    pinned: tuple[str, ...] = ()
    forbidden: frozenset[str] = frozenset()
    guests: tuple[UUID, ...] = ()


def settings_of(round_: Round) -> RoundSettings:
    """Return the settings that a round was, or will be, worked out with."""
    return RoundSettings(
        max_ring=round_.max_ring,
        max_chain=round_.max_chain,
        give_cap=round_.give_cap,
        receive_cap=round_.receive_cap,
        starters=frozenset(UUID(one) for one in round_.starters),
        weights={asset: float(weight) for asset, weight in round_.weights.items()},
        caps={UUID(one): (int(caps[0]), int(caps[1])) for one, caps in round_.caps.items()},
        pinned=tuple(round_.pinned),
        forbidden=frozenset(round_.forbidden),
        guests=tuple(UUID(one["cohort"]) for one in round_.guests if one["joined_by"]),
    )


@dataclass(frozen=True)
class Plan:
    """A market whose match number i is `matches[i]`, with the engine's rules."""

    market: Market
    rules: Rules
    matches: tuple[Match, ...]


def plan_of(
    people: Mapping[UUID, Person],
    matches: Iterable[Match],
    settings: RoundSettings,
    plugins: Sequence[RoundRules] = (),
) -> Plan:
    """Lay a cohort's matches out as a market.

    Of several assets of one giver for one need only the best goes in: they exclude each other, so
    nothing is lost. A need that can serve several becomes as many needs.
    """
    forbidden = settings.forbidden.union(*(rules.forbidden for rules in plugins))
    pinned = [key for key in settings.pinned if key not in forbidden]
    best = _best(matches, forbidden, frozenset(pinned))
    slots = _slots(best)
    number = {match.key: index for index, match in enumerate(best)}
    return Plan(
        market=Market(
            members=tuple(_member(person, settings, plugins) for person in people.values()),
            matches=tuple(
                Arc(
                    giver=match.giver_id.hex,
                    receiver=match.receiver_id.hex,
                    worth=match.worth,
                    need=slots[match.key],
                    asset=match.asset_id.hex,
                )
                for match in best
            ),
        ),
        rules=Rules(
            max_ring=settings.max_ring,
            max_chain=settings.max_chain,
            starters=_starters(people, settings, plugins),
            pinned=tuple(number[key] for key in pinned if key in number),
        ),
        matches=tuple(best),
    )


def _best(
    matches: Iterable[Match], forbidden: frozenset[str], pinned: frozenset[str]
) -> list[Match]:
    kept: dict[tuple[UUID, UUID, UUID], Match] = {}
    for match in matches:
        if match.key in forbidden:
            continue
        place = (match.giver_id, match.receiver_id, match.need_id)
        other = kept.get(place)
        if other is None or _rank(match, pinned) > _rank(other, pinned):
            kept[place] = match
    return sorted(kept.values(), key=lambda match: match.key)


def _rank(match: Match, pinned: frozenset[str]) -> tuple[bool, float, str]:
    return (match.key in pinned, match.worth, match.key)


def _slots(matches: Iterable[Match]) -> dict[str, str]:
    """Name the need of each match; a need with several places is dealt out, the best first."""
    dealt: dict[UUID, int] = {}
    names: dict[str, str] = {}
    for match in sorted(matches, key=lambda match: (-match.worth, match.key)):
        turn = dealt.get(match.need_id, 0)
        dealt[match.need_id] = turn + 1
        names[match.key] = f"{match.need_id.hex}.{turn % match.places}"
    return names


def _member(person: Person, settings: RoundSettings, plugins: Sequence[RoundRules]) -> Member:
    give, receive = settings.caps.get(person.id, (settings.give_cap, settings.receive_cap))
    if person.gives is not None:
        give = min(give, person.gives)
    for rules in plugins:
        lower = rules.caps.get(person.id, (give, receive))
        give, receive = min(give, max(0, lower[0])), min(receive, max(0, lower[1]))
    return Member(
        id=person.id.hex,
        give=give,
        receive=receive if person.receives else 0,
        waited=person.waited if person.receives else 0,
    )


def _starters(
    people: Mapping[UUID, Person], settings: RoundSettings, plugins: Sequence[RoundRules]
) -> tuple[str, ...]:
    if not settings.max_chain:
        return ()
    chosen: set[UUID] = {person.id for person in people.values() if not person.receives}
    chosen = chosen.union(settings.starters, *(rules.starters for rules in plugins))
    return tuple(sorted(one.hex for one in chosen & set(people)))


def as_json(settings: RoundSettings) -> dict[str, Any]:
    """Return the columns of `Round` that hold these settings; who joins it is no setting."""
    return {
        "max_ring": settings.max_ring,
        "max_chain": settings.max_chain,
        "give_cap": settings.give_cap,
        "receive_cap": settings.receive_cap,
        "starters": sorted(str(one) for one in settings.starters),
        "weights": dict(settings.weights),
        "caps": {str(one): list(caps) for one, caps in settings.caps.items()},
        "pinned": list(settings.pinned),
        "forbidden": sorted(settings.forbidden),
    }
