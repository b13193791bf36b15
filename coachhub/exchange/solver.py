"""From a market to a round, and on to what would be if."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import numpy as np

from coachhub.exchange.arrays import Flags, Ints
from coachhub.exchange.explain import unmet_pins, unserved
from coachhub.exchange.layout import Layout, checked, layout_of, pins_of, turns_of
from coachhub.exchange.market import (
    SHORTEST_RING,
    Budget,
    Gain,
    Market,
    MarketError,
    Match,
    MemberId,
    Price,
    Round,
    Rules,
)
from coachhub.exchange.meter import RATE, Meter
from coachhub.exchange.program import Program
from coachhub.exchange.stages import Choice, Memory, best_choice

SHARE = 0.2
LEAST_SECONDS = 0.5


def solve(market: Market, rules: Rules | None = None, budget: Budget | None = None) -> Round:
    """Choose the best round of rings and chains for a market.

    In this order: pins hold, those who waited longest receive, worth, shorter rings. The same
    market, rules and budget always give the same round, but for ``seconds``.

    Raises:
        MarketError: the market or the rules can't be used.
    """
    return Session(market, rules, budget).solve()


class Session:
    """A market whose rings stay listed, so that a what-if is answered at once.

    The answer to a what-if may be "bounded" where the first one took long to prove: it is given
    a share of the work that the first one took.
    """

    def __init__(
        self, market: Market, rules: Rules | None = None, budget: Budget | None = None
    ) -> None:
        """List the rings and chains of a market; MarketError as for `solve`."""
        self.market = market
        self.rules = rules or Rules()
        self.budget = budget or Budget()
        self._began = time.process_time()
        self._layout = layout_of(market, self.rules)
        self._memory = Memory()
        self._work = 0.0
        self._found: Round | None = None

    def solve(self) -> Round:
        """Choose the best round."""
        layout = self._layout
        began, self._began = self._began, 0.0
        began = began or time.process_time()
        meter = Meter(self.budget.seconds)
        before = meter.left
        usable = np.ones(len(layout.program.steps), dtype=bool)
        choice = best_choice(layout.program, usable, meter, self._memory)
        self._work = before - meter.left
        self._memory.chosen = choice.columns
        self._found = _round(layout, layout.program, usable, choice, began)
        return self._found

    def gain_of(
        self,
        extra: Sequence[Match] = (),
        caps: Mapping[MemberId, tuple[int, int]] | None = None,
    ) -> Gain:
        """Tell what more matches (a door at a company), or other caps, would bring; both work.

        Solves again. `Round.prices` tells the same of one more turn without solving, as an
        upper bound where nobody waits and nothing is pinned.

        Raises:
            MarketError: an extra match, a member or a cap that can't be.
        """
        before = self._found or self.solve()
        if extra:
            market = _with_caps(self.market, caps or {})
            market = replace(market, matches=(*market.matches, *extra))
            after = solve(market, self.rules, self.budget)
        else:
            after = self.what_if(caps=caps)
        worth = after.worth - before.worth
        settled = after.status == before.status == "optimal"
        at_most = worth if settled else after.bound - before.worth
        served = after.served - before.served
        return Gain(worth, at_most, served, "optimal" if settled else "bounded")

    def what_if(
        self,
        *,
        pinned: Sequence[int] | None = None,
        forbidden: Sequence[int] | None = None,
        caps: Mapping[MemberId, tuple[int, int]] | None = None,
    ) -> Round:
        """Tell the round with other pins, forbids or caps (give, receive); the session stays.

        ``pinned`` and ``forbidden`` stand in place of the rules' own.

        Raises:
            MarketError: an unknown match or member, a cap below 0.
        """
        began = time.process_time()
        rules = self.rules
        rules = rules if pinned is None else replace(rules, pinned=tuple(pinned))
        rules = rules if forbidden is None else replace(rules, forbidden=tuple(forbidden))
        market = _with_caps(self.market, caps or {})
        layout = self._relaid(market, rules)
        if layout is None:
            return solve(market, rules, self.budget)
        shut = np.append(np.isin(layout.match, np.array(rules.forbidden, dtype=np.int64)), False)
        # the padding is never forbidden
        usable = ~shut[layout.program.steps].any(axis=1)
        usable &= layout.program.fitting(layout.program.caps)
        seconds = max(self._work / RATE * SHARE, LEAST_SECONDS)
        memory = replace(self._memory)
        choice = best_choice(layout.program, usable, Meter(seconds), memory)
        return _round(layout, layout.program, usable, choice, began)

    def _relaid(self, market: Market, rules: Rules) -> Layout | None:
        """Vary the layout; None if rings would have to be listed that weren't."""
        old = self._layout
        checked(rules, old.columns)
        if old.ceiling is not None or not set(self.rules.forbidden) <= set(rules.forbidden):
            return None
        give = np.array([member.give for member in market.members], dtype=np.int64)
        receive = np.array([member.receive for member in market.members], dtype=np.int64)
        raised = (give > old.columns.give) | (receive > old.columns.receive)
        if raised.any():
            idle = (old.columns.give == 0) | (old.columns.receive == 0)
            single = (old.columns.give == 1) | (old.columns.receive == 1)
            if (raised & idle).any() or ((raised & single).any() and not old.meetings):
                return None
        columns = replace(old.columns, give=give, receive=receive)
        caps = old.program.caps.copy()
        caps[: old.program.turns] = turns_of(columns, chains=old.program.turns > old.graph.n)
        program = old.program.varied(caps, pins_of(rules, old.match))
        return replace(old, columns=columns, rules=rules, program=program)


