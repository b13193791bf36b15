"""What a password must be, after NIST SP 800-63B-4: long, not well known, nothing else."""

from __future__ import annotations

import unicodedata
from typing import Any

from flask_security import PasswordUtil

SHORTEST = 15
LONGEST = 128


class PasswordRules(PasswordUtil):
    """Length and blocklist; no composition rules, no expiry."""

    def validate(
        self,
        password: str,
        is_register: bool,
        **kwargs: Any,
    ) -> tuple[list[str] | None, str]:
        """Return (what is wrong or None, the password as it is hashed: NFKC)."""
        del is_register, kwargs
        password = unicodedata.normalize("NFKC", password)
        if len(password) < SHORTEST:
            return [
                f"Please use {SHORTEST} characters or more. Four or five random words work well."
            ], password
        if len(password) > LONGEST:
            return [f"Please use at most {LONGEST} characters."], password
        if _is_well_known(password):
            return ["This password is too easy to guess. Please choose another."], password
        return None, password


def _is_well_known(password: str) -> bool:
    squeezed = password.casefold()
    # A long password made of one short piece, or of a run of keys, is as weak as the piece.
    pieces = {squeezed[:size] for size in range(1, 9)}
    repeated = any(
        (piece * (len(squeezed) // len(piece) + 1))[: len(squeezed)] == squeezed
        for piece in pieces
        if piece
    )
    runs = ("abcdefghijklmnopqrstuvwxyz", "01234567890123456789", "qwertyuiopasdfghjklzxcvbnm")
    return repeated or any(squeezed in run for run in runs)
