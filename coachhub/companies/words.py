"""What kind of word a word is: place, weak or trade word, everyday word, rare word.

The lists are data files of our own beside this module, read once at first use.
"""

import json
import math
from functools import cache, lru_cache
from pathlib import Path

from rapidfuzz.distance import OSA

DATA = Path(__file__).parent / "data"

NUMBER_WORDS = {
    word: str(value)
    for value, word in enumerate(
        [
            "zero",
            "one",
            "two",
            "three",
            "four",
            "five",
            "six",
            "seven",
            "eight",
            "nine",
            "ten",
            "eleven",
            "twelve",
            "thirteen",
            "fourteen",
            "fifteen",
            "sixteen",
            "seventeen",
            "eighteen",
            "nineteen",
            "twenty",
        ]
    )
} | {
    "thirty": "30",
    "forty": "40",
    "fifty": "50",
    "sixty": "60",
    "seventy": "70",
    "eighty": "80",
    "ninety": "90",
    "hundred": "100",
    "thousand": "1000",
}

# Only for the score, never in the key: another writing of the same word.
SHORT_FORMS = {
    "intl": "international",
    "int": "international",
    "natl": "national",
    "nat": "national",
    "mfg": "manufacturing",
    "mfrs": "manufacturers",
    "bros": "brothers",
    "univ": "university",
    "assn": "association",
    "dept": "department",
    "govt": "government",
    "hosp": "hospital",
    "svc": "services",
    "svcs": "services",
    "svs": "services",
    "sys": "systems",
    "comms": "communications",
    "mgmt": "management",
    "mkt": "market",
    "ins": "insurance",
    "inds": "industries",
    "indus": "industries",
    "fin": "financial",
    "grp": "group",
    "gp": "group",
    "finl": "financial",
    "svgs": "savings",
    "1st": "first",
    "2nd": "second",
    "3rd": "third",
    "4th": "fourth",
    "5th": "fifth",
    "7th": "seventh",
    "hldg": "holdings",
    "hldgs": "holdings",
    "ctr": "center",
    "centre": "center",
    "labour": "labor",
    "organisation": "organization",
    "theatre": "theater",
    "theatres": "theaters",
    "defence": "defense",
    "jewellers": "jewelers",
    "colour": "color",
    "amer": "american",
    "us": "usa",
    "cos": "companies",
    "saint": "st",
    "mount": "mt",
    "fort": "ft",
    "corporation": "corp",
    "incorporated": "inc",
    "company": "co",
    "limited": "ltd",
}

# Nearly the same word: Tetra Tech is not Tetra Technologies.
LOOSE_FORMS = {
    "assoc": "associates",
    "service": "services",
    "system": "systems",
    "tech": "technologies",
    "technology": "technologies",
    "technol": "technologies",
    "comm": "communications",
    "communication": "communications",
    "telecommunication": "telecommunications",
    "labs": "laboratories",
    "lab": "laboratories",
    "laboratory": "laboratories",
    "pharma": "pharmaceuticals",
    "pharm": "pharmaceuticals",
    "pharmaceutical": "pharmaceuticals",
    "ind": "industries",
    "industry": "industries",
    "holding": "holdings",
    "network": "networks",
    "product": "products",
    "solution": "solutions",
    "resource": "resources",
    "therapeutic": "therapeutics",
    "hotel": "hotels",
    "motor": "motors",
    "semiconductors": "semiconductor",
}

KINDS = ("place", "weak", "field", "common", "number", "rare")


BANKS = frozenset(
    [
        "bank",
        "banks",
        "banc",
        "bancorp",
        "bancorporation",
        "bancshares",
        "bankshares",
        "banking",
        "bankcorp",
    ]
)
_MISSPELT_FROM = 6
_OFTEN_MISSPELT = (
    "corporation",
    "incorporated",
    "limited",
    "company",
    "international",
    "technologies",
    "technology",
    "systems",
    "system",
    "communications",
    "communication",
    "industries",
    "networks",
    "network",
    "solutions",
    "services",
    "holdings",
    "enterprises",
    "associates",
    "financial",
    "insurance",
    "software",
    "electronics",
    "management",
)


