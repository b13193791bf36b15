"""Letters that many get: written once with blanks, and filled in for each reader.

Writing a letter means to run its templates; most of what they make is the same for everybody. A
`Form` is such a letter with marks where something of the reader's own goes. What a mark stands for
goes in as it would have: escaped in the HTML, as it is in the text.

A mark inside a line that is filled to a width is as long as what it stands for, so that the lines
break where they would. Marks are private-use characters of Unicode, which nobody's keyboard has.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from markupsafe import Markup, escape

from coachhub.mail.outbox import rendered
from coachhub.mail.parts import Part

_OPEN, _CLOSE, _WORD = "\ue000", "\ue001", "\ue002"
_MARK = re.compile(f"{_OPEN}([a-z0-9_]+){_CLOSE}|({_WORD}+)")
WORD = "word"  # the one blank that stands inside filled lines


def blank(name: str) -> str:
    """Return the mark of a blank; `name` has small letters and digits."""
    return f"{_OPEN}{name}{_CLOSE}"


def block(name: str) -> Part:
    """Return the mark of a blank that a whole part goes into."""
    return Part(Markup(blank(name)), blank(name) + "\n\n")  # noqa: S704 - a mark of ours


def word(length: int) -> str:
    """Return the mark of the blank called `WORD`, for a word of so many characters."""
    return _WORD * length


class Form:
    """A letter with blanks: subject, text and HTML."""

    def __init__(self, kind: str, context: dict[str, Any]) -> None:
        """Write the letter with a context that holds marks."""
        subject, text, html = rendered(kind, context)
        self._subject, self._text, self._html = map(_MARK.split, (subject, text, html))

    def filled(self, values: Mapping[str, str | Part]) -> tuple[str, str, str]:
        """Return subject, text and HTML with every blank filled; raises KeyError for one left."""
        plain = {
            name: value.text.rstrip("\n") if isinstance(value, Part) else value
            for name, value in values.items()
        }
        html = {
            name: value.html if isinstance(value, Part) else escape(value)
            for name, value in values.items()
        }
        return (
            " ".join(_joined(self._subject, plain).split()),
            _joined(self._text, plain),
            _joined(self._html, html),
        )


def _joined(pieces: list[str | None], values: Mapping[str, str]) -> str:
    # `re.split` gives text, name, word, text, name, word, … with None for what did not match.
    found = []
    for place in range(0, len(pieces) - 1, 3):
        found.append(pieces[place] or "")
        found.append(values[pieces[place + 1] or WORD])
    found.append(pieces[-1] or "")
    return "".join(found)
