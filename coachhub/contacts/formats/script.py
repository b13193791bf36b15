"""How the file's letters are written: UTF-8, or the old Western code page."""

import codecs
import io
from dataclasses import dataclass
from typing import TextIO

from coachhub.contacts.formats.entries import UnreadableAddressBook
from coachhub.contacts.formats.kinds import refuse_binary, refuse_other_kinds
from coachhub.contacts.formats.upload import DAMAGED_INSIDE, Source
from coachhub.core.words import gettext

_CHUNK = 65_536
_HEAD = 512


@dataclass(frozen=True, slots=True)
class Script:
    """An encoding, whether some of its letters are broken, and the number of lines at most."""

    encoding: str
    damaged: bool
    lines: int

    def open(self, source: Source) -> TextIO:
        """The file as text from its start, with every line ending told as one newline."""
        return io.TextIOWrapper(source(), encoding=self.encoding, errors="replace")


class _Letters:
    """Weighs whether bytes are UTF-8."""

    def __init__(self) -> None:
        self._strict = codecs.getincrementaldecoder("utf-8")("strict")
        self._lenient = codecs.getincrementaldecoder("utf-8")("replace")
        self._valid = True
        self._good = self._broken = 0

    def add(self, chunk: bytes, *, last: bool = False) -> None:
        if self._valid:
            try:
                self._strict.decode(chunk, last)
            except UnicodeDecodeError:
                self._valid = False
        text = self._lenient.decode(chunk, last)
        if not text.isascii():
            broken = text.count("\ufffd")
            self._broken += broken
            self._good += len(text) - len(text.encode("ascii", "ignore")) - broken

    def script(self, *, marked: bool, lines: int) -> Script:
        self.add(b"", last=True)
        utf8 = self._valid or marked or self._good > self._broken
        return Script(
            encoding="utf-8-sig" if utf8 else "cp1252",
            damaged=utf8 and not self._valid,
            lines=lines,
        )


def examine(source: Source, filename: str) -> Script:
    """Walk through the bytes once: their number, zero bytes, encoding, lines.

    A file that is not UTF-8 is taken for Windows-1252 (of which Latin-1's letters are a part),
    unless it is marked as UTF-8 or most of its letters beyond ASCII are good UTF-8: then it is
    UTF-8 with some damage.

    Raises:
        UnreadableAddressBook: damaged, binary, UTF-16, another kind.
    """
    total, lines, marked = 0, 1, False
    letters = _Letters()
    try:
        with source() as stream:
            while chunk := stream.read(_CHUNK):
                if total == 0:
                    refuse_other_kinds(chunk[:_HEAD], filename)
                    marked = chunk.startswith(codecs.BOM_UTF8)
                total += len(chunk)
                if 0 in chunk:
                    refuse_binary(filename)
                lines += chunk.count(b"\n") + chunk.count(b"\r") - chunk.count(b"\r\n")
                letters.add(chunk)
    except DAMAGED_INSIDE as error:
        raise UnreadableAddressBook(
            gettext(
                "Connections.csv in this ZIP is damaged. Download the archive again, or unpack it"
                " on your computer and upload Connections.csv alone."
            )
        ) from error
    if total == 0:
        raise UnreadableAddressBook(
            gettext("Connections.csv in this ZIP is empty. Ask LinkedIn for a new archive.")
        )
    return letters.script(marked=marked, lines=lines)
