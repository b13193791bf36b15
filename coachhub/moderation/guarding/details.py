"""Contact details in a text: where they stand, and the text with them covered.

Mail addresses and phone numbers are found in the many ways people write them to get past a
reader: with words for signs and digits, brackets, gaps, wide or bold letters. Dates, years,
salaries, codes and measures are left alone.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache

from coachhub.moderation.guarding.cues import WORDS
from coachhub.moderation.guarding.numbers import Numbers
from coachhub.moderation.guarding.plain import Plain, plain

COVER = {"mail": "[mail address]", "phone": "[phone number]"}
_OPEN, _CLOSE = r"[(\[{<*_/|~\"'-]", r"[)\]}>*_/|~\"'-]"
_GAP, _SPACE = r"[ \t]{0,3}", r"[ \t]{1,3}"
_SPACED = re.compile(r"(?<!\S)(?:[\w.@+-][ \t]{1,3}){6,80}[\w.@+-](?!\S)")


@dataclass(frozen=True)
class Detail:
    """One contact detail: its sort, ``mail`` or ``phone``, and where it stands as typed."""

    sort: str
    start: int
    end: int


def details(typed: str, language: str = "en") -> list[Detail]:
    """Return the contact details in a text, in order and apart from each other."""
    read = plain(typed)
    found = [*_addresses(read, language)]
    found += [
        Detail("phone", *read.span(start, end)) for start, end in _numbers(language).of(read.text)
    ]
    apart: list[Detail] = []
    for one in sorted(found, key=lambda one: (one.start, -one.end)):
        if not apart or one.start >= apart[-1].end:
            apart.append(one)
    return apart


def covered(typed: str, language: str = "en") -> str:
    """Return the text as others may read it: what stands where a detail stood says its sort."""
    made, last = [], 0
    for one in details(typed, language):
        made += [typed[last : one.start], COVER[one.sort]]
        last = one.end
    return "".join([*made, typed[last:]])


def blank(typed: str, language: str = "en") -> str:
    """Return the text with blanks for its details: all other words stand where they stood."""
    made = typed
    for one in details(typed, language):
        made = made[: one.start] + " " * (one.end - one.start) + made[one.end :]
    return made


@dataclass(frozen=True)
class _Address:
    """The patterns of mail addresses in one language."""

    patterns: tuple[re.Pattern[str], ...]
    standing: re.Pattern[str]
    places: frozenset[str]


@cache
def _address(language: str) -> _Address:
    words = {name: text.strip() for name, text in _held(language)["address"].items()}
    at, dot, joints = (_either(words[name]) for name in ("at", "dot", "joined"))
    # Bounded everywhere, so that no text can make a reader slow.
    token, label, any_end = r"\w{1,40}", r"[a-z0-9][\w-]{0,40}", r"[a-z]{2,12}(?!\w)"
    sign = rf"(?:{_GAP}@{_GAP}|{_GAP}{_OPEN}{_GAP}(?:@|a|{at}){_GAP}{_CLOSE}{_GAP})"
    spelled = rf"(?:{_GAP}{_OPEN}{_GAP}(?:\.|{dot}){_GAP}{_CLOSE}{_GAP}|{_SPACE}{dot}{_SPACE})"
    stop = rf"(?:[ \t]?\.[ \t]?|{spelled}|{_GAP}[·,]{_GAP})"
    joined = rf"(?:{_GAP}[._+-]{_GAP}|{_SPACE}{joints}{_SPACE})"
    local = rf"(?<![\w.+-])[\w.+-]{{0,63}}\w(?:{_SPACE}{joints}{_SPACE}{token}){{0,4}}"
    spoken = rf"(?:{_GAP},)?{_SPACE}{at}{_SPACE}"
    end = rf"{_either(words['ends'])}(?:{stop}(?:uk|au|nz|br|za|jp|in))?(?!\w)"
    apart = rf"(?:{label}{_SPACE}){{1,2}}"
    return _Address(
        (
            re.compile(rf"{local}@{label}(?:\.{label}){{0,5}}\.{any_end}"),
            re.compile(rf"{local}{sign}(?:{label}{stop}){{1,4}}?{end}"),
            re.compile(rf"{local}{sign}(?:{label}{spelled}){{1,4}}?{any_end}"),
            re.compile(rf"{local}{spoken}(?:{label}{stop}){{0,2}}{label}{spelled}{end}"),
            re.compile(rf"(?<!\w){token}{joined}{token}{spoken}{apart}{end}"),
            re.compile(rf"{local}{sign}{apart}{end}"),
        ),
        re.compile(rf"(?P<local>{local}){spoken}(?:{label}[ \t]?\.[ \t]?){{1,4}}{end}"),
        frozenset(words["places"].split("|")),
    )


def _either(words: str) -> str:
    return f"(?:{words.replace(' ', '[ ]')})"


def _addresses(read: Plain, language: str) -> Iterator[Detail]:
    known = _address(language)
    for pattern in known.patterns:
        for match in pattern.finditer(read.text):
            yield Detail("mail", *read.span(*match.span()))
    for match in known.standing.finditer(read.text):
        # "nora at example.org" is an address, "look at example.org" is not.
        if match["local"].split()[-1] not in known.places:
            yield Detail("mail", *read.span(*match.span()))
    for match in _SPACED.finditer(read.text):
        together = re.sub(r"[ \t]", "", match.group())
        if known.patterns[0].search(together):
            yield Detail("mail", *read.span(*match.span()))


@cache
def _numbers(language: str) -> Numbers:
    held = _held(language)
    phone = {name: text.strip() for name, text in held["phone"].items()}
    return Numbers.reading(held["number"], phone["cues"], phone["codes"], phone["units"])


@cache
def _held(language: str) -> dict[str, dict[str, str]]:
    return tomllib.loads((WORDS / language / "details.toml").read_text(encoding="utf-8"))
