"""Files made to break a reader: name, file name, bytes, and what the answer must say.

`REFUSED` must be refused as a whole with that sentence; `CUT` must be read with the bad rows
that are told, and the good person in them kept.
"""

import gzip
import io
import struct
import zipfile
import zlib
from collections.abc import Callable

MB = 1024 * 1024
HEAD = b"First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"
GOOD = b"Ada,Winter,,ada@example.org,Reed,Buyer,04 Mar 2024\n"
CARD = b"BEGIN:VCARD\nVERSION:3.0\nN:Winter;Ada\nEMAIL:ada@example.org\nEND:VCARD\n"


def archive(*members: tuple[str, bytes], method: int = zipfile.ZIP_DEFLATED) -> bytes:
    """A ZIP of these members."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as made:
        for name, data in members:
            made.writestr(name, data)
    return out.getvalue()


def connections(data: bytes) -> bytes:
    return archive(("Connections.csv", data))


def patched(data: bytes, mark: bytes, offset: int, value: bytes, *, last: bool = False) -> bytes:
    """The bytes with `value` written so far behind a mark."""
    at = (data.rindex(mark) if last else data.index(mark)) + offset
    return data[:at] + value + data[at + len(value) :]


def encrypted() -> bytes:
    made = patched(connections(HEAD + GOOD), b"PK\x03\x04", 6, b"\x01")
    return patched(made, b"PK\x01\x02", 8, b"\x01")


def understated_bomb() -> bytes:
    """Twenty megabytes that claim to be 1,000 bytes."""
    made = connections(HEAD + b"A" * (20 * MB))
    made = patched(made, b"PK\x03\x04", 22, struct.pack("<I", 1000))
    return patched(made, b"PK\x01\x02", 24, struct.pack("<I", 1000))


def many_members() -> bytes:
    return archive(*((f"{n:05}.txt", b"") for n in range(30_000)), method=zipfile.ZIP_STORED)


def overlapping() -> bytes:
    """Two entries of the list of contents that share one file's bytes."""
    made = archive(("Connections.csv", HEAD + GOOD), ("Connections.csx", b"other"))
    first = made.index(b"PK\x01\x02")
    second = made.index(b"PK\x01\x02", first + 4)
    return patched(made[:second] + made[second:], b"PK\x01\x02", 42, struct.pack("<I", 3))


def nested_bomb() -> bytes:
    inner = archive(("zeros.bin", bytes(5 * MB)))
    for _ in range(3):
        inner = archive(("inner.zip", inner))
    return inner


def broken_deflate() -> bytes:
    made = connections(HEAD + GOOD * 100)
    at = made.index(b"Connections.csv") + len("Connections.csv")
    return made[: at + 4] + b"\xff\xff\xff\xff" + made[at + 8 :]


def wrong_checksum() -> bytes:
    made = patched(connections(HEAD + GOOD), b"PK\x03\x04", 14, b"\x00\x00\x00\x00")
    return patched(made, b"PK\x01\x02", 16, b"\x00\x00\x00\x00")


def truncated() -> bytes:
    return connections(HEAD + GOOD * 1000)[:-30]


def fake_method(number: int) -> bytes:
    made = patched(connections(HEAD + GOOD), b"PK\x03\x04", 8, struct.pack("<H", number))
    return patched(made, b"PK\x01\x02", 10, struct.pack("<H", number))


def directory_elsewhere() -> bytes:
    return patched(connections(HEAD + GOOD), b"PK\x05\x06", 16, b"\xff\xff\xff\x7f", last=True)


def workbook() -> bytes:
    return archive(("[Content_Types].xml", b"<Types/>"), ("xl/workbook.xml", b"<workbook/>"))


def tar() -> bytes:
    return b"Connections.csv" + bytes(497) + HEAD + GOOD + bytes(1000)


