"""What a password must be, after NIST SP 800-63B-4: long, not well known, nothing else.

Well known is what zxcvbn (Wheeler, USENIX Security 2016) finds within ten thousand million
guesses: it knows the passwords of large leaks, words of several languages, names, dates and runs of
keys, and needs no network. What is left beside one's own name, address and ours must be long too.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Any, Final

from flask_security import PasswordUtil
from zxcvbn import zxcvbn

from coachhub.core.words import gettext

SHORTEST = 15
LONGEST = 128
FORM: Final = "NFKC"
FEWEST_GUESSES = 10**10
OUR_WORDS = ("coachhub", "coach", "cohort", "introduction", "digest")
SHORTEST_REST = 8  # characters that are neither ours nor the person's own
_LOOKED_AT = 64  # a password that is strong so far stays strong; more takes long to look at
_SHORTEST_OWN = 3


class PasswordRules(PasswordUtil):
    """Length and blocklist; no composition rules, no expiry."""

    def validate(
        self,
        password: str,
        is_register: bool,
        **kwargs: Any,
    ) -> tuple[list[str] | None, str]:
        """Return (what is wrong or None, the password as it is hashed: NFKC)."""
        del is_register
        password = unicodedata.normalize(FORM, password)
        if len(password) < SHORTEST:
            return [
                gettext(
                    "Please use %(number)s characters or more. Four or five random words work"
                    " well.",
                    number=SHORTEST,
                )
            ], password
        if len(password) > LONGEST:
            return [gettext("Please use at most %(number)s characters.", number=LONGEST)], password
        if _is_well_known(password, _own_words(kwargs.get("user"))):
            return [gettext("This password is too easy to guess. Please choose another.")], password
        return None, password


def _own_words(user: Any) -> set[str]:
    """Return what everybody would try first for somebody: parts of their name and address."""
    told = f"{getattr(user, 'name', '')} {getattr(user, 'email', '')}".casefold()
    return {word for word in re.split(r"[\W_]+", told) if len(word) >= _SHORTEST_OWN}


def _is_well_known(password: str, own: Iterable[str]) -> bool:
    words = sorted({*OUR_WORDS, *own}, key=len, reverse=True)
    rest = re.sub("|".join(map(re.escape, words)), "", password.casefold())
    if len("".join(rest.split())) < SHORTEST_REST:
        return True
    found = zxcvbn(password[:_LOOKED_AT], user_inputs=words, max_length=_LOOKED_AT)
    return bool(found["guesses"] < FEWEST_GUESSES)