def _with_caps(market: Market, caps: Mapping[MemberId, tuple[int, int]]) -> Market:
    if not caps:
        return market
    known = {member.id for member in market.members}
    for name, (give, receive) in caps.items():
        if name not in known:
            raise MarketError(f"caps: {name!r} is no member.")
        if give < 0 or receive < 0:
            raise MarketError(f"caps: {name!r} can't give {give} times and receive {receive}.")
    members = tuple(
        replace(member, give=caps[member.id][0], receive=caps[member.id][1])
        if member.id in caps
        else member
        for member in market.members
    )
    return replace(market, members=members)


def _round(layout: Layout, program: Program, usable: Flags, choice: Choice, began: float) -> Round:
    exchanges = [(layout.matches_of(column), column) for column in choice.columns.tolist()]
    rings = sorted(_turned(steps) for steps, column in exchanges if column < program.first_chain)
    chains = sorted(steps for steps, column in exchanges if column >= program.first_chain)
    used = sorted(match for steps in (*rings, *chains) for match in steps)
    worth = float(sum(layout.columns.worth[used].tolist()))
    proven = choice.proven and layout.ceiling is None
    bound = choice.bound if layout.ceiling is None else layout.ceiling
    bound = worth if proven else max(worth, bound)
    receivers = set(layout.columns.receiver[used].tolist())
    return Round(
        status="optimal" if proven else "bounded",
        worth=worth,
        bound=bound,
        gap=(bound - worth) / bound if bound > 0 else 0.0,
        served=len(receivers),
        rings=tuple(rings),
        chains=tuple(chains),
        unserved=unserved(layout, usable, receivers),
        fairness_cost=choice.fairness_cost,
        seconds=time.process_time() - began,
        prices=_prices(layout, choice),
        unmet=unmet_pins(layout, usable, set(used)),
        cut_to=_cut_to(layout),
    )


def _cut_to(layout: Layout) -> str:
    """Name the rings and chains that went in, where not all of them did."""
    if layout.ceiling is None:
        return ""
    ring, chain = layout.lengths
    seen = f"rings of up to {ring}" if ring >= SHORTEST_RING else "no rings"
    if layout.rules.max_chain:
        seen += f" and chains of up to {chain}" if chain else " and no chains"
    return seen


def _prices(layout: Layout, choice: Choice) -> tuple[Price, ...]:
    """Name the members with whom one more turn could be worth something."""
    some: Ints = np.flatnonzero(choice.prices[: layout.graph.n] > 1e-7)  # noqa: PLR2004
    # below that a price is rounding
    return tuple(Price(layout.columns.ids[i], float(choice.prices[i])) for i in some)


def _turned(ring: tuple[int, ...]) -> tuple[int, ...]:
    """Begin a ring with its first match."""
    first = ring.index(min(ring))
    return ring[first:] + ring[:first]
