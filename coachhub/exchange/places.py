"""Where in a JSON text something stands, for messages that name the line."""

from __future__ import annotations

import json
import re

SPACE = re.compile(r"[ \t\n\r]*")
DECODER = json.JSONDecoder()


def line_of_item(text: str, key: str, index: int | None = None) -> int:
    """Tell the line (from 1) of a top-level key's value, or of one item if the value is a list.

    The text must be valid JSON with an object at the top. A key that isn't there is on line 1.
    """
    at = _skip(text, _skip(text, 0) + 1)
    found = -1
    while text[at] != "}":
        name, at = DECODER.raw_decode(text, at)
        at = _skip(text, _skip(text, at) + 1)
        # json keeps the last of two equal keys, so this must too.
        found = at if name == key else found
        at = _after_value(text, at)
    if found < 0:
        return 1
    if index is not None and text[found] == "[":
        found = _skip(text, found + 1)
        for _ in range(index):
            found = _after_value(text, found)
    return text.count("\n", 0, found) + 1


def _skip(text: str, at: int) -> int:
    space = SPACE.match(text, at)
    return at if space is None else space.end()


def _after_value(text: str, at: int) -> int:
    """Tell where the next item begins, or the closing bracket stands."""
    at = _skip(text, DECODER.raw_decode(text, at)[1])
    return _skip(text, at + 1) if text[at] == "," else at
