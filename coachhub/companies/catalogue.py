"""The catalogue: large employers with their other names, and what a name points to in it.

`catalogue.csv` has the columns `name, domain, aliases, former, brands, acronyms, guard`;
`|` parts the names inside a cell. A name in `guard` is also an everyday word or somebody
else's name: it suggests and never decides alone.
"""

import csv
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from coachhub.companies.names import Name, company_key, parse
from coachhub.companies.words import common_words

PATH = Path(__file__).parent / "catalogue.csv"
COLUMNS = ("name", "domain", "aliases", "former", "brands", "acronyms", "guard")

SURE = {"name", "aliases", "former"}
_SHORTEST_HEAD = 4


@dataclass(frozen=True, slots=True)
class Entry:
    """One company of the catalogue; every tuple holds names as people write them."""

    number: int
    name: str
    domain: str
    aliases: tuple[str, ...]
    former: tuple[str, ...]
    brands: tuple[str, ...]
    acronyms: tuple[str, ...]
    guard: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Pointer:
    """What a name points to: the entry, as what, and how sure (3 sure, 2 with more words, 1 hint)."""

    entry: int
    role: str
    strength: int


def _cell(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split("|") if part.strip())


@cache
def entries() -> tuple[Entry, ...]:
    """All entries, in the order of the file."""
    with PATH.open(encoding="utf-8", newline="") as file:
        return tuple(
            Entry(
                number,
                row["name"],
                row["domain"],
                _cell(row["aliases"]),
                _cell(row["former"]),
                _cell(row["brands"]),
                _cell(row["acronyms"]),
                _cell(row["guard"]),
            )
            for number, row in enumerate(csv.DictReader(file))
        )


@cache
def _pointers() -> dict[str, tuple[Pointer, ...]]:
    """Key of a name to what it points to; a sure name of two entries is sure for none."""
    found: dict[str, dict[int, Pointer]] = {}
    for entry in entries():
        guarded = {company_key(name) for name in entry.guard}
        names = [
            ("name", (entry.name,)),
            ("aliases", entry.aliases),
            ("former", entry.former),
            ("acronyms", entry.acronyms),
            ("brands", entry.brands),
        ]
        for role, group in names:
            for name in group:
                key = company_key(name)
                if not key:
                    continue
                strength = 1 if key in guarded or role == "brands" else 3
                kept = found.setdefault(key, {}).get(entry.number)
                if kept is None or kept.strength < strength:
                    found[key][entry.number] = Pointer(entry.number, role, strength)
    settled: dict[str, tuple[Pointer, ...]] = {}
    for key, by_entry in found.items():
        pointers = tuple(by_entry.values())
        if sum(pointer.strength == 3 for pointer in pointers) > 1:  # noqa: PLR2004 -- 3 is "sure"
            pointers = tuple(Pointer(p.entry, p.role, 1) for p in pointers)
        settled[key] = pointers
    return settled


@cache
def by_domain() -> dict[str, int]:
    """Web domain to the number of its entry."""
    return {entry.domain: entry.number for entry in entries() if entry.domain}


def _may_carry_more(words: tuple[str, ...]) -> bool:
    """Whether a name stays this company's with "Systems" or "India" behind it."""
    return len(words) > 1 or (len(words[0]) >= _SHORTEST_HEAD and words[0] not in common_words())


def point(name: Name) -> tuple[Pointer, ...]:
    """What the name points to in the catalogue; empty where it is unknown."""
    table = _pointers()
    found = table.get(name.key, ())
    if found or not name.key:
        return found
    for other in sorted(name.others):
        if other in table:
            return tuple(Pointer(p.entry, p.role, min(p.strength, 2)) for p in table[other])
    # "Cisco Systems India": a known name, and behind it only weak words and places.
    count = len(name.words)
    while count > 1 and name.kinds[count - 1] in {"weak", "place"}:
        count -= 1
        pointers = table.get("".join(name.words[:count]))
        if pointers and _may_carry_more(name.words[:count]):
            return tuple(Pointer(p.entry, p.role, 2 if p.strength > 1 else 1) for p in pointers)
    return ()


def known(a: Name, b: Name) -> tuple[float, Entry | None]:
    """The catalogue's word on a pair, from -2 (two companies) to 3 (one), and the entry of both."""
    points_a, points_b = point(a), point(b)
    if not points_a or not points_b:
        return 0.0, None
    best, shared = 0.0, None
    for one in points_a:
        for two in points_b:
            if one.entry == two.entry and min(one.strength, two.strength) > best:
                best, shared = float(min(one.strength, two.strength)), one.entry
    if shared is not None:
        return best, entries()[shared]
    sure_a = max(p.strength for p in points_a)
    sure_b = max(p.strength for p in points_b)
    if sure_a > 1 and sure_b > 1:
        return (-2.0 if min(sure_a, sure_b) > 2 else -1.0), None  # noqa: PLR2004 -- 2: with more words
    return 0.0, None


def identify(name: str) -> Entry | None:
    """The one entry that the name surely points to, or None."""
    sure = [pointer for pointer in point(parse(name)) if pointer.strength > 1]
    return entries()[sure[0].entry] if len(sure) == 1 else None
