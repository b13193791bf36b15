"""Readers of address books: an uploaded file in, entries and bad rows out, one at a time.

Nothing here knows of firms, members or tables. What identifies a person (name, mail address)
must be right, or the row is told as bad; a link or a date that can't be used is left empty.
"""

from coachhub.contacts.formats.book import AddressBook, open_address_book
from coachhub.contacts.formats.entries import (
    MAX_BYTES,
    MAX_ROWS,
    BadRow,
    Entry,
    Mapping,
    UnreadableAddressBook,
)

__all__ = [
    "MAX_BYTES",
    "MAX_ROWS",
    "AddressBook",
    "BadRow",
    "Entry",
    "Mapping",
    "UnreadableAddressBook",
    "open_address_book",
]
