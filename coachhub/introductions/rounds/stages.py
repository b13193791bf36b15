"""How far a worker is with a round, in words and as a share."""

from __future__ import annotations

from dataclasses import dataclass

from coachhub.core.words import gettext, gettext_noop
from coachhub.introductions.models import Round

_WORDS = {
    "": gettext_noop("Waiting for its turn"),
    "matches": gettext_noop("Looking for who could give what to whom"),
    "rings": gettext_noop("Choosing the rings"),
    "help": gettext_noop("Looking at what would help most"),
}


@dataclass(frozen=True)
class Stage:
    """Which step of how many, and what it is."""

    step: int
    steps: int
    words: str


def stage_of(round_: Round) -> Stage:
    """Return how far a round that is being worked out has come."""
    names = list(_WORDS)
    at = names.index(round_.stage) if round_.stage in _WORDS else 0
    return Stage(at, len(names), gettext(_WORDS[names[at]]))
