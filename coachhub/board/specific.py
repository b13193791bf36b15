"""Whether an ask or offer can be acted on, and the kind question to put if it can't.

Specific help that is followed through surprises people; vague help is taken for politeness. A
text passes when somebody else could do something about it tomorrow: it names a company, a figure,
a topic or a thing, in a sentence.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from coachhub.board.kinds import offer_kind
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext

FEWEST_WORDS = 4
ENOUGH_WORDS = 12

_WORD = re.compile(r"[^\W\d_]{2,}")
_FIGURE = re.compile(r"\d")
_NAME = re.compile(r"(?<=[^\W\d_.!?] )[^\W\d_a-zß-öø-ÿ][^\W_]+")
_VAGUE = re.compile(
    r"\b(?:any(?:thing|one|body)?\b(?! (?:food|other|member))|whatever|general(?:ly)?|etc|stuff"
    r"|happy to help|glad to help|can help|here to help|(?:please|pls) help|help me"
    r"|pick (?:your|someone's|somebody's) brains?|my network|networking|let me know"
    r"|find(?:ing)? (?:me )?(?:a |new )*(?:job|work|position)|job search|opportunit(?:y|ies)"
    r"|some(?:thing| advice| tips| help))\b",
    re.IGNORECASE,
)


class FieldError(DomainError):
    """What was typed into one field can't be taken as it is; the message asks for more."""

    def __init__(self, field: str, message: str) -> None:
        """Say which field, and what to write there."""
        super().__init__(message)
        self.field = field


def check_offer(kind: str, title: str, body: str, company: str, topics: Sequence[str]) -> None:
    """Raise FieldError with a kind question unless the offer says what one would get."""
    asked = offer_kind(kind)
    if asked.company == "needed" and not company.strip():
        raise FieldError("company", gettext("At which company? What you offer is found by it."))
    if _too_short(title, company):
        raise FieldError(
            "title", asked.question or gettext("What exactly would somebody get from you?")
        )
    if _vague(title, body, company, topics):
        told = gettext("%(question)s One detail is enough.", question=asked.question)
        if asked.example:
            told = gettext(
                "%(question)s One detail is enough. For example: “%(example)s”",
                question=asked.question,
                example=asked.example,
            )
        raise FieldError("title", told)


def check_ask(kind: str, title: str, body: str, company: str, topics: Sequence[str]) -> None:
    """Raise FieldError with a kind question unless somebody could act on the ask tomorrow."""
    asked = offer_kind(kind)
    if asked.company == "needed" and not company.strip():
        raise FieldError(
            "company", gettext("At which company? Then the group can see who has a door there.")
        )
    if _too_short(title, company):
        raise FieldError(
            "title",
            gettext(
                "What would the first step be? For example: fifteen minutes with somebody who has"
                " worked in a buying team."
            ),
        )
    if _vague(title, body, company, topics):
        raise FieldError(
            "title",
            gettext(
                "What could somebody do for you tomorrow? Name one company, person, question or"
                " number, and it gets easy to say yes."
            ),
        )


def _too_short(title: str, company: str) -> bool:
    fewest = FEWEST_WORDS - 1 if company.strip() else FEWEST_WORDS
    return len(set(_words(title))) < fewest


def _vague(title: str, body: str, company: str, topics: Sequence[str]) -> bool:
    text = f"{title}. {body}"
    if company.strip() or _FIGURE.search(text) or _NAME.search(title) or _NAME.search(body):
        return False
    if not _VAGUE.search(title):
        return False
    return len(set(_words(text))) < ENOUGH_WORDS or not topics


def _words(text: str) -> list[str]:
    return [word.casefold() for word in _WORD.findall(text)]
