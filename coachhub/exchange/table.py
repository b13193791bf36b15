"""Matches in columns, so that a million of them need no million objects."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np

from coachhub.exchange.arrays import Floats, Ints
from coachhub.exchange.market import Market, MarketError, Match, MemberId


@dataclass(frozen=True, slots=True, eq=False)
class MatchTable(Sequence[Match]):
    """Matches between members numbered 0 to n-1, none with a need; reads like a tuple of `Match`.

    ``giver`` and ``receiver`` are int64, ``worth`` float64, all of shape (m,).
    """

    giver: Ints
    receiver: Ints
    worth: Floats

    def __len__(self) -> int:
        """Count the matches."""
        return len(self.giver)

    @overload
    def __getitem__(self, place: int) -> Match: ...
    @overload
    def __getitem__(self, place: slice) -> tuple[Match, ...]: ...
    def __getitem__(self, place: int | slice) -> Match | tuple[Match, ...]:
        """Make one match or several."""
        if isinstance(place, slice):
            return tuple(self[i] for i in range(*place.indices(len(self))))
        return Match(int(self.giver[place]), int(self.receiver[place]), float(self.worth[place]))

    def __iter__(self) -> Iterator[Match]:
        """Make the matches one after the other."""
        columns = (self.giver.tolist(), self.receiver.tolist(), self.worth.tolist())
        return (Match(g, r, w) for g, r, w in zip(*columns, strict=True))


@dataclass(frozen=True, slots=True, eq=False)
class Columns:
    """A checked market as arrays: members by place, matches by place, needs numbered from 0.

    ``need`` is -1 where a match has a need of its own.
    """

    ids: tuple[MemberId, ...]
    place: dict[MemberId, int]
    give: Ints
    receive: Ints
    waited: Ints
    giver: Ints
    receiver: Ints
    worth: Floats
    need: Ints


def columns_of(market: Market) -> Columns:
    """Check a market and lay it out in arrays.

    Raises:
        MarketError: an id twice or unknown, a cap or wait below 0 or no whole number, a worth
            that is negative, infinite or not a number.
    """
    members = market.members
    ids = tuple(member.id for member in members)
    place = {name: i for i, name in enumerate(ids)}
    if len(place) < len(ids):
        twice = next(name for i, name in enumerate(ids) if place[name] != i)
        raise MarketError(f"Member {twice!r} is listed twice.")
    give = _counts(ids, (m.give for m in members), "give")
    receive = _counts(ids, (m.receive for m in members), "receive")
    waited = _counts(ids, (m.waited for m in members), "waited")
    matches = market.matches
    if isinstance(matches, MatchTable) and ids == tuple(range(len(ids))):
        giver, receiver, worth = matches.giver, matches.receiver, matches.worth
        for side, label in ((giver, "giver"), (receiver, "receiver")):
            strange = np.flatnonzero((side < 0) | (side >= len(ids)))
            if len(strange):
                where = int(strange[0])
                raise MarketError(f"Match {where}: {label} {int(side[where])} is no member.")
        need = np.full(len(giver), -1, dtype=np.int64)
    else:
        giver = _places(place, [m.giver for m in matches], "giver")
        receiver = _places(place, [m.receiver for m in matches], "receiver")
        worth = _worths([m.worth for m in matches])
        numbers: dict[MemberId, int] = {}
        need = np.fromiter(
            (-1 if m.need is None else numbers.setdefault(m.need, len(numbers)) for m in matches),
            dtype=np.int64,
            count=len(matches),
        )
    refuse_bad_worth(worth)
    return Columns(ids, place, give, receive, waited, giver, receiver, worth, need)


def refuse_bad_worth(worth: Floats) -> None:
    """Raise MarketError for the first worth that is negative, infinite or not a number."""
    if len(worth) == 0 or (worth.min() >= 0 and np.isfinite(worth.max())):
        return
    where = int(np.flatnonzero(~(np.isfinite(worth) & (worth >= 0)))[0])
    raise MarketError(f"Match {where}: {what_is_wrong(float(worth[where]))}")


def what_is_wrong(worth: float) -> str:
    """Say in a sentence why a worth can't be used."""
    if np.isnan(worth):
        return "its worth is not a number (NaN)."
    if np.isinf(worth):
        return f"its worth is infinite ({worth})."
    return f"its worth is negative ({worth:g})."


def _counts(ids: Sequence[MemberId], values: Iterable[int], label: str) -> Ints:
    counts = list(values)
    for name, value in zip(ids, counts, strict=True):
        if type(value) is not int or value < 0:
            raise MarketError(
                f"Member {name!r}: {label} must be a whole number from 0, not {value!r}."
            )
    return np.array(counts, dtype=np.int64)


def _places(place: dict[MemberId, int], names: list[MemberId], label: str) -> Ints:
    try:
        return np.array([place[name] for name in names], dtype=np.int64)
    except (KeyError, TypeError):
        for i, name in enumerate(names):
            if not isinstance(name, (str, int)) or name not in place:
                raise MarketError(f"Match {i}: {label} {name!r} is no member.") from None
        raise


def _worths(values: list[float]) -> Floats:
    for i, value in enumerate(values):
        if type(value) is not float and type(value) is not int:
            raise MarketError(f"Match {i}: its worth must be a number, not {value!r}.")
    try:
        return np.array(values, dtype=np.float64)
    except OverflowError:
        raise MarketError("A match's worth is too large for a number.") from None
