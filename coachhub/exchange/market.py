"""What goes into a round and what comes out: plain frozen dataclasses, light to import.

Worth is a float in the market's own unit (any unit, the same for all matches).
Matches are named by their place in ``Market.matches``, counted from 0.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Literal

MemberId = str | int
Why = Literal["no match", "ring length", "cap", "forbidden"]
Status = Literal["optimal", "bounded"]

SHORTEST_RING = 2
LONGEST_RING = 4


class MarketError(ValueError):
    """A market or its rules can't be used; the message says what is wrong, and where."""


@dataclass(frozen=True, slots=True)
class Member:
    """A member, how often they may give and receive in one round, and for how long they waited."""

    id: MemberId
    give: int = 2
    receive: int = 2
    waited: int = 0


@dataclass(frozen=True, slots=True)
class Match:
    """One possible introduction: giver to receiver, for a need, with an asset.

    A need is fulfilled at most once in a round, whoever fulfils it; None is a need of its own.
    """

    giver: MemberId
    receiver: MemberId
    worth: float
    need: MemberId | None = None
    asset: MemberId | None = None


@dataclass(frozen=True, slots=True)
class Market:
    """Members and the matches between them."""

    members: Sequence[Member]
    matches: Sequence[Match]


@dataclass(frozen=True, slots=True)
class Rules:
    """How long rings (2 to 4) and chains (0: none) may be, in introductions; the coach's wishes.

    ``starters`` are ids of members who give without return; ``pinned`` and ``forbidden`` are
    indices of matches.
    """

    max_ring: int = LONGEST_RING
    max_chain: int = 0
    starters: Sequence[MemberId] = ()
    pinned: Sequence[int] = ()
    forbidden: Sequence[int] = ()


@dataclass(frozen=True, slots=True)
class Budget:
    """How much work a round may cost.

    ``seconds`` is turned into counted steps, so that the same market gives the same round on a
    fast and on a slow machine; the clock itself only stops a solve that runs far over.
    """

    seconds: float = 60.0


@dataclass(frozen=True, slots=True)
class Unserved:
    """A member who receives nothing, and why.

    "no match": no exchange of any length leads to them; "ring length": only longer ones do;
    "cap": there are some, but the places in them (turns, needs) went elsewhere or are set to 0.
    """

    id: MemberId
    why: Why


@dataclass(frozen=True, slots=True)
class UnmetPin:
    """A pinned match that isn't in the round, and why (as for `Unserved`, or "forbidden")."""

    match: int
    why: Why


@dataclass(frozen=True, slots=True)
class Price:
    """What the bound would gain at most if this member gave (and so received) once more."""

    id: MemberId
    worth: float


@dataclass(frozen=True, slots=True)
class Round:
    """The introductions chosen, and how good they are.

    ``worth`` is the sum over ``rings`` and ``chains``; ``bound`` is proven: no round that keeps
    the pins and serves those who waited as well as this one is worth more. ``gap`` is their
    distance as a share of the bound. ``served`` counts members who receive something.
    ``fairness_cost`` is the worth given up for those who waited. ``seconds`` is CPU time.
    ``cut_to`` names what went in where a market was too large to look at every ring or chain, as
    in "rings of up to 2"; the bound holds for all of them all the same.
    """

    status: Status
    worth: float
    bound: float
    gap: float
    served: int
    rings: tuple[tuple[int, ...], ...]
    chains: tuple[tuple[int, ...], ...]
    unserved: tuple[Unserved, ...]
    fairness_cost: float
    seconds: float
    prices: tuple[Price, ...] = field(default=())
    unmet: tuple[UnmetPin, ...] = field(default=())
    cut_to: str = ""

    @property
    def note(self) -> str:
        """Say in a sentence what was too much to be looked at; nothing if it was all."""
        if not self.cut_to:
            return ""
        return (
            f"This market is too large to look at every way: {self.cut_to} went in. The bound holds"
            " for all."
        )


@dataclass(frozen=True, slots=True)
class Gain:
    """What a change would bring to a round.

    ``worth`` is what the round would gain, found by solving again; ``at_most`` is proven: no
    round of the changed market gains more over this one. They are equal where ``status`` is
    "optimal". Below 0 where serving those who waited, now possible, costs worth. ``served``
    counts members served in addition.
    """

    worth: float
    at_most: float
    served: int
    status: Status
