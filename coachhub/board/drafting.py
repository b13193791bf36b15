"""From what somebody says about themselves to offers that they can look over before they post.

Most people say that they have nothing to give, until somebody asks where they have worked, whom
they know, what they read, make and know how to do. Each answer is one offer, drafted: nothing of
it is on the board before its author has seen it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from coachhub.board.operations import OfferDraft
from coachhub.core.words import gettext

MOST = 12
_LONGEST_TITLE = 160
_AT = re.compile(r"\s+(?:at|@|with|from|en|de|chez)\s+(?P<company>[^\W_a-zß-öø-ÿ].*)$")
_RECRUITER = re.compile(r"\b(?:recruit|head ?hunt|reclutador|recruteu|chasseu)", re.IGNORECASE)
# Words that have a capital only because they come first.
_BEGINS = frozenset(
    [
        "a",
        "an",
        "the",
        "my",
        "our",
        "two",
        "three",
        "four",
        "some",
        "several",
        "many",
        "every",
        "each",
        "un",
        "una",
        "unos",
        "unas",
        "el",
        "la",
        "los",
        "las",
        "mi",
        "dos",
        "tres",
        "une",
        "des",
        "le",
        "les",
        "mon",
        "ma",
        "mes",
        "deux",
        "trois",
        "quelques",
        "plusieurs",
    ]
)

# What an answer speaks of, by its words: kind of offer → the words that give it away.
_MADE = {
    "tools": r"template|sheet|tracker|tool|check ?list|script|app\b|dashboard|plantilla|modèle",
    "article": r"article|post\b|posts\b|blog|newsletter|essay|column|artículo|lettre",
    "bulletin": r"bulletin|digest|summary|summaries|boletín",
}
_KNOWN = {
    "time": r"interview|rehears|walk|listen|an hour|mock|practis|practic|pairs? of eyes",
    "research": r"research|look up|look into|find out|dig up|investig",
    "market": r"salar|pay band|market|figures|sueldo|salaire",
    "article": r"edit|proof ?read|write|translat",
}


@dataclass(frozen=True)
class Told:
    """What a newcomer told; each tuple holds one answer a line.

    Attributes:
        worked: employer and what they did there, the second may be empty.
        knows: whom they know, without a name: "a maintenance planner at Harbour Foods".
        reads: what they read.
        makes: what they make.
        can: what they know how to do.
    """

    worked: tuple[tuple[str, str], ...] = ()
    knows: tuple[str, ...] = ()
    reads: tuple[str, ...] = ()
    makes: tuple[str, ...] = ()
    can: tuple[str, ...] = ()


def drafted(told: Told, field: str = "") -> list[OfferDraft]:
    """Return one offer for each answer, at most `MOST`; `field` is the field they look in."""
    found: dict[tuple[str, str], OfferDraft] = {}
    for draft in _each(told, field):
        found.setdefault((draft.title.casefold(), draft.company.casefold()), draft)
    return list(found.values())[:MOST]


def _each(told: Told, field: str) -> Iterator[OfferDraft]:
    yield from (_worked(company, role, field) for company, role in told.worked if company)
    yield from (_known(line, field) for line in told.knows)
    for line in told.reads:
        title = gettext("I read %(what)s and pass on what matters", what=_inside(line))
        yield OfferDraft("bulletin", title[:_LONGEST_TITLE], field=field)
    for line in told.makes:
        yield OfferDraft(_kind(line, _MADE, "treat"), _begun(line))
    for line in told.can:
        yield OfferDraft(_kind(line, _KNOWN, "skill"), _begun(line), field=field)


def _worked(company: str, role: str, field: str) -> OfferDraft:
    if role:
        title = gettext(
            "I worked at %(company)s (%(role)s): ask me how it is there",
            company=company,
            role=_inside(role),
        )
    else:
        title = gettext("I worked at %(company)s and can tell how it is", company=company)
    return OfferDraft("insider", title[:_LONGEST_TITLE], company=company, field=field)


def _known(line: str, field: str) -> OfferDraft:
    at = _AT.search(line)
    company = at["company"].strip(" .") if at else ""
    who = line[: at.start()].strip(" ,.") if at else line.strip(" .")
    if _RECRUITER.search(line):
        title = gettext("I know %(who)s, and would put in a word for you", who=_inside(line))
        return OfferDraft("recruiter", title[:_LONGEST_TITLE], company=company, field=field)
    if company:
        title = gettext(
            "I know %(who)s at %(company)s, and can ask them for you",
            who=_inside(who),
            company=company,
        )
        return OfferDraft("door", title[:_LONGEST_TITLE], company=company, field=field)
    # A door is found by its company: the page asks for it, at its field.
    title = gettext("I know %(who)s, and can ask them for you", who=_inside(who))
    return OfferDraft("door", title[:_LONGEST_TITLE], field=field)


def _kind(line: str, kinds: dict[str, str], otherwise: str) -> str:
    for kind, words in kinds.items():
        if re.search(words, line, re.IGNORECASE):
            return kind
    return otherwise


def _inside(text: str) -> str:
    """Return words as they stand in the middle of a sentence; a name keeps its capital."""
    text = text.strip(" .")
    first = text.partition(" ")[0].casefold()
    return f"{text[:1].lower()}{text[1:]}" if first in _BEGINS else text


def _begun(text: str) -> str:
    text = text.strip()
    return f"{text[:1].upper()}{text[1:]}"[:_LONGEST_TITLE]


def lines(text: str) -> tuple[str, ...]:
    """Return the answers in a box: one a line, without bullets, doubles and blanks."""
    found: Iterable[str] = (one.strip(" \t-*•") for one in text.splitlines())
    return tuple(dict.fromkeys(one for one in found if one))
