"""What a line of an asset list probably is: a first guess that its owner puts right."""

from __future__ import annotations

import re
from dataclasses import dataclass

MOST_LINES = 20
LONGEST_TITLE = 160
_BULLET = re.compile(r"^\s*(?:[-*•–]|\d{1,2}[.)])\s+")
_KEYED = re.compile(r"^(?P<kind>[a-z ]{3,24}):\s*(?P<rest>.+)$", re.IGNORECASE)
# The first that fits is taken: what is said most plainly comes first.
_SIGNS: tuple[tuple[str, str], ...] = (
    ("recruiter", r"recruiter|headhunter|search firm"),
    ("insider", r"\b(?:I )?worked (?:at|for)\b|\byears (?:at|with|in the)\b|\bused to work\b"),
    (
        "door",
        r"\bI know (?:somebody|someone|people|two|three)\b|\bcan introduce\b|\bcontacts? at\b",
    ),
    ("market", r"\bsalar|\bpay bands?\b|\bmarket (?:data|figures)\b|\bfigures\b"),
    ("bulletin", r"\bbulletin|\bnewsletter|\bI read\b|\btrade press\b|\bnews feed"),
    ("research", r"\bresearch|\blook (?:up|into)\b|\bfind out\b"),
    ("article", r"\barticle|\bblog|\bedit\b|\bproofread"),
    ("treat", r"\bbread\b|\bcookies?\b|\bcake\b|\bbake|\bjam\b|\bhomemade\b"),
    ("tools", r"\btemplate|\blicen[cs]e|\bspreadsheet\b|\btracker\b|\bsoftware\b|\broom\b"),
    ("time", r"\bmock\b|\brehears|\ban hour\b|\bcoffee\b|\bwalk\b|\blisten\b"),
)
_AT = re.compile(r"\b(?:at|for|inside)\s+((?:[A-ZÄÖÜ][\w&.'-]*)(?:\s+(?:[A-ZÄÖÜ&][\w&.'-]*))*)")


@dataclass(frozen=True)
class Guess:
    """A kind of offer, the sentence, and the company it names, if it does."""

    kind: str
    title: str
    company: str = ""


def lines_of(text: str) -> list[str]:
    """Return what stands on each line, without bullets or numbers, each once."""
    found = (_BULLET.sub("", line).strip() for line in text.splitlines())
    return list(dict.fromkeys(line for line in found if line))


def offer_from(line: str, kinds: dict[str, str]) -> Guess:
    """Guess which offer a line is.

    Args:
        line: what the member wrote; ``skill: I teach pivots`` names its kind.
        kinds: label by key of every kind there is.
    """
    keyed = _KEYED.match(line)
    if keyed:
        word = keyed["kind"].strip().casefold()
        named = [key for key, label in kinds.items() if word in {key, label.casefold()}]
        if named:
            return Guess(named[0], keyed["rest"][:LONGEST_TITLE], _company(keyed["rest"]))
    for kind, sign in _SIGNS:
        if kind in kinds and re.search(sign, line, re.IGNORECASE):
            return Guess(kind, line[:LONGEST_TITLE], _company(line))
    return Guess("skill", line[:LONGEST_TITLE])


def target_from(line: str) -> tuple[str, str]:
    """Return the company and the roles that a line names: split at a colon, a dash or a bar."""
    company, *rest = re.split(r"\s*[:|–—]\s*|\s+-\s+|\s*,\s*", line, maxsplit=1)
    return company.strip(), (rest[0].strip() if rest else "")[:200]


def _company(line: str) -> str:
    found = _AT.search(line)
    return found.group(1).rstrip(".") if found else ""
