"""Cells become an entry: clean text, a mail address, a link, first and last name."""

import re
import unicodedata
from datetime import date
from typing import Final

from coachhub.contacts.formats.entries import BadRow, Entry
from coachhub.core.words import gettext, gettext_noop, number

# Longest texts that are kept, in characters; a longer one is no such thing.
_LONGEST: Final = {
    gettext_noop("first name"): 200,
    gettext_noop("last name"): 200,
    gettext_noop("mail address"): 254,
    gettext_noop("company"): 300,
    gettext_noop("position"): 300,
}
_SHORT: Final = min(_LONGEST.values())
_LONGEST_NOTE: Final = 4_000
_LONGEST_LINK: Final = 2_000
_LONGEST_MAILS: Final = 2_000
_SHOWN = 200

_BREAKS = re.compile(r"[\s\x00-\x1f\x7f-\x9f]+")
# Marks that turn the direction of the text after them, and marks without width: they let one
# name pass for another. Joiners stay, since emoji and several scripts need them.
_UNSEEN = re.compile("[\u202a-\u202e\u2066-\u2069\ufeff\u200b\u2060\ufff9-\ufffb]")
_MAIL = re.compile(
    r"[^\s@<>()\[\]\\,;:\"\x00-\x1f]{1,64}@(?:[^\W_](?:[\w-]{0,61}[^\W_])?\.)+[^\W\d_][\w-]{0,61}[^\W_]"
)
_IN_BRACKETS = re.compile(r"<([^<>]{3,254})>")
_BETWEEN_MAILS = re.compile(r"\s*(?::::|[;,|\s])\s*")
_LINK = re.compile(r"https?://[^\s\"<>\\^`{|}]+", re.IGNORECASE)
_BARE_LINK = re.compile(
    r"(?:www\.|(?:[a-z]{2,3}\.)?linkedin\.com/)[^\s\"<>\\^`{|}]+", re.IGNORECASE
)
_NOTHING: Final = frozenset({"-", "--", "—", "n/a", "na", "none", "null", "nan", "k.a.", "?"})
_PARTICLES: Final = (
    " von vom van zu zur zum de der den di da del della dello dei degli du des dos das do la le "
    "el al bin ibn bint ter ten te af av "
)


class BadValueError(Exception):
    """A value that its row can't be taken with; the text is told to the person."""


def clean(text: str) -> str:
    """One line of text in NFC, without control, direction and zero-width characters."""
    if text.isprintable():  # then it has none of what is taken out below
        return text.strip() if text.isascii() else unicodedata.normalize("NFC", text).strip()
    return unicodedata.normalize("NFC", _BREAKS.sub(" ", _UNSEEN.sub("", text))).strip()


def clean_note(text: str) -> str:
    """As `clean`, with its line breaks kept, and cut where it is longer than a note."""
    lines = (clean(line) for line in text.splitlines())
    note = "\n".join(lines).strip("\n")
    return note if len(note) <= _LONGEST_NOTE else note[: _LONGEST_NOTE - 1] + "…"


def mail_address(text: str) -> str:
    """The first mail address in the text; empty where the text says that there is none.

    Raises:
        BadValueError: something is written there, and it is no mail address.
    """
    text = clean(text)
    if not text or text.casefold() in _NOTHING:
        return ""
    if _MAIL.fullmatch(text := text[:_LONGEST_MAILS]):
        return text
    bracketed = _IN_BRACKETS.search(text)
    for part in [bracketed[1]] if bracketed else _BETWEEN_MAILS.split(text):
        address = part.strip().removeprefix("mailto:")
        if _MAIL.fullmatch(address):
            return address
    raise BadValueError(gettext("“%(short)s” is not a mail address.", short=_short(text, 60)))


def link(text: str) -> str:
    """The first web link (http or https) in the text; empty where there is none to be used."""
    text = clean(text)
    if not text:
        return ""
    if found := _LINK.search(text):
        address = found[0].rstrip(".,;)]")
    elif found := _BARE_LINK.match(text):
        address = "https://" + found[0].rstrip(".,;)]")
    else:
        return ""
    return address if len(address) <= _LONGEST_LINK else ""


def split_name(full: str) -> tuple[str, str]:
    """First and last name: “van Dijk, Ada”, “Ada van Dijk” and “Ada Dijk” alike."""
    if "," in full:
        last, _, first = full.partition(",")
        return first.strip(), last.strip()
    words = full.split()
    for at, word in enumerate(words[1:], start=1):
        if f" {word} " in _PARTICLES and at < len(words) - 1:
            return " ".join(words[:at]), " ".join(words[at:])
    return " ".join(words[:-1]) or full, " ".join(words[-1:]) if len(words) > 1 else ""


def entry(
    line: int,
    first_name: str,
    last_name: str,
    full_name: str,
    email: str,
    url: str,
    company: str,
    position: str,
    connected_on: date | None,
    note: str,
) -> Entry:
    """Put an entry together from clean texts.

    Raises:
        BadValueError: no name and no mail address, or a text longer than any such text is.
    """
    if full_name and not first_name and not last_name:
        first_name, last_name = split_name(full_name)
    if not (first_name or last_name or email):
        raise BadValueError(gettext("There is no name and no mail address here."))
    # One sum for nearly every row, so that each text is measured only where it may matter.
    if len(first_name) + len(last_name) + len(email) + len(company) + len(position) > _SHORT:
        _measure(first_name, last_name, email, company, position)
    return Entry(line, first_name, last_name, email, url, company, position, connected_on, note)


def _measure(*texts: str) -> None:
    for (what, longest), text in zip(_LONGEST.items(), texts, strict=True):
        if len(text) > longest:
            raise BadValueError(
                gettext(
                    "Too long: %(what)s, %(length)s characters; at most %(longest)s can be kept.",
                    what=gettext(what),
                    length=number(len(text)),
                    longest=number(longest),
                )
            )


def bad_row(line: int, what: str, text: str) -> BadRow:
    """A bad row with the beginning of its text, clean enough to be shown."""
    return BadRow(line, what, _short(clean(text[: 4 * _SHOWN]), _SHOWN))


def _short(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"