@lru_cache(maxsize=65536)
def repaired(word: str) -> str:
    """A weak or legal word that is misspelt ("corperation"), mended; any other word as it is."""
    if len(word) < _MISSPELT_FROM or kind(word) != "rare":
        return word
    for right in _OFTEN_MISSPELT:
        if word[:2] == right[:2] and OSA.distance(word, right, score_cutoff=2) <= 2:  # noqa: PLR2004 -- two slips
            return right
    return word


def with_numbers(parts: list[str]) -> list[str]:
    """Written-out numbers as digits: "eighty four" is 84, "ten thousand" and "10 000" are 10000."""
    found: list[str] = []
    before = False
    for part in parts:
        value = NUMBER_WORDS.get(part, part)
        digits = value.isdigit()
        if digits and before:
            last = int(found[-1])
            if value in {"100", "1000"} and value != part:
                found[-1] = str(last * int(value))
                continue
            if value == "000" or (value != part and last % 10 == 0 and int(value) < 10 <= last):  # noqa: PLR2004 -- tens and ones
                found[-1] = f"{found[-1]}000" if value == "000" else str(last + int(value))
                continue
        found.append(value)
        before = digits and len(value) <= 4  # noqa: PLR2004 -- longer ones are no words
    return found


def _lines(name: str) -> list[str]:
    return [
        line.strip()
        for line in (DATA / name).read_text("utf-8").splitlines()
        if line.strip() and not line.startswith("#")
    ]


def _sections(name: str) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    current: list[str] = []
    for line in _lines(name):
        if line.startswith("["):
            current = found.setdefault(line.strip("[]"), [])
        else:
            current.append(line)
    return found


@cache
def common_words() -> frozenset[str]:
    """Everyday words, first names and family names that are company names as well."""
    return frozenset(" ".join(_lines("common_words.txt")).split())


@cache
def _places() -> tuple[frozenset[str], frozenset[tuple[str, ...]]]:
    words = " ".join(_lines("places.txt")).split()
    singles = frozenset(word for word in words if "_" not in word)
    return singles, frozenset(tuple(word.split("_")) for word in words if "_" in word)


@cache
def _descriptors() -> tuple[frozenset[str], frozenset[str]]:
    sections = _sections("descriptors.txt")
    weak = frozenset(" ".join(sections["weak"]).split())
    return weak, frozenset(" ".join(sections["field"]).split()) - weak


@cache
def no_company() -> tuple[frozenset[str], dict[str, tuple[tuple[str, ...], ...]]]:
    """Whole phrases that are no company, and phrases that make a line none by its start."""
    sections = _sections("no_company.txt")
    starts: dict[str, tuple[tuple[str, ...], ...]] = {}
    for line in sections["start"]:
        words = tuple(line.split())
        starts[words[0]] = (*starts.get(words[0], ()), words)
    return frozenset(sections["whole"]), starts


@lru_cache(maxsize=262144)
def kind(word: str) -> str:
    """One of `KINDS`; a place wins over a trade, a trade over an everyday word."""
    weak, field = _descriptors()
    if word in weak:
        return "weak"
    if word in _places()[0]:
        return "place"
    if word in field:
        return "field"
    if word.isdigit() or word in NUMBER_WORDS:
        return "number"
    return "common" if word in common_words() else "rare"


def kinds(words: tuple[str, ...]) -> tuple[str, ...]:
    """The kind of each word; places of two and three words ("new york") are seen whole."""
    found = [kind(word) for word in words]
    phrases = _places()[1]
    for length in (3, 2):
        for start in range(len(words) - length + 1):
            if words[start : start + length] in phrases:
                found[start : start + length] = ["place"] * length
    return tuple(found)


@cache
def _rarity() -> tuple[dict[str, int], int]:
    table = json.loads((DATA / "word_counts.json").read_text("utf-8"))
    return table["counts"], table["names"]


@lru_cache(maxsize=262144)
def rarity(word: str) -> float:
    """How much a word says, 0.2 to 10: minus the log of its share of companies' names.

    An everyday word counts as if more companies had it, since many outside the table do.
    """
    counts, names = _rarity()
    seen = counts.get(word, 1)
    sort = kind(word)
    if sort == "common":
        seen = max(seen * 3, 8)
    elif sort == "field":
        seen = max(seen * 2, 20)
    elif sort in {"weak", "place"}:
        seen = max(seen * 2, 60)
    return max(0.2, math.log(names / seen))
