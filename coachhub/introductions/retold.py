"""What is kept in English is said in the reader's language when it is shown.

Why a match was made, why a member receives nothing, what would help and what was changed by hand
stand with rounds and introductions as English sentences; the API gives them out as they are. Here
are their patterns: `retold` finds the one that a sentence follows, and says it again.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from coachhub.core.words import gettext, gettext_noop, listed

_PARTS = (gettext_noop("the role"), gettext_noop("the field"), gettext_noop("the place"))
# The first that fits is taken: those that would fit other sentences too come last.
PATTERNS = (
    # Why a match was made, see `matching.company_sources` and `matching.post_sources`.
    gettext_noop("There is a door at %(company)s, which is wanted."),
    gettext_noop("A strong door at %(company)s, in the line of work that is wanted."),
    gettext_noop("A strong door at %(company)s, to somebody who has a say in hiring."),
    gettext_noop("A strong door at %(company)s, which is wanted."),
    gettext_noop("A door at %(company)s, in the line of work that is wanted."),
    gettext_noop("A door at %(company)s, to somebody who has a say in hiring."),
    gettext_noop("A door at %(company)s, which is wanted."),
    gettext_noop("A door at %(company)s was asked for, and yours is the strongest."),
    gettext_noop("Inside knowledge of %(company)s, which is wanted."),
    gettext_noop("An offer to open a door at %(company)s, which is wanted."),
    gettext_noop("An offer about %(company)s, which is wanted."),
    gettext_noop("Both are after a similar role at %(company)s, and both are told."),
    gettext_noop("Both are after %(company)s: they can share what they learn, not the vacancy."),
    gettext_noop("Both are after %(company)s, and can look together."),
    gettext_noop("An offer of the kind that is asked for, about %(company)s."),
    gettext_noop("An offer of the kind that is asked for; both are about %(topics)s."),
    gettext_noop("Knows a recruiter in the field that is wanted: %(topics)s."),
    gettext_noop("A recruiter's search at %(company)s, which is wanted, that fits %(parts)s"
                 " looked for."),
    gettext_noop("A recruiter's search that fits %(parts)s looked for."),
    gettext_noop("An opening at %(company)s, which is wanted, that fits %(parts)s looked for."),
    gettext_noop("An opening that fits %(parts)s looked for."),
    gettext_noop("Says that this lead fits."),
    gettext_noop("You offered to help."),
    gettext_noop("You offered to help here."),
    gettext_noop("You thought of them for your lead."),
    # Why a member receives nothing, and what would help, see `rounds.explain`.
    gettext_noop("There were introductions for them, but the turns in those went elsewhere."),
    gettext_noop("One more turn for those beside them."),
    gettext_noop("You left their introduction out."),
    gettext_noop("Allow it again."),
    gettext_noop("All that they asked for is under way already."),
    gettext_noop("One more target or ask, or the answers that are due."),
    gettext_noop("Only a ring longer than %(number)s, or a longer chain, leads to them."),
    gettext_noop("Longer rings, or chains."),
    gettext_noop("They have no open target or ask on the board."),
    gettext_noop("A company that they want to reach."),
    gettext_noop("Nobody here has anything for what they need."),
    gettext_noop("A guest or an alumnus who can answer their asks."),
    gettext_noop("A guest or an alumnus with a door at %(company)s."),
    gettext_noop("Others could give to them, but nobody needs what they have."),
    gettext_noop("An offer, or their contacts; or a chain."),
    gettext_noop("Those they could give to have nothing for those who could give to them."),
    gettext_noop("Chains, or one more offer of theirs."),
    # What was changed by hand, see `rounds.operations`.
    gettext_noop("Changed the rules of the round"),
    gettext_noop("Pinned"),
    gettext_noop("Unpinned"),
    gettext_noop("Ruled out"),
    gettext_noop("Allowed again"),
    gettext_noop("Changed the turns of a member"),
    gettext_noop("Worked out again"),
    gettext_noop("Left out"),
    # What one new asset is called, see `rounds.unlocks`.
    gettext_noop("Somebody who worked at %(company)s"),
    gettext_noop("A recruiter in %(topics)s"),
    gettext_noop("A door at %(company)s"),
)  # fmt: skip


def retold(sentence: str) -> str:
    """Return a kept sentence in the reader's language; as it is if it follows no pattern."""
    pattern, values = _read(sentence)
    said = {name: _VALUES.get(name, str)(value) for name, value in values}
    return gettext(pattern, **said) if pattern else sentence


@lru_cache(maxsize=4096)
def _read(sentence: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    for pattern, expression in _EXPRESSIONS:
        found = expression.fullmatch(sentence)
        if found:
            return pattern, tuple(found.groupdict().items())
    return "", ()


def _expression(pattern: str) -> re.Pattern[str]:
    return re.compile(re.sub(r"%\\?\((\w+)\\?\)s", r"(?P<\1>.+?)", re.escape(pattern)), re.DOTALL)


def _names(value: str) -> list[str]:
    return re.split(r", | and ", value)


_EXPRESSIONS = tuple((pattern, _expression(pattern)) for pattern in PATTERNS)
_VALUES: dict[str, Callable[[str], str]] = {
    "topics": lambda value: listed(_names(value)),
    "parts": lambda value: listed(gettext(one) if one in _PARTS else one for one in _names(value)),
}
