"""Kinds of file that people upload by mistake, told by their first bytes."""

import unicodedata
from typing import Final

from coachhub.contacts.formats.entries import UnreadableAddressBook
from coachhub.core.words import gettext, gettext_noop

MEND_WORKBOOK: Final = gettext_noop(
    "Open it, choose “Save as” and “CSV UTF-8 (comma delimited)”, and upload the new file."
)
MEND: Final = gettext_noop("Upload a CSV, a vCard file, or LinkedIn's ZIP archive.")
_UNPACK: Final = gettext_noop("Unpack it on your computer and upload the CSV or vCard file inside.")

# First bytes, what it is, how to mend it. Source: the formats' own specifications.
_MAGIC: Final = (
    (b"%PDF", gettext_noop("a PDF"), MEND),
    (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        gettext_noop("an old Excel or Outlook file"),
        MEND_WORKBOOK,
    ),
    (
        b"!BDN",
        gettext_noop("an Outlook data file"),
        gettext_noop("In Outlook choose “Export” and “CSV”, and upload that."),
    ),
    (b"PK\x03\x04", gettext_noop("a ZIP inside a ZIP"), _UNPACK),
    (b"PK\x05\x06", gettext_noop("an empty ZIP"), _UNPACK),
    (b"\x1f\x8b", gettext_noop("a packed file (gzip)"), _UNPACK),
    (b"BZh", gettext_noop("a packed file (bzip2)"), _UNPACK),
    (b"7z\xbc\xaf\x27\x1c", gettext_noop("a packed file (7z)"), _UNPACK),
    (b"Rar!", gettext_noop("a packed file (RAR)"), _UNPACK),
    (b"\xfd7zXZ", gettext_noop("a packed file (xz)"), _UNPACK),
    (b"\x89PNG", gettext_noop("a picture"), MEND),
    (b"\xff\xd8\xff", gettext_noop("a picture"), MEND),
    (b"GIF8", gettext_noop("a picture"), MEND),
    (b"II*\x00", gettext_noop("a picture"), MEND),
    (b"RIFF", gettext_noop("a picture or a recording"), MEND),
    (b"\x7fELF", gettext_noop("a program"), MEND),
    (b"MZ", gettext_noop("a program"), MEND),
    (b"SQLite format 3", gettext_noop("a database"), MEND),
    (
        b"bplist",
        gettext_noop("an Apple data file"),
        gettext_noop("In Contacts choose “Export vCard”, and upload that."),
    ),
    (b"{\\rtf", gettext_noop("a text document"), MEND),
    (b"PAR1", gettext_noop("a data file (Parquet)"), MEND),
)
_MARKUP: Final = (
    (b"<!doctype html", gettext_noop("a web page")),
    (b"<html", gettext_noop("a web page")),
    (b"<?xml", gettext_noop("an XML file")),
    (b"<", gettext_noop("a web page or XML file")),
    (b"begin:vcalendar", gettext_noop("a calendar")),
    (b"[", gettext_noop("a JSON file")),
    (b"{", gettext_noop("a JSON file")),
)
_UTF16 = gettext_noop(
    "This file is saved as “Unicode text” (UTF-16). Open it in your spreadsheet program, choose "
    "“Save as” and “CSV UTF-8”, and upload the new file."
)


def shown(filename: str) -> str:
    """The file's name as it may stand in a sentence: quoted, on one line, not too long."""
    last = filename.replace("\\", "/").rpartition("/")[2]
    kept = "".join(c for c in last if unicodedata.category(c)[0] != "C").strip()
    if not kept:
        return gettext("This file")
    return f"“{kept if len(kept) <= 60 else kept[:57] + '…'}”"  # noqa: PLR2004 one line of a page


def refuse_other_kinds(head: bytes, filename: str) -> None:
    """Say what the file is when its first 512 bytes show that it is no address book.

    Raises:
        UnreadableAddressBook: another kind of file, UTF-16 or UTF-32, or binary.
    """
    if head[:2] in {b"\xff\xfe", b"\xfe\xff"} or head[:4] == b"\x00\x00\xfe\xff":
        raise UnreadableAddressBook(gettext(_UTF16))
    for start, what, mend in _MAGIC:
        # “MZ” and “BZh” are letters too: a heading may begin with them.
        if head.startswith(start) and (len(start) > 3 or b"\x00" in head or not head.isascii()):  # noqa: PLR2004 short marks need more proof
            raise UnreadableAddressBook(is_other(filename, what, mend))
    if b"\x00" in head:
        fewer, more = sorted((head[0::2].count(0), head[1::2].count(0)))
        if more * 4 > len(head) > fewer * 16:
            raise UnreadableAddressBook(gettext(_UTF16))
        refuse_binary(filename)
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    for start, what in _MARKUP:
        if text.startswith(start):
            raise UnreadableAddressBook(is_other(filename, what, MEND))


def is_other(filename: str, what: str, mend: str) -> str:
    """Say what a file is instead of an address book, and how to mend that."""
    told = {"file": shown(filename), "what": gettext(what), "mend": gettext(mend)}
    return gettext("%(file)s is %(what)s. %(mend)s", **told)


def refuse_binary(filename: str) -> None:
    """Refuse a file that holds zero bytes: no text has them."""
    raise UnreadableAddressBook(
        gettext(
            "%(file)s is not a text file, so it can't be read as an address book. %(mend)s",
            file=shown(filename),
            mend=gettext(MEND),
        )
    )
