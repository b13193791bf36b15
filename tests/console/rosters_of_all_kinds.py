"""Rosters as people and programs write them, and files made to break a reader."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable

MB = 1024 * 1024
PAIR = [("ada@example.org", "Ada Winter"), ("bo@example.org", "Bo Lind")]


def workbook() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as made:
        made.writestr("xl/workbook.xml", "<workbook/>")
    return out.getvalue()


def bomb() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as made:
        made.writestr("roster.csv", b"0" * 50 * MB)
    return out.getvalue()


# All of these are Ada Winter and Bo Lind.
GOOD: dict[str, bytes] = {
    "plain": b"Email,Name\nada@example.org,Ada Winter\nbo@example.org,Bo Lind\n",
    "Excel, German": b"E-Mail-Adresse;Vorname;Nachname\r\nada@example.org;Ada;Winter\r\n"
    b"bo@example.org;Bo;Lind\r\n",
    "tabs, with a mark": "\ufeffMail\tFull name\nada@example.org\tAda Winter\n"
    "bo@example.org\tBo Lind".encode(),
    "Excel's Unicode text": "Email\tName\r\nada@example.org\tAda Winter\r\n"
    "bo@example.org\tBo Lind\r\n".encode("utf-16"),
    "big-endian": b"\xfe\xff"
    + "Email,Name\nada@example.org,Ada Winter\nbo@example.org,Bo Lind".encode("utf-16-be"),
    "quoted": b'"Email","Name"\n"ada@example.org","Ada Winter"\n"bo@example.org","Bo Lind"\n',
    "a name with a comma": b'Name;E-mail\n"Ada Winter";ada@example.org\n"Bo Lind";bo@example.org',
    "a line for Excel": b"sep=;\nEmail;Name\nada@example.org;Ada Winter\nbo@example.org;Bo Lind\n",
    "old Mac line ends": b"Email,Name\rada@example.org,Ada Winter\rbo@example.org,Bo Lind\r",
    "no headings": b"ada@example.org,Ada Winter\nbo@example.org,Bo Lind\n",
    "no headings, name first": b"Ada Winter\tada@example.org\nBo Lind\tbo@example.org\n",
    "other columns too": b"Id|Email|Phone|Name\n1|ada@example.org|123|Ada Winter\n"
    b"2|bo@example.org||Bo Lind\n",
    "a title above": b"Our people of spring\n\nEmail,Name\nada@example.org,Ada Winter\n\n"
    b"bo@example.org,Bo Lind\n,\n",
    "a header put in": b'Email,Name\n"ada@example.org\nBcc: x",Ada Winter\n'
    b"bo@example.org,Bo Lind\n",
    "in angle brackets": b"Email,Name\nAda <ada@example.org>,Ada Winter\n"
    b"mailto:bo@example.org,Bo Lind\n",
    "capitals and blanks": b"EMAIL , NAME \n ada@example.org ,  Ada   Winter\n"
    b"bo@example.org,Bo\xc2\xa0Lind\n",
    "role and cohort last": b"Email,Name,Role,Cohort\nada@example.org,Ada Winter,,\n"
    b"bo@example.org,Bo Lind,,\n",
}
# Refused as a whole, with these words.
REFUSED: dict[str, tuple[Callable[[], bytes], str]] = {
    "nothing": (lambda: b"", "is empty"),
    "a workbook": (workbook, "is an Excel workbook"),
    "a packed bomb": (bomb, "is a packed file"),
    "a PDF": (lambda: b"%PDF-1.7\n" + b"x" * 100, "is a PDF"),
    "a picture": (lambda: b"\x89PNG\r\n\x1a\n" + bytes(100), "is a picture"),
    "a program": (lambda: b"\x7fELF" + bytes(100), "is a program"),
    "a web page": (lambda: b"<!DOCTYPE html><p>a@example.org", "is a web page"),
    "JSON": (lambda: b'[{"email": "ada@example.org"}]', "is a JSON file"),
    "zero bytes": (lambda: b"Email\nada@example.org\n\x00\x00", "not a text file"),
    "UTF-32": (lambda: "Email\nada@example.org".encode("utf-32"), "UTF-16"),
    "prose": (lambda: b"Dear Sir, or Madam,\nI write to you.\n" * 50, "No mail addresses"),
    "no column of addresses": (lambda: b"Name,Role\nAda,coach\n", "No mail addresses"),
    "only commas": (lambda: b",,,,\n" * 500, "No mail addresses"),
    "one line of 10 MB": (lambda: b"a" * 10 * MB, "first line is longer"),
    "10 MB of quotation marks": (lambda: b'"' * 10 * MB, "first line is longer"),
    "larger than 10 MB": (lambda: b"Email\n" + b"a" * 10 * MB, "larger than 10 MB"),
    "too many people": (lambda: b"Email\n" + b"a@example.org\n" * 5001, "more than 5,000 rows"),
}
HEAD = "Email,Name,Role,Cohort\n"
# One line each: what is told of it.
BAD: dict[str, tuple[str, str]] = {
    "no address": (",Ada,member,", "no mail address"),
    "no real address": ("ada at example,Ada,,", "not a mail address"),
    "two at signs": ("a@b@example.org,Ada,,", "not a mail address"),
    "no such domain": ("ada@example,Ada,,", "not a mail address"),
    "unknown role": ("ada@example.org,Ada,emperor,", "There is no role “emperor”"),
    "unknown cohort": ("ada@example.org,Ada,,Autumn", "There is no cohort called “Autumn”"),
    "a closed cohort": ("ada@example.org,Ada,,Last year", "The cohort Last year is closed"),
    "too many cells": ("ada@example.org,Ada,,,,extra", "6 cells"),
    "a name without end": (f"ada@example.org,{'A' * 121},,", "longer than 120"),
    "an open quotation mark": ('ada@example.org,"Ada,,', "never closed"),
}
