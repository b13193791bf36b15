"""Which known names are worth comparing with a new one.

`block_keys` gives a few short strings a name; two names that share one are candidates.
They can be stored in a table and joined there, or held in memory by `Index`.
"""

import heapq
from array import array
from collections.abc import Iterable, Sequence

from coachhub.companies import catalogue
from coachhub.companies.names import Name, company_key, parse
from coachhub.companies.words import rarity

_PREFIX = 5
_RAREST = 3
_MOST_PER_BLOCK = 400
_LONG_ENOUGH = 5


def _halves(key: str, *, around: bool) -> list[str]:
    """Half a name stays whole under one slip: its beginnings and its ends.

    The known side stores the middle cut; the asking side tries the cuts next to it too.
    """
    if len(key) < _LONG_ENOUGH:
        return []
    middle = len(key) // 2
    cuts = (middle - 1, middle, middle + 1) if around else (middle,)
    return [f"h:{key[:cut]}" for cut in cuts] + [f"t:{key[-cut:]}" for cut in cuts]


def block_keys(name: Name, *, asking: bool = False) -> list[str]:
    """Short strings to find candidates by; `asking` adds the neighbours of a slip."""
    if not name.key:
        return []
    blocks = {f"k:{name.key}"} | {f"k:{other}" for other in name.others | name.former}
    telling = sorted(
        {
            (weight, word)
            for word, weight, sort in zip(name.plain, name.weights, name.kinds, strict=True)
            if sort not in {"weak", "place"}
        },
        reverse=True,
    )
    blocks.update(f"w:{word}" for _, word in telling[:_RAREST])
    blocks.add(f"p:{name.key[:_PREFIX]}")
    blocks.update(_halves(name.key, around=asking))
    if len(name.words) > 1:
        blocks.update(f"a:{letters}" for letters in name.initials if len(letters) > 1)
    if len(name.words[0]) <= _PREFIX:
        blocks.add(f"a:{name.words[0]}")
    blocks.update(f"c:{pointer.entry}" for pointer in catalogue.point(name))
    return sorted(blocks)


class Index:
    """Known names held in memory, to find candidates for new ones.

    Building takes some 20 µs a name; asking looks at a few short lists.
    """

    def __init__(self, known: Iterable[str]) -> None:
        """Index the names; a candidate is the position of a name in `known`."""
        self.names: list[str] = list(known)
        self._blocks: dict[str, array[int]] = {}
        self._grams: dict[str, array[int]] | None = None
        for position, text in enumerate(self.names):
            self._add(position, parse(text))

    def _add(self, position: int, name: Name) -> None:
        for block in block_keys(name):
            found = self._blocks.get(block)
            if found is None:
                self._blocks[block] = array("l", (position,))
            else:
                found.append(position)

    def key(self, position: int) -> str:
        """The key of the known name at a position."""
        return company_key(self.names[position])

    def same_key(self, name: Name) -> Sequence[int]:
        """Positions of known names with this name's key, or that name it as a second name."""
        return self._blocks.get(f"k:{name.key}", ()) if name.key else ()

    def near(self, name: Name, most: int = 8) -> list[int]:
        """The most promising candidates, best first; none where nothing is shared."""
        votes: dict[int, float] = {}
        for block in block_keys(name, asking=True):
            found = self._blocks.get(block)
            if found is None:
                continue
            if len(found) > _MOST_PER_BLOCK:
                found = found[:_MOST_PER_BLOCK]
            worth = _worth(block)
            for position in found:
                votes[position] = votes.get(position, 0.0) + worth
        return heapq.nsmallest(
            most,
            votes,
            key=lambda at: (-votes[at], abs(len(self.names[at]) - len(name.text)), at),
        )


def _worth(block: str) -> float:
    sort, text = block[0], block[2:]
    if sort == "w":
        return rarity(text)
    return {"k": 30.0, "c": 20.0, "h": 4.0, "t": 4.0, "p": 3.0, "a": 6.0}[sort]
