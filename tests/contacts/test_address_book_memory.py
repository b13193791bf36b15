"""Memory follows the row, not the file: 10 MB are read in far less than is allowed."""

import io
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from coachhub.contacts.formats import MAX_BYTES, UnreadableAddressBook, open_address_book

ALLOWED = 150 * 1024 * 1024  # TRUST.md S12
EXPECTED = 8 * 1024 * 1024  # a row, its buffers, and the dates that are remembered
HEAD = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"


def rows(size: int) -> bytes:
    out = io.StringIO()
    out.write(HEAD)
    number = 0
    while out.tell() < size - 400:
        out.write(
            f"Ada{number},Winter,https://www.linkedin.com/in/ada-{number},a{number}@example.org,"
            f'"Reed, Moss & Co. {number} {"é🚀" * 20}",Buyer {"x" * 60},'
            f"0{number % 9 + 1}/0{number % 8 + 1}/2019\n"
        )
        number += 1
    return out.getvalue().encode()[: size - 200].rpartition(b"\n")[0]


def cards(size: int) -> bytes:
    card = (
        "BEGIN:VCARD\nVERSION:3.0\nN:Winter;Ada\nPHOTO;ENCODING=b:"
        + "\n ".join(["QUJDREVG" * 9] * 200)
        + "\nNOTE:"
        + "x" * 5000
        + "\nEND:VCARD\n"
    )
    return (card * (size // len(card))).encode()


def archive(size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("Connections.csv", rows(size))
    return out.getvalue()


def listing(_size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        for number in range(20_000):
            made.writestr(str(number), "")
    return out.getvalue()


def folded(size: int) -> bytes:
    return b"BEGIN:VCARD\nN:Winter;Ada\nNOTE:" + b"x\n " * (size // 3 - 20) + b"\nEND:VCARD\n"


def line(size: int) -> bytes:
    return HEAD.encode() + "🚀".encode() * ((size - 100) // 4)


@pytest.mark.parametrize(
    ("make", "expected"),
    [
        (rows, EXPECTED),
        (cards, EXPECTED),
        (archive, EXPECTED),
        (line, EXPECTED),
        (folded, EXPECTED),
        (listing, 4 * EXPECTED),  # zipfile keeps an object for every file in the archive
    ],
)
def test_memory_follows_the_row(
    make: Callable[[int], bytes], expected: int, tmp_path: Path
) -> None:
    path = tmp_path / "upload"
    # The largest that is taken, for the one that most people bring; looking at memory is slow.
    path.write_bytes(make(MAX_BYTES if make is rows else MAX_BYTES // 4))
    with path.open("rb") as stream:
        tracemalloc.start()
        try:
            for _ in open_address_book(stream, "upload"):
                pass
        except UnreadableAddressBook:
            assert make is listing
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
    assert peak < expected < ALLOWED
