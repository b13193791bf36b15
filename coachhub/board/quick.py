"""The quick line: one line as people say it, read into a post that they look over first.

"Shell, reservoir engineering, want to learn about their hiring" is a target: the company, the
work wanted there, what to learn. Which of the parts is the company is asked of the cohort's board
and of the catalogue, never of what somebody's address book alone knows; nothing is written down.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import or_, select

from coachhub.board.rules import MODELS
from coachhub.cohorts.models import Cohort
from coachhub.companies import catalogue
from coachhub.companies.models import Company, CompanyName
from coachhub.companies.names import company_key, parse
from coachhub.core.db import db

LONGEST = 300
Kind = Literal["target", "offer", "ask", "lead"]
_LONGEST_PART = 160

_PARTS = re.compile(r"\s*[,;|\n]\s*|\s+[–—-]\s+|(?<=[^\s.]{3})\.\s+")
# What a part begins with when it says what is wanted, before what is wanted.
_WANTED = re.compile(
    r"^(?:and |y |et )?(?:(?:i |i'd |i would )?(?:want|wants|would like|like|hope|need|wish|love)"
    r"(?: to)?|to|quiero|quisiera|necesito|je (?:veux|voudrais|souhaite)|j'aimerais)\s+",
    re.IGNORECASE,
)
_LEARN = re.compile(
    r"^(?:to )?(?:learn|know|understand|find out|hear|see|saber|aprender|conocer|entender"
    r"|apprendre|savoir|comprendre)\b\s*(?:more )?(?:about |of |on |sobre |de |sur )?",
    re.IGNORECASE,
)
_OPENS = (
    ("offer", r"(?:i )?(?:offer|give|can offer|ofrezco|j'offre|je propose)\b[:\s]*"),
    (
        "ask",
        r"(?:i )?(?:ask|am asking|need help|looking for|busco|pido|je cherche|demande)\b[:\s]*",
    ),
    ("lead", r"(?:lead|opening|vacancy|they (?:look|search) for|vacante|poste à pourvoir)\b[:\s]*"),
    ("target", r"(?:target|reach|objetivo|cible)\b[:\s]*"),
)
_WORKED = re.compile(
    r"\b(?:i(?:'ve| have)? worked (?:at|for)|ex-|formerly (?:at|with)|trabajé en"
    r"|j'ai travaillé chez)\s*(?P<company>[^,;]+)",
    re.IGNORECASE,
)
_LEADING = re.compile(r"^(?:at|in|with|for|from|the|en|chez)\s+", re.IGNORECASE)


@dataclass(frozen=True)
class Understood:
    """How a line was understood.

    Attributes:
        kind: which of the four things it is taken for.
        company: the company's name as the board or the catalogue writes it, else as typed.
        known: whether the board or the catalogue knows the company.
        about: the field or role, as typed.
        wanted: what is wanted or given, in words.
        learns: whether it is something to learn.
    """

    kind: Kind
    company: str = ""
    known: bool = False
    about: str = ""
    wanted: str = ""
    learns: bool = False


def understand(cohort: Cohort, line: str) -> Understood | None:
    """Read a line; None for one that says nothing. One statement, whatever its length."""
    line = " ".join(line.replace("\x00", "").split())[:LONGEST].strip(" .,;")
    if not line:
        return None
    kind, line = _opened(line)
    worked = _WORKED.search(line)
    if worked and kind in {"", "offer"}:
        line = f"{worked['company']}, {line[: worked.start()]} {line[worked.end() :]}"
        kind = "offer"
    parts = [part for one in _PARTS.split(line) if (part := one.strip(" ,.;"))]
    at, company, known = _company_in(cohort, parts)
    rest = [part for number, part in enumerate(parts) if number != at]
    wanted = [one for one in rest if _WANTED.match(one) or _LEARN.match(one)]
    about = [one for one in rest if one not in wanted]
    if not wanted and len(about) > 1:
        wanted = [about.pop()]
    said = " ".join(_stripped(one) for one in wanted)
    return Understood(
        kind=kind or ("target" if company else "ask"),
        company=company[:_LONGEST_PART],
        known=known,
        about=", ".join(about)[:_LONGEST_PART],
        wanted=f"{said[:1].upper()}{said[1:]}",
        learns=any(_LEARN.match(_WANTED.sub("", one)) for one in wanted),
    )


def _opened(line: str) -> tuple[Kind | Literal[""], str]:
    for kind, words in _OPENS:
        found = re.match(words, line, re.IGNORECASE)
        if found and found.end() < len(line):
            return kind, line[found.end() :].strip(" ,:")  # type: ignore[return-value]  # of the table
    return "", line


def _stripped(part: str) -> str:
    """Return what is wanted without how it was said: "about their hiring"."""
    said = _WANTED.sub("", part)
    without = _LEARN.sub("", said)
    return without or said


def _company_in(cohort: Cohort, parts: Sequence[str]) -> tuple[int, str, bool]:
    """Return which part names a company, its name, and whether it is known; -1 if none does.

    What is known wins over what only looks like a name, and the first over the later ones.
    """
    bare = [_LEADING.sub("", part) for part in parts]
    keys = [company_key(part) if len(part) <= _LONGEST_PART else "" for part in bare]
    met = _on_the_board(cohort, {key for key in keys if key})
    for number, key in enumerate(keys):
        if key in met:
            return number, met[key], True
    for number, part in enumerate(bare):
        entry = catalogue.identify(part) if keys[number] and part[:1].isupper() else None
        if entry is not None:
            return number, entry.name, True
    for number, part in enumerate(bare):
        if keys[number] and _looks_like_a_name(part):
            return number, part, False
    return -1, "", False


def _on_the_board(cohort: Cohort, keys: Collection[str]) -> dict[str, str]:
    """Return key → shown name of those companies that stand on this cohort's board."""
    if not keys:
        return {}
    stands = [
        Company.id.in_(
            select(model.company_id).where(model.cohort_id == cohort.id, model.closed_at.is_(None))
        )
        for model in MODELS.values()
    ]
    rows = db.session.execute(
        select(CompanyName.key, Company.name)
        .join(Company, Company.id == CompanyName.company_id)
        .where(CompanyName.key.in_(keys), or_(*stands))
        .order_by(Company.name.desc())
    )
    return dict(rows.all())


def _looks_like_a_name(part: str) -> bool:
    words = part.split()
    few = len(words) <= 4 and len(parse(part).words) > 0  # noqa: PLR2004 - names are short
    named = sum(word[:1].isupper() or not word.isalpha() for word in words)
    return few and part[:1].isupper() and 2 * named >= len(words) and not _WANTED.match(part)