# Name: (file name, how to make it, a part of the sentence).
REFUSED: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "nothing": ("Connections.csv", lambda: b"", "is empty"),
    "only a byte order mark": ("a.csv", lambda: b"\xef\xbb\xbf", "No headings"),
    "only blank lines": ("a.csv", lambda: b"\n" * 5000, "No headings"),
    "only commas": ("a.csv", lambda: b",,,,\n" * 500, "No headings"),
    "headings alone": ("a.csv", lambda: HEAD, "nobody below"),
    "headings on line 21": ("a.csv", lambda: b"text\n" * 20 + HEAD + GOOD, "first 20 lines"),
    "rows without headings": ("a.csv", lambda: GOOD * 30, "No headings"),
    "prose": ("a.csv", lambda: b"Dear Sir, or Madam,\nI write to you.\n" * 50, "No headings"),
    "one word": ("a.csv", lambda: b"hello", "No headings"),
    "10 MB without a line end": ("a.csv", lambda: b"a" * 10 * MB, "first line is longer"),
    "10 MB of commas": ("a.csv", lambda: b"," * 10 * MB, "first line is longer"),
    "10 MB of quotation marks": ("a.csv", lambda: b'"' * 10 * MB, "first line is longer"),
    "headings 10 MB wide": ("a.csv", lambda: b"Name,Mail,"[:5] * 2 * MB, "first line is longer"),
    "600 columns": ("a.csv", lambda: b",".join([b"Name"] * 600) + b"\n" + b"," * 599, "No head"),
    "too large by a byte": ("a.csv", lambda: HEAD + b"a" * (10 * MB), "larger than 10 MB"),
    "a ZIP too large": ("a.zip", lambda: b"PK\x03\x04" + bytes(10 * MB), "out of the ZIP"),
    "too many rows": ("a.csv", lambda: HEAD + b"A,B,,,,,\n" * 100_001, "more than 100,000 rows"),
    "too many bad rows": ("a.csv", lambda: HEAD + b",,,,c,,\n" * 100_001, "more than 100,000"),
    "too many cards": ("a.vcf", lambda: b"BEGIN:VCARD\nEND:VCARD\n" * 100_001, "100,000 cards"),
    "quotes open everywhere": ("a.csv", lambda: HEAD + b'x","\n' * 20_000, "quotation mark"),
    "UTF-16 little": ("a.csv", lambda: (HEAD + GOOD).decode().encode("utf-16"), "UTF-16"),
    "UTF-16 big": ("a.csv", lambda: b"\xfe\xff" + HEAD.decode().encode("utf-16-be"), "UTF-16"),
    "UTF-16 unmarked": ("a.csv", lambda: HEAD.decode().encode("utf-16-le"), "UTF-16"),
    "UTF-32": ("a.csv", lambda: (HEAD + GOOD).decode().encode("utf-32"), "UTF-16"),
    "a zero byte late": ("a.csv", lambda: HEAD + GOOD * 5000 + b"A\x00,B\n", "not a text file"),
    "a PDF": ("Connections.csv", lambda: b"%PDF-1.7\n" + bytes(99), "“Connections.csv” is a PDF"),
    "a PNG": ("a.csv", lambda: b"\x89PNG\r\n\x1a\n" + bytes(99), "a picture"),
    "a JPEG": ("a.vcf", lambda: b"\xff\xd8\xff\xe0" + bytes(99), "a picture"),
    "a GIF with headings": ("a.csv", lambda: b"GIF89a" + HEAD + GOOD, "a picture"),
    "a program": ("a.csv", lambda: b"\x7fELF\x02" + bytes(99), "a program"),
    "a Windows program": ("a.csv", lambda: b"MZ\x90\x00" + bytes(99), "a program"),
    "an old Excel file": (
        "a.xls",
        lambda: b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(99),
        "CSV UTF-8",
    ),
    "an Excel workbook": ("a.xlsx", workbook, "“a.xlsx” is an Excel workbook"),
    "a database": ("a.csv", lambda: b"SQLite format 3\x00" + bytes(99), "a database"),
    "an Outlook store": ("a.pst", lambda: b"!BDN" + bytes(99), "Outlook data file"),
    "a gzip bomb": ("a.csv.gz", lambda: gzip.compress(bytes(50 * MB)), "gzip"),
    "a 7z": ("a.7z", lambda: b"7z\xbc\xaf\x27\x1c" + bytes(99), "7z"),
    "a RAR": ("a.rar", lambda: b"Rar!\x1a\x07" + bytes(99), "RAR"),
    "a tar": ("a.tar", tar, "not a text file"),
    "a web page": ("a.csv", lambda: b"<!DOCTYPE html><p>Sign in, please", "a web page"),
    "an XML file": ("a.xml", lambda: b"<?xml version='1.0'?><a>" + b"&a;" * 99, "an XML file"),
    "a JSON file": ("a.json", lambda: b'{"a":' * 50_000, "a JSON file"),
    "a calendar": ("a.ics", lambda: b"BEGIN:VCALENDAR\nEND:VCALENDAR\n", "a calendar"),
    "random bytes": ("a.csv", lambda: zlib.compress(bytes(range(256)) * 999)[2:], "can't be read"),
    "an empty ZIP": ("a.zip", archive, "no Connections.csv"),
    "a ZIP without it": ("a.zip", lambda: archive(("Profile.csv", HEAD)), "no Connections.csv"),
    "only its name in a path": (
        "a.zip",
        lambda: archive(("Connections.csv/../../etc/x", HEAD)),
        "no Connections.csv",
    ),
    "an encrypted ZIP": ("a.zip", encrypted, "locked with a password"),
    "a ZIP bomb": ("a.zip", lambda: connections(bytes(200 * MB)), "larger than 10 MB once"),
    "a bomb that lies": ("a.zip", understated_bomb, "damaged"),
    "a bomb in a ZIP in a ZIP": ("a.zip", nested_bomb, "no Connections.csv"),
    "a ZIP named as CSV inside": ("a.zip", lambda: connections(nested_bomb()), "ZIP inside a ZIP"),
    "30,000 files": ("a.zip", many_members, "far more files"),
    "bytes shared by two files": ("a.zip", overlapping, "damaged"),
    "a cut ZIP": ("a.zip", truncated, "damaged ZIP"),
    "ZIP magic alone": ("a.zip", lambda: b"PK\x03\x04", "damaged ZIP"),
    "a broken stream": ("a.zip", broken_deflate, "damaged"),
    "a wrong checksum": ("a.zip", wrong_checksum, "damaged"),
    "an unknown method": ("a.zip", lambda: fake_method(97), "unusual way"),
    "LZMA, which may ask for gigabytes": ("a.zip", lambda: fake_method(14), "unusual way"),
    "contents listed elsewhere": ("a.zip", directory_elsewhere, "damaged ZIP"),
    "an empty file in a ZIP": ("a.zip", lambda: connections(b""), "is empty"),
    "a picture in a ZIP": ("a.zip", lambda: connections(b"\x89PNG\r\n\x1a\n\x00"), "a picture"),
}

