"""Open an uploaded address book, whichever kind it is."""

from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from typing import BinaryIO

from coachhub.contacts.formats.entries import BadRow, Entry, Mapping, UnreadableAddressBook
from coachhub.contacts.formats.script import examine
from coachhub.contacts.formats.table import Table, find_table
from coachhub.contacts.formats.upload import open_upload
from coachhub.contacts.formats.vcard import Cards, is_vcard
from coachhub.core.words import gettext, gettext_noop

_SAMPLE = 3
_CHOOSE = gettext_noop("Choose which column holds the name, then go on.")


@dataclass(frozen=True, slots=True)
class AddressBook:
    """An address book that can be read; iterating it yields an Entry or a BadRow at a time.

    It may be iterated more than once, as long as the stream it came from stays open.

    Attributes:
        format: "LinkedIn connections", "Google Contacts", "Outlook contacts" (also LinkedIn's
            form from before 2018), "vCard" or "Spreadsheet (CSV)".
        columns: the headings, for the page where a person says which column holds what; empty
            for vCard.
        mapping: which columns are read; while `needs_mapping`, those that could be guessed.
        needs_mapping: the headings are unknown; open the file again with a mapping.
        sample: the first rows as they stand, for the same page.
    """

    format: str
    columns: tuple[str, ...]
    mapping: Mapping
    needs_mapping: bool
    sample: tuple[tuple[str, ...], ...]
    read: Callable[[], Iterator[Entry | BadRow]]

    def __iter__(self) -> Iterator[Entry | BadRow]:
        """Yield what is in the file, in its order, good and bad.

        Raises:
            UnreadableAddressBook: the columns are not chosen yet, or quotation marks are wrong
                all over the file.
        """
        if self.needs_mapping:
            raise UnreadableAddressBook(gettext(_CHOOSE))
        return self.read()


def open_address_book(
    stream: BinaryIO, filename: str, *, mapping: Mapping | None = None
) -> AddressBook:
    """Find out what an uploaded file is and make it ready to be read.

    Args:
        stream: the file's bytes; must stay open while the book is read.
        filename: as uploaded; only shown in sentences, the content decides.
        mapping: the columns a person chose, for a CSV; it goes before what was recognised.

    Raises:
        UnreadableAddressBook: a sentence that says what is wrong and how to mend it.
    """
    source = open_upload(stream, filename)
    script = examine(source, filename)
    if is_vcard(source, script):
        cards = Cards(source, script)
        cards.refuse_too_many()
        return AddressBook("vCard", (), Mapping(), False, (), cards.entries)  # noqa: FBT003 no mapping is needed
    table = find_table(source, script)
    table.refuse_no_or_too_many_rows()
    return _with_columns(table, mapping)


def _with_columns(table: Table, mapping: Mapping | None) -> AddressBook:
    headings = table.headings
    places = headings.places
    if mapping is not None:
        chosen = {which: at for which, at in asdict(mapping).items() if at is not None}
        if any(not 0 <= at < len(headings.cells) for at in chosen.values()):
            raise UnreadableAddressBook(
                gettext(
                    "These columns were chosen for another file. Choose them again for this one."
                )
            )
        if not chosen.keys() & {"first_name", "last_name", "full_name", "email"}:
            raise UnreadableAddressBook(gettext(_CHOOSE))
        places = {which: (at,) for which, at in chosen.items()}
    return AddressBook(
        format=headings.format,
        columns=headings.cells,
        mapping=mapping or headings.mapping,
        needs_mapping=mapping is None and not table.known,
        sample=table.sample(_SAMPLE),
        read=lambda: table.entries(places),
    )
