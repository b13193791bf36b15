"""The uploaded bytes: how many, what kind of file, and the way into a ZIP archive."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import BinaryIO, Final

from coachhub.contacts.formats.entries import MAX_BYTES, UnreadableAddressBook
from coachhub.contacts.formats.kinds import MEND_WORKBOOK, is_other, shown
from coachhub.core.words import gettext, gettext_noop

Source = Callable[[], BinaryIO]
"""Opens the address book's bytes from their start; several may be open at once."""

DAMAGED: Final = (
    zipfile.BadZipFile,
    zlib.error,
    struct.error,
    EOFError,
    OSError,
    ValueError,
    RuntimeError,  # NotImplementedError too: zipfile's word for a method it lacks
    OverflowError,
    IndexError,
)
"""Everything that `zipfile` raises on opening an archive that was damaged or made to harm."""

DAMAGED_INSIDE: Final = (zipfile.BadZipFile, zlib.error, EOFError)
"""What it raises on reading a file inside."""

_MAX_DIRECTORY = 1024 * 1024  # bytes; some 20,000 files, where LinkedIn's archive has 50
_CONNECTIONS = (
    "connections.csv",
    "kontakte.csv",
    "relations.csv",
    "contactos.csv",
    "collegamenti.csv",
)


class _Cursor(io.RawIOBase):
    """An own position in a stream that others read too; closing it leaves the stream open."""

    def __init__(self, stream: BinaryIO, size: int) -> None:
        self._stream = stream
        self._size = size
        self._at = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self._size}[whence]
        if start + offset < 0:
            raise OSError("before the start of the file")
        self._at = start + offset
        return self._at

    def tell(self) -> int:
        return self._at

    def readinto(self, buffer: bytearray | memoryview, /) -> int:  # type: ignore[override]
        self._stream.seek(self._at)
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._at += len(data)
        return len(data)


class _ArchiveReader(io.BufferedReader):
    """Keeps `zipfile` from loading a list of contents made to fill the memory."""

    def read(self, size: int | None = -1, /) -> bytes:
        if size is not None and size > _MAX_DIRECTORY:
            raise UnreadableAddressBook(
                gettext(
                    "This ZIP lists far more files than LinkedIn's archive has. "
                    "Take Connections.csv out of it and upload that file alone."
                )
            )
        return super().read(size)


def open_upload(stream: BinaryIO, filename: str) -> Source:
    """Bound the upload and look inside a ZIP archive.

    Args:
        stream: the bytes, from whichever position; a stream that can't seek is held in
            memory (at most MAX_BYTES).
        filename: as the person's computer named it; only shown, never trusted.

    Raises:
        UnreadableAddressBook: too large, empty, or a ZIP that can't be used.
    """
    if not stream.seekable():
        stream = io.BytesIO(stream.read(MAX_BYTES + 1))
    size = stream.seek(0, io.SEEK_END)
    if size == 0:
        raise UnreadableAddressBook(
            gettext(
                "%(file)s is empty. Download it again and upload the new file.",
                file=shown(filename),
            )
        )
    stream.seek(0)
    is_zip = stream.read(4) in {b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08"}
    if size > MAX_BYTES:
        raise UnreadableAddressBook(
            f"{shown(filename)} is larger than 10 MB. "
            + (
                gettext("Take Connections.csv out of the ZIP and upload that file alone.")
                if is_zip
                else gettext(
                    "Split it into smaller files, or leave out pictures, and upload each part."
                )
            )
        )
    if is_zip:
        return _open_archive(_ArchiveReader(_Cursor(stream, size)), filename)
    return lambda: io.BufferedReader(_Cursor(stream, size))


def _open_archive(reader: io.BufferedReader, filename: str) -> Source:
    try:
        archive = zipfile.ZipFile(reader)
    except DAMAGED as error:
        raise UnreadableAddressBook(_damaged(filename)) from error
    member = _connections(archive, filename)
    if member.flag_bits & 0x1:
        raise UnreadableAddressBook(
            gettext(
                "This ZIP is locked with a password. "
                "Unpack it on your computer and upload Connections.csv alone."
            )
        )
    # Other methods can ask for gigabytes of memory before the first byte comes out.
    if member.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise UnreadableAddressBook(
            gettext(
                "This ZIP is packed in an unusual way. "
                "Unpack it on your computer and upload Connections.csv alone."
            )
        )
    # `zipfile` hands out no byte more than this number, however much the archive holds.
    if member.file_size > MAX_BYTES:
        raise UnreadableAddressBook(
            gettext(
                "Connections.csv in this ZIP is larger than 10 MB once unpacked. "
                "Ask LinkedIn for a new archive, or split the file and upload each part."
            )
        )

    def open_member() -> BinaryIO:
        try:
            return archive.open(member)  # type: ignore[return-value]
        except DAMAGED as error:
            raise UnreadableAddressBook(_damaged(filename)) from error

    return open_member


def _connections(archive: zipfile.ZipFile, filename: str) -> zipfile.ZipInfo:
    """The archive's connections; of several, the one in the outermost folder."""
    members = [m for m in archive.infolist() if not m.is_dir()]
    if any(m.filename.startswith("xl/") for m in members):
        raise UnreadableAddressBook(
            is_other(filename, gettext_noop("an Excel workbook"), MEND_WORKBOOK)
        )
    for wanted in _CONNECTIONS:
        found = [
            m
            for m in members
            if m.filename.rpartition("/")[2].casefold() == wanted
            and not m.filename.startswith("__MACOSX/")
        ]
        if found:
            return min(found, key=lambda m: (m.filename.count("/"), m.filename))
    raise UnreadableAddressBook(
        gettext(
            "There is no Connections.csv in this ZIP. If it is LinkedIn's archive, ask LinkedIn for"
            " your data again with “Connections” ticked; if not, unpack it and upload the file"
            " itself."
        )
    )


def _damaged(filename: str) -> str:
    return gettext(
        "%(file)s is a damaged ZIP. Download it again, or unpack it on your computer and upload"
        " Connections.csv alone.",
        file=shown(filename),
    )
