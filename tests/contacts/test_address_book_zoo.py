"""Every form of address book that people have, each read to exactly the rows it holds."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from coachhub.contacts.formats import BadRow, Entry, Mapping, open_address_book

ZOO = Path(__file__).parent / "zoo"
ANIMALS = sorted(p.name for p in ZOO.iterdir() if p.suffix in {".csv", ".vcf", ".zip"})


def told(entry: Entry) -> dict[str, Any]:
    """The entry's fields that say something, as the expected rows write them."""
    fields = asdict(entry)
    if entry.connected_on:
        fields["connected_on"] = entry.connected_on.isoformat()
    return {name: value for name, value in fields.items() if value}


@pytest.mark.parametrize("name", ANIMALS)
def test_each_file_gives_exactly_its_rows(name: str) -> None:
    expected = json.loads((ZOO / f"{name}.json").read_text(encoding="utf-8"))
    mapping = Mapping(**expected["mapping"]) if "mapping" in expected else None
    with (ZOO / name).open("rb") as stream:
        book = open_address_book(stream, name, mapping=mapping)
        rows = list(book)
        again = list(book)
    assert book.format == expected["format"]
    assert [told(r) for r in rows if isinstance(r, Entry)] == expected["entries"]
    bad = [r for r in rows if isinstance(r, BadRow)]
    assert [r.line for r in bad] == [line for line, _ in expected["bad"]]
    for row, (_, what) in zip(bad, expected["bad"], strict=True):
        assert what in row.what
    assert again == rows


def test_the_zoo_is_whole() -> None:
    assert {f"{name}.json" for name in ANIMALS} == {p.name for p in ZOO.glob("*.json")}
    assert len(ANIMALS) >= 50
