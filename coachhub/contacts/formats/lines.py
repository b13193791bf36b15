"""Text as lines, none of them longer than MAX_LINE, whatever the file holds."""

from collections.abc import Iterator
from typing import TextIO

from coachhub.contacts.formats.entries import MAX_LINE


def bounded_lines(text: TextIO) -> Iterator[str]:
    """Yield each line; of one that is too long, its first MAX_LINE characters.

    So `len(line) >= MAX_LINE` tells a line that was cut.
    """
    readline = text.readline
    while line := readline(MAX_LINE):
        yield line
        while len(line) >= MAX_LINE and not line.endswith("\n"):
            line = readline(MAX_LINE)
