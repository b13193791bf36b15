"""vCard files of versions 2.1, 3.0 and 4.0, card by card.

Of each card only what an entry needs is kept; pictures pass by unread. Sources: vCard 2.1
(versit, 1996), RFC 2426 (3.0), RFC 6350 (4.0).
"""

import binascii
import codecs
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final

from coachhub.contacts.formats.entries import (
    MAX_LINE,
    MAX_ROWS,
    BadRow,
    Entry,
    UnreadableAddressBook,
)
from coachhub.contacts.formats.lines import bounded_lines
from coachhub.contacts.formats.script import Script
from coachhub.contacts.formats.upload import Source
from coachhub.contacts.formats.values import (
    BadValueError,
    bad_row,
    clean,
    clean_note,
    entry,
    link,
    mail_address,
)
from coachhub.core.words import gettext, gettext_noop, number

_WANTED: Final = frozenset(
    {"BEGIN", "END", "VERSION", "AGENT", "KIND"}
    | {"N", "FN", "ORG", "TITLE", "ROLE", "EMAIL", "URL", "NOTE", "X-SOCIALPROFILE"}
)
_NO_END: Final = gettext_noop("This card has no end.")
_LONGEST_CARD = 256  # wanted properties; a person has not so many mail addresses
_LONGEST_NAME = 80
_NAME = re.compile(r"(?:[^;:.]*\.)?([^;:.]*)[;:]")
_PARAMETER = re.compile(r'[^;:"]*(?:"[^"]*"[^;:"]*)*')
_PART = re.compile(r"(?:[^;\\]|\\.?)*", re.DOTALL)
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CHARSETS: Final = frozenset(
    {"utf-8", "ascii", "iso8859-1", "iso8859-2", "iso8859-15", "cp1250", "cp1251", "cp1252"}
    | {"cp1254", "shift_jis", "gb2312", "gbk", "big5", "euc_kr", "koi8-r"}
)


@dataclass(slots=True)
class _Property:
    line: int
    name: str
    parameters: list[str]
    value: str

    @property
    def preferred(self) -> bool:
        return any(
            p in {"PREF", "PREF=1"} or (p.startswith("TYPE=") and "PREF" in p)
            for p in self.parameters
        )


@dataclass(slots=True)
class _Card:
    line: int
    properties: list[_Property] = field(default_factory=list)
    depth: int = 0

    def inside(self, prop: _Property) -> bool:
        """Whether this belongs to a card within this card: the AGENT of version 2.1."""
        if prop.name == "BEGIN" and (self.depth or self._agent_begins):
            self.depth += 1
            return True
        if prop.name == "END" and self.depth:
            self.depth -= 1
            self.properties.append(_Property(prop.line, "END", [], ""))
            return True
        return self.depth > 0

    @property
    def _agent_begins(self) -> bool:
        return bool(self.properties) and self.properties[-1].name == "AGENT"

    def named(self, name: str) -> list[_Property]:
        """The card's properties of that name, the preferred one first."""
        found = [p for p in self.properties if p.name == name]
        return sorted(found, key=lambda p: not p.preferred) if len(found) > 1 else found

    def text(self, *names: str) -> str:
        """The first of these properties that says something."""
        return next((t for n in names for p in self.named(n) if (t := _plain(p.value))), "")


def is_vcard(source: Source, script: Script) -> bool:
    """Whether the file's first line with text begins a card."""
    with script.open(source) as text:
        for line in bounded_lines(text):
            if line.strip():
                return line.strip().upper() == "BEGIN:VCARD"
    return False


