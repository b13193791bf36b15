"""Walls 2 and 3, table by table: one row of two firms in each, and what each role then sees.

Every function returns what is wrong, in sentences; nothing when the wall stands. `make walls` runs
them against walls with one stone taken out, the suite against the real ones.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from uuid import UUID

import psycopg
from psycopg import errors, sql
from sqlalchemy import Column, ForeignKeyConstraint, Table
from uuid_utils.compat import uuid7

from coachhub.core.db import Base
from coachhub.core.tenancy import TENANT

Db = psycopg.Connection[Any]
VALUES: dict[str, Callable[[], Any]] = {
    "UUID": uuid7, "TEXT": lambda: uuid7().hex, "BOOLEAN": lambda: True, "INTEGER": lambda: 1,
    "BIG_INTEGER": lambda: uuid7().int % 2**62, "FLOAT": lambda: 1.0, "DOUBLE": lambda: 1.0,
    "ARRAY": lambda: [1], "TIME": lambda: "09:30", "DATETIME": lambda: "2026-01-01",
    "DATE": lambda: "2026-01-01", "JSONB": lambda: "{}", "BLOB": lambda: uuid7().bytes,
}  # fmt: skip


@dataclass(frozen=True)
class Filled:
    """Two firms, and the id of the row that each has in every table."""

    firms: tuple[UUID, UUID]
    ids: Mapping[tuple[UUID, str], UUID]


def tables() -> dict[str, Table]:
    """Return every firm's table by name."""
    found = {name: t for name, t in Base.metadata.tables.items() if t.info.get(TENANT)}
    return dict(sorted(found.items()))


def fill(db: Db) -> Filled:
    """Put a row of two firms into every table; `db` is a superuser's, of a database to lose.

    What speaks of a row's meaning (checks, our own triggers) is taken off first: only the walls
    are to answer.
    """
    db.execute("SET session_replication_role = replica")
    for name in tables():
        checks = db.execute(
            "SELECT conname FROM pg_constraint WHERE contype = 'c' AND conrelid = %s::regclass",
            (name,),
        ).fetchall()
        for (check,) in checks:
            db.execute(_words("ALTER TABLE {} DROP CONSTRAINT {}", name, check))
        db.execute(_words("ALTER TABLE {} DISABLE TRIGGER USER", name))
    firms = (uuid7(), uuid7())
    ids = {(firm, name): uuid7() for firm in firms for name in tables()}
    for number, firm in enumerate(firms):
        db.execute(
            "INSERT INTO firms_firm (id, name, slug, colour, timezone, sender_name, active,"
            " house, created_at) VALUES (%s, %s, %s, '', 'UTC', '', true, '{}', now())",
            (firm, f"Firm {number}", f"firm-{number}"),
        )
        for table in tables().values():
            _insert(db, table, _row(table, firm, ids))
    db.execute("SET session_replication_role = origin")
    db.commit()
    return Filled(firms, ids)


def _row(table: Table, firm: UUID, ids: Mapping[tuple[UUID, str], UUID]) -> dict[str, Any]:
    row: dict[str, Any] = {}
    for column in table.columns:
        if column.computed is not None:
            continue
        if column.name == "firm_id":
            row["firm_id"] = firm
        elif column.name == "id":
            row["id"] = ids[firm, table.name]
        elif not column.nullable:
            target = column.info.get("points_to")
            row[column.name] = ids[firm, target] if target else _value(column)
    return row


def _value(column: Column[Any]) -> Any:
    kind = str(column.type.__visit_name__).upper()
    return VALUES.get(kind, lambda: b"x")()


def _insert(db: Db, table: Table, row: Mapping[str, Any]) -> None:
    db.execute(
        sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
            sql.Identifier(table.name),
            sql.SQL(", ").join(map(sql.Identifier, row)),
            sql.SQL(", ").join(sql.Placeholder() * len(row)),
        ),
        list(row.values()),
    )


def _words(statement: str, *names: str) -> sql.Composed:
    return sql.SQL(statement).format(*map(sql.Identifier, names))


