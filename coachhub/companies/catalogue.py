"""The catalogue: large employers with their other names, and what a name points to in it.

`catalogue.csv` has the columns `name, domain, aliases, former, brands, acronyms, guard`;
`|` parts the names inside a cell. A name in `guard` is also an everyday word or somebody
else's name: it suggests and never decides alone.
"""

import csv
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

from coachhub.companies.names import Name, company_key, parse
from coachhub.companies.words import common_words

PATH = Path(__file__).parent / "catalogue.csv"
COLUMNS = ("name", "domain", "aliases", "former", "brands", "acronyms", "guard")

_SHORTEST_HEAD = 4
_FORMAL = frozenset(
    {"group", "holding", "holdings", "company", "corporate", "international", "global"}
)
_SHORTEST_SLIP = 5
_TWO_SLIPS_FROM = 8


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
    """What a name points to: the entry, as what, how sure (3 sure, 2 with more words, 1 hint)."""

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
def sure_keys(entry: Entry) -> tuple[str, ...]:
    """Keys of an entry's name, aliases and former names, the name's first."""
    return tuple(company_key(name) for name in (entry.name, *entry.aliases, *entry.former))


@cache
def by_domain() -> dict[str, int]:
    """Web domain to the number of its entry."""
    return {entry.domain: entry.number for entry in entries() if entry.domain}


def _may_carry_more(words: tuple[str, ...]) -> bool:
    """Whether a name surely stays this company's with "Systems" or "India" behind it."""
    return len(words) > 1 or (len(words[0]) >= _SHORTEST_HEAD and words[0] not in common_words())


@cache
def _written_out() -> dict[str, str]:
    """Names with short forms written out, to their keys: "finl" is "financial"."""
    return {
        "".join(parse(name).plain): company_key(name)
        for entry in entries()
        for name in (entry.name, *entry.aliases, *entry.former)
    }


def point(name: Name) -> tuple[Pointer, ...]:
    """What the name points to in the catalogue; empty where it is unknown."""
    return _point(name.text)


@lru_cache(maxsize=65536)
def _point(text: str) -> tuple[Pointer, ...]:
    # By its text: a comparison asks twice for each name, and names are compared often.
    name, table = parse(text), _pointers()
    found = table.get(name.key, ())
    if found or not name.key:
        return found
    written_out = _written_out().get("".join(name.plain))
    if written_out:
        return table[written_out]
    for other in sorted(name.former | name.others):
        if other in table:
            return _weaker(table[other], 2)
    return _carried(name, table)


def _carried(name: Name, table: dict[str, tuple[Pointer, ...]]) -> tuple[Pointer, ...]:
    """A known name, and behind it only weak words and places: "Cisco Systems India"."""
    count = len(name.words)
    while count > 1 and name.kinds[count - 1] in {"weak", "place"}:
        count -= 1
        pointers = table.get("".join(name.words[:count]))
        if not pointers:
            continue
        if _may_carry_more(name.words[:count]):
            return _weaker(pointers, 1 if name.place else 2)
        # An everyday word is sure of nothing: Target Holdings perhaps, Target Labs hardly.
        rest = zip(name.words[count:], name.kinds[count:], strict=True)
        if not name.place and all(sort == "place" or word in _FORMAL for word, sort in rest):
            return _weaker(pointers, 1)
        return ()
    return ()


def _weaker(pointers: tuple[Pointer, ...], most: int) -> tuple[Pointer, ...]:
    return tuple(Pointer(p.entry, p.role, min(p.strength, most)) for p in pointers)


def known(a: Name, b: Name) -> tuple[float, Entry | None]:
    """The catalogue's word on a pair, from -2 (two companies) to 3 (one), and the entry of both.

    A name that one text gives as the other's former name counts as 2.5.
    """
    points_a, points_b = point(a), point(b)
    told = a.key in b.former or b.key in a.former or not a.former.isdisjoint(b.former)
    best, shared = (2.5 if told else 0.0), None
    for one in points_a:
        for two in points_b:
            if one.entry == two.entry:
                strength = float(min(one.strength, two.strength))
                if strength == 1 and len(points_a) + len(points_b) > 2:  # noqa: PLR2004 -- one each
                    strength = 0.5
                if strength > best or shared is None:
                    best, shared = max(strength, best), one.entry
    if shared is not None:
        return best, entries()[shared]
    if best or not points_a or not points_b:
        return best, None
    sure_a = max(p.strength for p in points_a)
    sure_b = max(p.strength for p in points_b)
    if sure_a > 1 and sure_b > 1:
        return (-2.0 if min(sure_a, sure_b) > 2 else -1.0), None  # noqa: PLR2004 -- 2: with more words
    return 0.0, None


def near_known(a: Name, b: Name) -> float:
    """1 where the catalogue surely knows one name and the other, unknown, is a slip away."""
    points_a, points_b = point(a), point(b)
    if bool(points_a) == bool(points_b):
        return 0.0
    sure, other = (a, b) if points_a else (b, a)
    if max(p.strength for p in points_a or points_b) < 3 or sure.key in common_words():  # noqa: PLR2004 -- 3 is "sure"
        return 0.0
    if other.key in common_words() or len(sure.key) < _SHORTEST_SLIP:
        return 0.0
    allowed = 1 if len(sure.key) < _TWO_SLIPS_FROM else 2
    core = "".join(other.words[: max(1, _without_weak(other))])
    steps = min(
        OSA.distance(sure.key, other.key, score_cutoff=allowed),
        OSA.distance(sure.key, core, score_cutoff=allowed),
    )
    return float(steps <= allowed)


def _without_weak(name: Name) -> int:
    count = len(name.words)
    while count > 1 and name.kinds[count - 1] == "weak":
        count -= 1
    return count


def identify(name: str) -> Entry | None:
    """The one entry that the name surely points to, or None."""
    sure = [pointer for pointer in point(parse(name)) if pointer.strength > 1]
    return entries()[sure[0].entry] if len(sure) == 1 else None