# Name: (file name, how to make it, a part of the first bad row's sentence).
CUT: dict[str, tuple[str, Callable[[], bytes], str]] = {
    "a quote open to the end": ("a.csv", lambda: HEAD + b'B,"' + b"x\n" * 300 + GOOD, "never cl"),
    "a quote open for 9 MB": (
        "a.csv",
        lambda: HEAD + b'"' + b"x" * 9 * MB + b"\n" + GOOD,
        "longer",
    ),
    "a cell of 9 MB": (
        "a.csv",
        lambda: HEAD + b"B" * 9 * MB + b",C\n" + GOOD,
        "longer than 65,536",
    ),
    "a row of 60,000 cells": ("a.csv", lambda: HEAD + b"," * 60_000 + b"x\n" + GOOD, "cells where"),
    "a name of 5,000 letters": (
        "a.csv",
        lambda: HEAD + b"B" * 5000 + b",,,,,,\n" + GOOD,
        "at most",
    ),
    "a mail with a line break": (
        "a.csv",
        lambda: HEAD + b'B,C,,"b@example.org\nBcc: all@example.org",,,\n' + b"B,C,,b@,,,\n" + GOOD,
        "not a mail address",
    ),
    "60,000 spaces as a mail": (
        "a.csv",
        lambda: HEAD + b"B,C,,b" + b" " * 60_000 + b"@,,,\n" + GOOD,
        "not a mail address",
    ),
    "a mail of 60,000 dots": (
        "a.csv",
        lambda: HEAD + b"B,C,,b@" + b"a." * 30_000 + b",,,\n" + GOOD,
        "not a mail address",
    ),
    "a broken letter": (
        "a.csv",
        lambda: b"\xef\xbb\xbf" + HEAD + b"B\xff,C,,,,,\n" + GOOD,
        "damaged",
    ),
    "a card of 9 MB": (
        "a.vcf",
        lambda: b"BEGIN:VCARD\nNOTE:" + b"x" * 9 * MB + b"\n" + CARD,
        "end",
    ),
    "a picture of 9 MB": (
        "a.vcf",
        lambda: b"BEGIN:VCARD\nPHOTO:" + b"QUJD\n " * (MB + MB // 2) + b"\nEND:VCARD\n" + CARD,
        "no name",
    ),
    "50,000 mails on a card": (
        "a.vcf",
        lambda: b"BEGIN:VCARD\n" + b"EMAIL:x\n" * 50_000 + b"END:VCARD\n" + CARD,
        "not a mail address",
    ),
    "a line folded 200,000 times": (
        "a.vcf",
        lambda: b"BEGIN:VCARD\nN:" + b"x\n " * 200_000 + b"\nEND:VCARD\n" + CARD,
        "at most",
    ),
    "quoted-printable without end": (
        "a.vcf",
        lambda: b"BEGIN:VCARD\nN;QUOTED-PRINTABLE:" + b"=\n" * 99 + b"\nEND:VCARD\n" + CARD,
        "no name",
    ),
    "an unknown character set": (
        "a.vcf",
        lambda: (
            b"BEGIN:VCARD\nN;CHARSET=zlib;QUOTED-PRINTABLE:=FF=FE;\nFN:\nEMAIL:b@\nEND:VCARD\n"
            + CARD
        ),
        "not a mail address",
    ),
    "60,000 parameters": (
        "a.vcf",
        lambda: b"BEGIN:VCARD\nN" + b";X" * 30_000 + b":\nEND:VCARD\n" + CARD,
        "no name",
    ),
}
