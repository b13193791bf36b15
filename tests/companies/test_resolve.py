"""New names against known companies, in memory and on the command line."""

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from coachhub.companies.candidates import Index, block_keys
from coachhub.companies.commands import companies
from coachhub.companies.names import parse
from coachhub.companies.resolve import Registry, resolve

KNOWN = [
    ("1", "Braunfels Tooling GmbH"),
    ("2", "Harrowgate Kettle Company"),
    ("3", "Quillivant Holdings Inc"),
    ("4", "First Tarnwick Bancorp /PR/"),
    ("5", "First Tarnwick Bancorp /NC/"),
    ("6", "International Business Machines Corp"),
    ("7", "Ostergren Ltd"),
    ("8", "Ostergren PLC"),
]


def _one(name: str) -> tuple[str | None, str]:
    (answer,) = resolve([name], KNOWN)
    return answer.id, answer.tier


def test_a_name_finds_its_company() -> None:
    assert _one("BRAUNFELS TOOLING") == ("1", "same")
    assert _one("Harrowgate Kettle Co.") == ("2", "same")
    assert _one("IBM") == ("6", "same")


def test_a_slip_finds_its_company_as_a_suggestion() -> None:
    assert _one("Harowgate Kettle Company") == ("2", "maybe")


def test_two_known_companies_with_one_key_are_only_a_suggestion() -> None:
    identity, tier = _one("First Tarnwick Bancorp")
    assert identity in {"4", "5"}
    assert tier == "maybe"


def test_the_legal_form_decides_between_twins() -> None:
    assert _one("Ostergren plc") == ("8", "same")


def test_strangers_and_no_companies_find_nothing() -> None:
    for name in ("Pellworth Cartography", "self-employed", "", "n/a"):
        assert _one(name) == (None, "different")


def test_a_slip_anywhere_keeps_a_shared_block() -> None:
    known = set(block_keys(parse("Harrowgate")))
    for slipped in ("Harowgate", "Harrowgatte", "Hxrrowgate", "Harrowgaet", "arrowgate"):
        assert known & set(block_keys(parse(slipped), asking=True)), slipped


def test_the_index_puts_the_likeliest_first() -> None:
    index = Index(name for _, name in KNOWN)
    assert index.near(parse("Quillivant"))[0] == 2
    assert list(index.same_key(parse("Ostergren"))) == [6, 7]


def test_a_registry_answers_many_calls() -> None:
    registry = Registry(KNOWN)
    assert registry.resolve(["Quillivant"]) == registry.resolve(["Quillivant"])


def _file(folder: Path, name: str, text: str) -> str:
    path = folder / name
    path.write_text(text, encoding="utf-8")
    return str(path)


def test_compare_prints_one_object_a_line(tmp_path: Path) -> None:
    pairs = _file(tmp_path, "pairs.csv", 'name_a,name_b\n"Zemtrova, Inc.",Zemtrova\nA Co,B Co\n')
    result = CliRunner().invoke(companies, ["compare", pairs, "--json"])
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [sorted(row) for row in rows] == [["name_a", "name_b", "reason", "score", "tier"]] * 2
    assert rows[0]["name_a"] == "Zemtrova, Inc."
    assert rows[0]["tier"] == "same"


def test_resolve_prints_one_object_a_line(tmp_path: Path) -> None:
    names = _file(tmp_path, "names.csv", "name\nIBM\nstudent\n")
    known = _file(tmp_path, "known.csv", "id,name\n6,International Business Machines Corp\n")
    result = CliRunner().invoke(companies, ["resolve", names, "--registry", known, "--json"])
    assert result.exit_code == 0
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["id"] for row in rows] == ["6", None]
    assert sorted(rows[0]) == ["id", "name", "reason", "score", "tier"]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("", "line 1: the file is empty"),
        ("name_a\nx\n", "line 1: the header lacks name_b"),
        ("name_a,name_b\na,b\nc\n", "line 3: 1 cells where the header has 2"),
        ('name_a,name_b\na,"b\n', "line 2: unexpected end of data"),
        ('name_a,name_b\na,"b"c\n', "line 2"),
        ("name_a,name_b\na,b\nc,d\0\n", "line 3: it holds a zero byte"),
        ("name_a;name_b\na;b\n", "line 1: the header lacks name_a and name_b"),
        (f"name_a,name_b\na,{'b' * 140_000}\n", "line 2: field larger than field limit"),
    ],
)
def test_a_malformed_file_is_told_by_line_and_nothing_is_written(
    tmp_path: Path, text: str, told: str
) -> None:
    result = CliRunner().invoke(companies, ["compare", _file(tmp_path, "p.csv", text), "--json"])
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    ("names", "registry", "told"),
    [
        ("name\nIBM\n", "id,name\n1,IBM\n2\n", "known.csv, line 3: 1 cells where the header has 2"),
        ("name\nIBM\n", "name\nIBM\n", "known.csv, line 1: the header lacks id"),
        ("names\nIBM\n", "id,name\n1,IBM\n", "names.csv, line 1: the header lacks name"),
        ('name\nIBM\n"x\n', "id,name\n1,IBM\n", "names.csv, line 3: unexpected end of data"),
    ],
)
def test_both_files_of_resolve_are_held_to_it(
    tmp_path: Path, names: str, registry: str, told: str
) -> None:
    asked, known = _file(tmp_path, "names.csv", names), _file(tmp_path, "known.csv", registry)
    result = CliRunner().invoke(companies, ["resolve", asked, "--registry", known, "--json"])
    assert result.exit_code == 2
    assert told in result.stderr
    assert result.stdout == ""


def test_a_file_that_is_no_text_is_told(tmp_path: Path) -> None:
    path = tmp_path / "p.csv"
    path.write_bytes(b"name_a,name_b\na,\xff\xfe\n")
    result = CliRunner().invoke(companies, ["compare", str(path), "--json"])
    assert result.exit_code == 2
    assert "line 2: this is not UTF-8" in result.stderr
