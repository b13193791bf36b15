"""What the doctor found: one sentence each, and what to do about it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

Level = Literal["ok", "warn", "fail"]


@dataclass(frozen=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        what: the thing, as in ``database``.
        level: ``ok``, ``warn`` (it works, and will not for ever) or ``fail``.
        words: what was found, in a sentence.
        do: what to do about it; empty where all is well.
    """

    what: str
    level: Level
    words: str
    do: str = ""


Look = Callable[[], Iterator[Finding]]


def ok(what: str, words: str) -> Finding:
    """Say that something is well."""
    return Finding(what, "ok", words)


def warn(what: str, words: str, do: str) -> Finding:
    """Say that something works, and will not for ever."""
    return Finding(what, "warn", words, do)


def fail(what: str, words: str, do: str) -> Finding:
    """Say that something does not work."""
    return Finding(what, "fail", words, do)
