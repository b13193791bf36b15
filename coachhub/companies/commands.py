"""The command line of this room: compare pairs of names, resolve names against a registry."""

import csv
import json
from collections.abc import Iterable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import click

from coachhub.companies.resolve import resolve as resolve_names
from coachhub.companies.scoring import compare as compare_names

_FILE = click.Path(exists=True, dir_okay=False, path_type=Path)


def read_columns(path: Path, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    """The named columns of a CSV file, row by row; further columns are ignored.

    Raises:
        click.UsageError: the file cannot be read as such, with the line and what is wrong.
    """
    try:
        with path.open(encoding="utf-8-sig", newline="") as file:
            return _rows(path, csv.reader(file, strict=True), columns)
    except UnicodeDecodeError as error:
        line = error.object[: error.start].count(b"\n") + 1
        raise click.UsageError(f"{path.name}, near line {line}: this is not UTF-8 text.") from error
    except OSError as error:
        raise click.UsageError(f"{path.name}: it cannot be read.") from error


def _rows(path: Path, reader: Any, columns: tuple[str, ...]) -> list[tuple[str, ...]]:
    rows: list[tuple[str, ...]] = []
    places: list[int] = []
    width = 0
    line = 1
    try:
        for cells in reader:
            if any("\0" in cell for cell in cells):
                raise click.UsageError(
                    f"{path.name}, line {line}: it holds a zero byte, so this is not text."
                )
            if not width:
                places = _header(path, cells, columns)
                width = len(cells)
            elif cells:
                if len(cells) != width:
                    raise click.UsageError(
                        f"{path.name}, line {line}: "
                        f"{len(cells)} cells where the header has {width}."
                    )
                rows.append(tuple(cells[place] for place in places))
            line = reader.line_num + 1
    except csv.Error as error:
        raise click.UsageError(f"{path.name}, line {line}: {error}.") from error
    if not width:
        raise click.UsageError(f"{path.name}, line 1: the file is empty.")
    return rows


def _header(path: Path, cells: list[str], columns: tuple[str, ...]) -> list[int]:
    header = [cell.strip().lower() for cell in cells]
    missing = [column for column in columns if column not in header]
    if missing:
        raise click.UsageError(
            f"{path.name}, line 1: the header lacks {' and '.join(missing)}; "
            f"it must have {', '.join(columns)}."
        )
    return [header.index(column) for column in columns]


def _print(found: Iterable[Any], *, as_json: bool, line: str) -> None:
    for item in found:
        values = asdict(item)
        click.echo(json.dumps(values, ensure_ascii=False) if as_json else line.format(**values))


@click.group()
def companies() -> None:
    """Tell which ways of writing a name are one company."""


@companies.command()
@click.argument("pairs", type=_FILE)
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def compare(pairs: Path, *, as_json: bool) -> None:
    """Compare pairs of names: a CSV file with the columns name_a,name_b."""
    rows = read_columns(pairs, ("name_a", "name_b"))
    found = compare_names([(a, b) for a, b in rows])
    _print(found, as_json=as_json, line="{tier:9} {score:.2f}  {name_a} | {name_b}: {reason}")


@companies.command()
@click.argument("names", type=_FILE)
@click.option("--registry", required=True, type=_FILE, help="CSV file with the columns id,name.")
@click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
def resolve(names: Path, registry: Path, *, as_json: bool) -> None:
    """Find names (a CSV file with the column name) in a registry of known companies."""
    wanted = [name for (name,) in read_columns(names, ("name",))]
    known = [(identity, name) for identity, name in read_columns(registry, ("id", "name"))]
    found = resolve_names(wanted, known)
    _print(found, as_json=as_json, line="{tier:9} {score:.2f}  {name}: {id} ({reason})")
