"""Nothing that leaves as a table is a formula, in the file and in a real spreadsheet program.

In the suite the files are read; `make soak-exports` has LibreOffice open them, too.
"""

from __future__ import annotations

import csv
import io
import os
import shutil
import subprocess
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from coachhub.core.cells import as_csv, harmless
from security.pages import pages, people, whole_world
from security.test_vectors import fill
from walls.world import World

FORMULAS = (
    "=1+1", "+1+1", "-1+1", "@SUM(1;1)", "\t=1+1", "\r=1+1", "\n=1+1", "＝1+1", "＋1+1", "－1+1",
    "＠SUM(1)", '=HYPERLINK("http://evil.example";"x")', "=cmd|' /C calc'!A0", "+A1", "-A1",
    '";=1+1', '"\n=1+1', "=1+1,\n=2+2", "{=1+1}", '=WEBSERVICE("http://evil.example")',
)  # fmt: skip
STARTS = tuple("=+-@\t\r\n＝＋－＠")
OFFICE = shutil.which("soffice") if os.environ.get("SPREADSHEET") else None


def tables(body: bytes, kind: str) -> Iterator[bytes]:
    """Yield each table in an answer, one by itself or those of an archive."""
    if kind == "text/csv":
        yield body
    if kind == "application/zip":
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            yield from (archive.read(one) for one in archive.namelist() if one.endswith(".csv"))


def formulas_in(table: bytes) -> list[str]:
    rows = csv.reader(io.StringIO(table.decode("utf-8-sig"), newline=""))
    return [cell for row in rows for cell in row if cell.startswith(STARTS)]


def opened(folder: Path, files: list[bytes]) -> list[str]:
    """Have LibreOffice open files; return what it took for a formula."""
    assert OFFICE
    for number, content in enumerate(files):
        (folder / f"{number:04}.csv").write_bytes(content)
    subprocess.run(  # noqa: S603 - our own words
        [OFFICE, f"-env:UserInstallation=file://{folder}/profile", "--headless", "--convert-to",
         "fods", "--outdir", str(folder), *map(str, sorted(folder.glob("*.csv")))],
        check=True, capture_output=True, timeout=600,
    )  # fmt: skip
    sheets = sorted(folder.glob("*.fods"))
    assert len(sheets) == len(files)
    return [one.name for one in sheets if "table:formula=" in one.read_text(encoding="utf-8")]


def taken(world: World) -> Iterator[tuple[Rule, str]]:
    """Yield what is asked for by a button, since that it left is written down."""
    for rule, url in pages(world, "POST"):
        if rule.endpoint in {"console.export", "trail.copy", "privacy.take_away"}:
            yield rule, url


def test_every_way_of_beginning_is_defused(tmp_path: Path) -> None:
    table = as_csv([[one, f"x{one}", one] for one in FORMULAS]).encode()
    assert formulas_in(table) == []
    assert [one for one in FORMULAS if harmless(one) == one] == ['";=1+1', '"\n=1+1', "{=1+1}"]
    if OFFICE:
        bare = "\r\n".join(f'"{one}"' for one in ("=1+1", "text")).encode()
        assert opened(tmp_path, [bare]) == ["0000.fods"]  # it would be one, were it not defused


def test_no_table_that_leaves_holds_one(app: Flask, session: Session, tmp_path: Path) -> None:
    world = whole_world(app, session)
    files: list[bytes] = []
    seen: set[tuple[str, str]] = set()
    leave: dict[str, set[str]] = {}
    for formula in FORMULAS if OFFICE else FORMULAS[::4]:
        fill(session, world.own.firm.id, formula)
        for who in ("member", "admin"):
            client = world.visitor(people(world)[who])
            asked = [
                *(("GET", *one) for one in pages(world)),
                *(("POST", *one) for one in taken(world)),
            ]
            for method, rule, url in asked:
                # Once it is known which pages are tables, the others are left alone.
                if who in leave and rule.endpoint not in leave[who]:
                    continue
                answer = client.open(url, method=method)
                session.close()
                found = list(tables(answer.data, answer.mimetype))
                files += found
                if found:
                    seen.add((who, rule.endpoint))
            leave[who] = {endpoint for whose, endpoint in seen if whose == who}
    assert len({endpoint for _who, endpoint in seen}) >= 3, seen
    assert len(files) >= 10
    wrong = [cell for file in files for cell in formulas_in(file)]
    assert wrong == []
    if OFFICE:
        print(f"{len(files)} files opened")  # noqa: T201 - the soak's figure
        assert opened(tmp_path, files) == []
    elif os.environ.get("SPREADSHEET"):
        pytest.skip("LibreOffice is not here: apt-get install libreoffice-calc-nogui")
