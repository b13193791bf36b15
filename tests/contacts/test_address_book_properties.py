"""What is written comes back the same; whatever is thrown at a reader, it answers in words."""

import csv
import io
from datetime import date
from pathlib import Path

from hypothesis import given, settings
from hypothesis import strategies as st

from coachhub.contacts.formats import BadRow, Entry, UnreadableAddressBook, open_address_book
from coachhub.contacts.formats.values import clean, clean_note

ZOO = Path(__file__).parent / "zoo"
COLUMNS = {
    "first_name": "First Name",
    "last_name": "Last Name",
    "url": "URL",
    "email": "Email Address",
    "company": "Company",
    "position": "Position",
    "connected_on": "Connected On",
    "note": "Notes",
}
# Derandomised: the same examples in every run.
thorough = settings(max_examples=120, deadline=None, derandomize=True)
brisk = settings(max_examples=100, deadline=None, derandomize=True)

any_text = st.text(st.characters(exclude_categories=["Cs", "Cc", "Cn", "Co"]), max_size=40)
# No letter of these continues a UTF-8 sequence, so the code page can't be mistaken.
western = st.text("aAbc ,;\"'äöüÄÖÜßéèçñ", max_size=40)
mails = st.from_regex(r"[a-z]{1,8}(\.[a-z]{1,8})?@[a-z]{1,8}\.example\.org", fullmatch=True)
links = st.from_regex(r"https://www\.linkedin\.com/in/[a-z0-9-]{1,20}", fullmatch=True)
dates = st.dates(min_value=date(1971, 1, 1), max_value=date(2069, 12, 31))
date_forms = st.sampled_from(["%Y-%m-%d", "%d %b %Y", "%d %B %Y", "%b %d, %Y", "%Y/%m/%d"])


@st.composite
def people(draw: st.DrawFn, texts: st.SearchStrategy[str]) -> dict[str, str]:
    person = {name: draw(texts) for name in COLUMNS}
    person["first_name"] = draw(texts.filter(clean))
    person["email"] = draw(mails | st.just(""))
    person["url"] = draw(links | st.just(""))
    person["connected_on"] = draw(dates).isoformat()
    return person


def expected(person: dict[str, str]) -> dict[str, object]:
    told: dict[str, object] = {name: clean(text) for name, text in person.items()}
    told["note"] = clean_note(person["note"])
    told["connected_on"] = date.fromisoformat(person["connected_on"])
    return told


def fields(row: Entry | BadRow) -> dict[str, object]:
    assert isinstance(row, Entry), row
    return {name: getattr(row, name) for name in COLUMNS}


@thorough
@given(
    data=st.data(),
    order=st.permutations(list(COLUMNS)),
    delimiter=st.sampled_from(",;\t|"),
    newline=st.sampled_from(["\n", "\r\n", "\r"]),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "cp1252", "latin-1"]),
    preamble=st.lists(
        st.sampled_from(["Notes:", "", '"a paragraph, \nthat wraps"', '"open']), max_size=5
    ),
    form=date_forms,
)
def test_csv_round_trip(
    data: st.DataObject,
    order: list[str],
    delimiter: str,
    newline: str,
    quoting: int,
    encoding: str,
    preamble: list[str],
    form: str,
) -> None:
    texts = any_text if encoding.startswith("utf") else western
    written = data.draw(st.lists(people(texts), min_size=1, max_size=4))
    out = io.StringIO()
    out.writelines(line + newline for line in preamble)
    writer = csv.writer(out, delimiter=delimiter, lineterminator=newline, quoting=quoting)
    writer.writerow([COLUMNS[name] for name in order])
    for person in written:
        shown = dict(person)
        shown["connected_on"] = date.fromisoformat(person["connected_on"]).strftime(form)
        writer.writerow([shown[name] for name in order])
    stream = io.BytesIO(out.getvalue().encode(encoding))
    book = open_address_book(stream, "Connections.csv")
    assert book.format == "LinkedIn connections"
    assert [fields(row) for row in book] == [expected(person) for person in written]


@thorough
@given(
    written=st.lists(people(any_text), min_size=1, max_size=4),
    newline=st.sampled_from(["\n", "\r\n"]),
    version=st.sampled_from(["3.0", "4.0"]),
    fold=st.integers(min_value=12, max_value=75),
)
def test_vcard_round_trip(
    written: list[dict[str, str]], newline: str, version: str, fold: int
) -> None:
    def escaped(text: str) -> str:
        for mark in "\\;,":
            text = text.replace(mark, "\\" + mark)
        return text.replace("\n", "\\n")

    lines: list[str] = []
    for person in written:
        p = {name: escaped(text) for name, text in person.items()}
        lines += ["BEGIN:VCARD", f"VERSION:{version}", f"N:{p['last_name']};{p['first_name']};;;"]
        lines += [f"ORG:{p['company']};Unit", f"TITLE:{p['position']}", f"NOTE:{p['note']}"]
        lines += [f"EMAIL;TYPE=work:{p['email']}", f"URL:{p['url']}", "END:VCARD"]
    folded = [
        (newline + " ").join(line[at : at + fold] for at in range(0, len(line), fold))
        for line in lines
    ]
    stream = io.BytesIO((newline.join(folded) + newline).encode())
    book = open_address_book(stream, "contacts.vcf")
    assert book.format == "vCard"
    assert [fields(row) for row in book] == [
        {**expected(person), "connected_on": None} for person in written
    ]


def answers_in_words(data: bytes) -> None:
    """Either a book of entries and bad rows with ever higher lines, or a sentence."""
    try:
        rows = list(open_address_book(io.BytesIO(data), "upload"))
    except UnreadableAddressBook:
        return
    lines = [row.line for row in rows]
    assert lines == sorted(set(lines))
    assert all(isinstance(row, Entry | BadRow) for row in rows)


heads = st.sampled_from([b"", b"PK\x03\x04", b"BEGIN:VCARD\n", b"Name,Company\n", b"\xef\xbb\xbf"])
single = [b'"', b",", b";", b"\n", b"\r", b"\\", b":", b"=", b" ", b"\xc3", b"\xa9", b"\xe9"]
words = [b"BEGIN:VCARD", b"END:VCARD", b"AGENT:", b"N:", b"QUOTED-PRINTABLE", b"Name", b"Mail"]
marks = st.lists(st.sampled_from([*single, *words]), max_size=120).map(b"".join)


@thorough
@given(head=heads, body=st.binary(max_size=400) | marks)
def test_any_bytes_are_answered(head: bytes, body: bytes) -> None:
    answers_in_words(head + body)


@brisk
@given(
    name=st.sampled_from(sorted(p.name for p in ZOO.iterdir() if p.suffix != ".json")),
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.binary(max_size=4)), max_size=6
    ),
    kept=st.floats(0.2, 1),
)
def test_a_damaged_file_is_answered(
    name: str, changes: list[tuple[float, bytes]], kept: float
) -> None:
    data = bytearray((ZOO / name).read_bytes())
    for place, value in changes:
        at = int(place * len(data))
        data[at : at + len(value)] = value
    answers_in_words(bytes(data[: int(len(data) * kept)]))


@thorough
@given(
    changes=st.lists(
        st.tuples(st.floats(0, 1, exclude_max=True), st.integers(0, 255)), min_size=1, max_size=8
    )
)
def test_a_damaged_zip_is_answered(changes: list[tuple[float, int]]) -> None:
    data = bytearray((ZOO / "linkedin-archive.zip").read_bytes())
    for place, value in changes:
        data[int(place * len(data))] = value
    answers_in_words(bytes(data))
