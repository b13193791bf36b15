"""How long a text takes to say: counted, not guessed. The page's script counts the same way."""

from __future__ import annotations

import re

from coachhub.core.words import gettext

PACE = 130  # words a minute; a firm may choose another
_WORD = re.compile(r"[^\W_]+(?:['’.\-][^\W_]+)*")


def words_in(text: str) -> int:
    """Count the words of a text: letters and digits in a row, joined by ' . or -."""
    return len(_WORD.findall(text))


def seconds_of(text: str, pace: int = PACE) -> int:
    """Return how many seconds a text takes at `pace` words a minute, rounded up; 0 for none."""
    return -(-words_in(text) * 60 // pace)


def spoken(seconds: int) -> str:
    """Write a span for people, as in ``1 min 5 s``."""
    minutes, rest = divmod(seconds, 60)
    if not minutes:
        return f"{rest} s"
    return f"{minutes} min {rest} s" if rest else f"{minutes} min"


def judged(seconds: int, goal: int) -> str:
    """Say in a short sentence how a span stands against its goal."""
    if not seconds:
        return gettext("Nothing to say yet.")
    if seconds > goal:
        return gettext("%(span)s over the goal: leave one thing out.", span=spoken(seconds - goal))
    if seconds * 2 < goal:
        return gettext("Well within the goal: there is room for one example.")
    return gettext("Within the goal.")
