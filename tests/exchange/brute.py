"""The slow, plain way to the best round: try everything. Shares nothing with the engine."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

from coachhub.exchange.market import Market, Rules

Exchange = tuple[int, ...]
Score = tuple[float, ...]


def all_exchanges(market: Market, rules: Rules) -> tuple[list[Exchange], list[Exchange]]:
    # one walk, told in one piece
    """List rings (from their smallest match on) and chains, as indices of matches."""
    usable = [i for i in range(len(market.matches)) if i not in set(rules.forbidden)]
    rings: list[Exchange] = []
    chains: list[Exchange] = []

    def walk(path: list[int]) -> None:
        first = market.matches[path[0]]
        last = market.matches[path[-1]]
        met = [first.giver] + [market.matches[i].receiver for i in path]
        if last.receiver == first.giver:
            whole = 2 <= len(path) <= rules.max_ring and len(set(met)) == len(path)
            if whole and path[0] == min(path):
                rings.append(tuple(path))
            return
        if len(set(met)) < len(met):
            return
        if first.giver in rules.starters and len(path) <= rules.max_chain:
            chains.append(tuple(path))
        if len(path) < max(rules.max_ring, rules.max_chain):
            for i in usable:
                if market.matches[i].giver == last.receiver:
                    walk([*path, i])

    for i in usable:
        walk([i])
    return rings, chains


def score(market: Market, rules: Rules, exchanges: Sequence[Exchange]) -> Score:
    """What counts, first things first; higher is better."""
    used = [i for exchange in exchanges for i in exchange]
    receivers = {market.matches[i].receiver for i in used}
    waits = sorted({m.waited for m in market.members if m.waited}, reverse=True)
    served = [sum(m.waited == w and m.id in receivers for m in market.members) for w in waits]
    pins = len(set(rules.pinned) & set(used))
    worth = round(sum(market.matches[i].worth for i in used), 9)
    return (pins, *served, worth, -sum(len(exchange) ** 2 for exchange in exchanges))


def allowed(market: Market, exchanges: Sequence[Exchange]) -> bool:
    """Check caps, needs, matches and meetings."""
    used = [market.matches[i] for exchange in exchanges for i in exchange]
    gives = Counter(match.giver for match in used)
    gets = Counter(match.receiver for match in used)
    needs = Counter(match.need for match in used if match.need is not None)
    meetings = Counter((match.giver, match.receiver) for match in used)
    return (
        all(gives[m.id] <= m.give and gets[m.id] <= m.receive for m in market.members)
        and all(times == 1 for times in needs.values())
        and all(times == 1 for times in meetings.values())
    )


def best_score(market: Market, rules: Rules) -> Score:
    """The best score that any allowed set of exchanges reaches."""
    rings, chains = all_exchanges(market, rules)

    def grow(chosen: list[Exchange], rest: list[Exchange]) -> Iterator[Score]:
        yield score(market, rules, chosen)
        for at, exchange in enumerate(rest):
            more = [*chosen, exchange]
            if allowed(market, more):
                yield from grow(more, rest[at + 1 :])

    fit = [exchange for exchange in (*rings, *chains) if allowed(market, [exchange])]
    return max(grow([], fit))