@dataclass(frozen=True, slots=True)
class Cards:
    """The cards of a file."""

    source: Source
    script: Script

    def refuse_too_many(self) -> None:
        """Count the cards, where the number of lines leaves it open.

        Raises:
            UnreadableAddressBook: more than MAX_ROWS.
        """
        if self.script.lines <= MAX_ROWS:
            return
        with self.script.open(self.source) as text:
            if sum(line[:5].upper() == "BEGIN" for line in bounded_lines(text)) > MAX_ROWS:
                raise UnreadableAddressBook(
                    gettext(
                        "The file has more than %(most)s cards. Export fewer groups at a time and"
                        " upload each part.",
                        most=number(MAX_ROWS),
                    )
                )

    def entries(self) -> Iterator[Entry | BadRow]:
        """Read each card; a card without an end costs only itself."""
        card: _Card | None = None
        stray = False
        for prop in self._properties():
            if card is not None and card.inside(prop):
                continue
            if prop.name == "BEGIN":
                if card is not None:
                    yield bad_row(card.line, gettext(_NO_END), _gist(card))
                card, stray = _Card(prop.line), False
            elif card is None:
                if not stray:
                    yield bad_row(
                        prop.line, gettext("This line stands outside of any card."), prop.value
                    )
                stray = True
            elif prop.name == "END":
                yield self._entry(card)
                card = None
            elif len(card.properties) < _LONGEST_CARD:
                card.properties.append(prop)
        if card is not None:
            yield bad_row(card.line, gettext(_NO_END), _gist(card))

    def _properties(self) -> Iterator[_Property]:
        for line, text in self._unfolded():
            if (prop := _property(line, text)) is not None:
                yield prop

    def _unfolded(self) -> Iterator[tuple[int, str]]:
        """Wanted properties in one piece each, cut at MAX_LINE; the others are dropped."""
        begin, pieces, room, quoted = 0, [""], 0, False
        indent = 1  # what a fold puts in; 2.1 folds before a space that belongs to the text
        with self.script.open(self.source) as text:
            for number, raw in enumerate(bounded_lines(text), start=1):
                line = raw.rstrip("\n")
                if quoted and pieces[-1].endswith("="):
                    pieces[-1] = pieces[-1][:-1]
                    piece = line
                elif line[:1] in {" ", "\t"}:
                    piece = line[indent:]
                else:
                    if pieces[0]:
                        yield begin, "".join(pieces)
                    found = _NAME.match(line, 0, _LONGEST_NAME)
                    name = found[1] if found else ""
                    if name.upper() == "VERSION":
                        indent = 0 if line.rstrip().endswith("2.1") else 1
                    kept = name.strip().upper() in _WANTED
                    begin, pieces, room = number, [line if kept else ""], MAX_LINE - len(line)
                    quoted = kept and "QUOTED-PRINTABLE" in line.partition(":")[0].upper()
                    continue
                if pieces[0] and room > 0:
                    pieces.append(piece[:room])
                    room -= len(piece)
            if pieces[0]:
                yield begin, "".join(pieces)

    def _entry(self, card: _Card) -> Entry | BadRow:
        if self.script.damaged and any("\ufffd" in p.value for p in card.properties):
            return bad_row(
                card.line, gettext("Some letters in this card are damaged."), _gist(card)
            )
        if card.text("KIND").casefold() in {"group", "org", "location"}:
            return bad_row(card.line, gettext("This card is not a person."), _gist(card))
        name = [_plain(part) for part in _parts(card.named("N"))] + ["", ""]
        organisation = (_parts(card.named("ORG")) or [""])[0]
        company, full = _plain(organisation), card.text("FN")
        links = [
            link(_unescape(p.value)) for p in card.named("URL") + card.named("X-SOCIALPROFILE")
        ]
        notes = [clean_note(_unescape(p.value)) for p in card.named("NOTE")]
        try:
            return entry(
                card.line,
                name[1],
                name[0],
                "" if full == company else full,
                next(
                    (m for p in card.named("EMAIL") if (m := mail_address(_unescape(p.value)))), ""
                ),
                min(filter(None, links), key=_is_elsewhere, default=""),
                company,
                card.text("TITLE", "ROLE"),
                None,
                next(filter(None, notes), ""),
            )
        except BadValueError as bad:
            return bad_row(card.line, str(bad), _gist(card))


def _property(line: int, text: str) -> _Property | None:
    name, colon, value = text.partition(":")
    if colon and ";" not in name:
        return _Property(line, name.rpartition(".")[2].strip().upper(), [], value)
    head = _PARAMETER.match(text)
    parts: list[str] = []
    at = 0
    while head is not None:
        parts.append(head[0])
        at = head.end()
        if text[at : at + 1] != ";":
            break
        head = _PARAMETER.match(text, at + 1)
    if text[at : at + 1] != ":":
        return None
    value = text[at + 1 :]
    name = parts[0].rpartition(".")[2].strip().upper()
    parameters = [p.strip().upper() for p in parts[1:]]
    if any(p in {"QUOTED-PRINTABLE", "ENCODING=QUOTED-PRINTABLE"} for p in parameters):
        value = _decoded(value, parameters)
    return _Property(line, name, parameters, value)


def _decoded(value: str, parameters: list[str]) -> str:
    """Undo quoted-printable in the card's own character set."""
    charset = next((p[8:] for p in parameters if p.startswith("CHARSET=")), "UTF-8")
    try:
        known = codecs.lookup(charset.strip('"')).name
    except LookupError:
        known = ""
    known = known if known in _CHARSETS else "utf-8"
    return binascii.a2b_qp(value.encode(known, "replace")).decode(known, "replace")


def _parts(properties: list[_Property]) -> list[str]:
    """A structured value's parts: split at semicolons that aren't escaped."""
    for prop in properties:
        if prop.value.strip(" ;"):
            return _split(prop.value)
    return []


def _split(value: str) -> list[str]:
    if "\\" not in value:
        return value.split(";")
    parts, at = [], 0
    while at <= len(value) and (part := _PART.match(value, at)):
        parts.append(part[0])
        at = part.end() + 1
    return parts


def _is_elsewhere(address: str) -> bool:
    """Not LinkedIn: its address is the one that tells people apart."""
    return "linkedin.com/" not in address.casefold()


def _unescape(value: str) -> str:
    if "\\" not in value:
        return value
    return _ESCAPED.sub(lambda m: "\n" if m[1] in "nN" else m[1], value)


def _plain(value: str) -> str:
    return clean(_unescape(value))


def _gist(card: _Card) -> str:
    return card.text("FN", "N", "ORG", "EMAIL")