@contextmanager
def _as(db: Db, role: str, firm: UUID | None) -> Iterator[None]:
    """Be a role, in a firm or in none, until the block ends; what was done there is undone."""
    with db.transaction(force_rollback=True):
        db.execute(_words("SET LOCAL ROLE {}", role))
        db.execute("SELECT set_config('coachhub.firm_id', %s, true)", (str(firm) if firm else "",))
        yield


def rows_wrongs(db: Db, filled: Filled, only: str = "") -> list[str]:
    """Ask as the application and as the owner whose rows are seen, moved and written."""
    wrong = []
    mine, theirs = filled.firms
    for name, table in tables().items():
        if only and name != only:
            continue
        for role in ("coachhub_app", "coachhub_owner"):
            for firm, expected in ((mine, [mine]), (theirs, [theirs]), (None, [])):
                with _as(db, role, firm):
                    found = [row[0] for row in db.execute(_words("SELECT firm_id FROM {}", name))]
                if found != expected:
                    wrong.append(f"{name}: {role} in firm {firm} sees rows of {found}")
        with _as(db, "coachhub_app", mine):
            fresh = {**filled.ids, (theirs, name): uuid7()}
            if not _refused(db, lambda t=table, f=fresh: _insert(db, t, _row(t, theirs, f))):
                wrong.append(f"{name}: a row of another firm can be written")
        with _as(db, "coachhub_app", mine):
            move = sql.SQL("UPDATE {} SET firm_id = {}").format(
                sql.Identifier(name), sql.Literal(theirs)
            )
            if not _refused(db, lambda s=move: db.execute(s)):
                wrong.append(f"{name}: a row can be moved to another firm")
    return wrong


def _refused(db: Db, act: Callable[[], object]) -> bool:
    try:
        with db.transaction():
            act()
    except errors.InsufficientPrivilege:
        return True
    except errors.IntegrityError:
        return False  # another stone held it, not this one
    return False


def pointers() -> list[tuple[str, str, str]]:
    """Return (table, column, table pointed at) of every key between firms' tables."""
    found = []
    for name, table in tables().items():
        for constraint in table.constraints:
            if not isinstance(constraint, ForeignKeyConstraint):
                continue
            target = constraint.referred_table
            if target.info.get(TENANT):
                [column] = [one.name for one in constraint.columns if one.name != "firm_id"]
                found.append((name, column, target.name))
    return sorted(found)


def keys_wrongs(db: Db, filled: Filled, only: tuple[str, str] | None = None) -> list[str]:
    """Point each row at another firm's, as a superuser whom no policy holds: keys must refuse."""
    wrong = []
    mine, theirs = filled.firms
    for table, column, target in pointers():
        if only and (table, column) != only:
            continue
        point = sql.SQL("UPDATE {} SET {} = {} WHERE firm_id = {}").format(
            sql.Identifier(table),
            sql.Identifier(column),
            sql.Literal(filled.ids[theirs, target]),
            sql.Literal(mine),
        )
        try:
            with db.transaction(force_rollback=True):
                db.execute(point)
                db.execute("SET CONSTRAINTS ALL IMMEDIATE")
        except errors.ForeignKeyViolation:
            continue
        wrong.append(f"{table}.{column} can point at another firm's {target}")
    return wrong


def primary_wrongs(db: Db, only: str = "") -> list[str]:
    """Compare each table's primary key in the database with (firm_id, id)."""
    found = dict(
        db.execute(
            "SELECT conrelid::regclass::text, array_agg(attname::text ORDER BY place)"
            " FROM pg_constraint, unnest(conkey) WITH ORDINALITY AS key(number, place)"
            " JOIN pg_attribute ON true"
            " WHERE contype = 'p' AND attrelid = conrelid AND attnum = number GROUP BY 1"
        ).fetchall()
    )
    return [
        f"{name}: the primary key is {found.get(name)}"
        for name in tables()
        if (not only or name == only) and found.get(name) != ["firm_id", "id"]
    ]
