"""Old code runs on newer tables: a migration expands, or says why its contracting harms nobody."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from coachhub.core import paths, schema

# What the first release begins with: no older code stands beside these.
FIRST = range(42)
GOES = {"drop_table", "drop_column", "rename_table", "drop_table_comment"}
STRICTER = {"create_check_constraint", "create_unique_constraint", "create_foreign_key"}
WORDS = re.compile(
    r"\b(DROP\s+(TABLE|COLUMN|FUNCTION|VIEW|SCHEMA)|RENAME|SET\s+NOT\s+NULL|ALTER\s+COLUMN\s+\w+\s+TYPE"
    r"|REVOKE\s+(?!CREATE))",
    re.IGNORECASE,
)


def migrations() -> list[Path]:
    """Return the platform's migrations since the first release."""
    found = sorted((paths.migrations() / "versions").glob("*.py"))
    return [file for file in found if int(file.name[:4]) not in FIRST]


def contracting(tree: ast.Module) -> Iterator[str]:
    """Yield what a migration does that older code would mind; its way down does not count."""
    for top in tree.body:
        if isinstance(top, ast.FunctionDef) and top.name == "downgrade":
            continue
        for node in ast.walk(top):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                if top is not tree.body[0] and WORDS.search(node.value):
                    yield node.value.strip().splitlines()[0]
            elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                yield from _step(node, node.func.attr)


def _step(node: ast.Call, name: str) -> Iterator[str]:
    given = {one.arg: one.value for one in node.keywords}
    if name in GOES | STRICTER:
        yield name
    elif name == "alter_column":
        if {"new_column_name", "type_"} & given.keys() or _is(given.get("nullable"), value=False):
            yield ast.unparse(node)
    elif name == "add_column" and len(node.args) > 1 and isinstance(node.args[1], ast.Call):
        column = {one.arg: one.value for one in node.args[1].keywords}
        if _is(column.get("nullable"), value=False) and "server_default" not in column:
            yield ast.unparse(node)


def _is(node: ast.expr | None, *, value: bool) -> bool:
    return isinstance(node, ast.Constant) and node.value is value


def reason(tree: ast.Module) -> str:
    """Return why a migration may contract, or nothing."""
    for top in tree.body:
        if isinstance(top, ast.Assign) and ast.unparse(top.targets[0]) == "contract":
            return str(ast.literal_eval(top.value))
    return ""


@pytest.mark.parametrize("file", migrations(), ids=lambda file: file.stem)
def test_a_migration_expands_or_says_why_it_may_contract(file: Path) -> None:
    tree = ast.parse(file.read_text(encoding="utf-8"))
    found = list(contracting(tree))
    assert not found or len(reason(tree)) > 20, (
        f"{file.name} would trouble the release before it: {found}. Do it a release later, or say"
        ' `contract = "why that code does not mind"` (docs/upgrading.md).'
    )


@pytest.mark.parametrize(
    ("step", "minds"),
    [
        ('op.add_column("a", sa.Column("b", sa.Text(), nullable=True))', False),
        ('op.add_column("a", sa.Column("b", sa.Text(), nullable=False, server_default=""))', False),
        ('op.add_column("a", sa.Column("b", sa.Text(), nullable=False))', True),
        ('op.create_table("a")', False),
        ('op.create_index("a", "b", ["c"])', False),
        ('op.drop_constraint("a", "b")', False),
        ('op.drop_column("a", "b")', True),
        ('op.alter_column("a", "b", nullable=True)', False),
        ('op.alter_column("a", "b", nullable=False)', True),
        ('op.alter_column("a", "b", new_column_name="c")', True),
        ('op.create_check_constraint("a", "b", "c")', True),
        ('op.execute("ALTER TABLE a DROP COLUMN b")', True),
        ('op.execute("ALTER TABLE a RENAME TO b")', True),
        ('op.execute("GRANT SELECT ON a TO b")', False),
    ],
)
def test_it_knows_what_older_code_minds(step: str, minds: bool) -> None:
    tree = ast.parse(
        f'"""Words."""\ndef upgrade():\n    {step}\ndef downgrade():\n    op.drop_table("a")'
    )
    assert bool(list(contracting(tree))) == minds


def test_tables_that_are_ahead_are_known_as_such() -> None:
    assert schema.standing([*schema.heads(), "4242"]) == "ahead"
