"""One stone taken out of walls 2 and 3 at a time, and whether anybody notices.

Each mutant lives in a transaction that is rolled back, on a database with a row of two firms in
every table.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, create_engine

from coachhub.core import walls
from proofs import rows
from proofs.rows import Filled

POLICIES = {
    "no policy": "DROP POLICY firm ON {table}",
    "not forced": "ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY",
    "switched off": "ALTER TABLE {table} DISABLE ROW LEVEL SECURITY",
    "everybody reads": "ALTER POLICY firm ON {table} USING (true)",
    "everybody writes": "ALTER POLICY firm ON {table} WITH CHECK (true)",
    "a second way in": "CREATE POLICY also ON {table} USING (true)",
}
KEYS = {
    "points without firm": (
        "ALTER TABLE {target} ADD CONSTRAINT only_id UNIQUE (id);"
        " ALTER TABLE {table} DROP CONSTRAINT {key};"
        " ALTER TABLE {table} ADD FOREIGN KEY ({column}) REFERENCES {target} (id)"
    ),
    "points anywhere": "ALTER TABLE {table} DROP CONSTRAINT {key}",
}
PRIMARY = (
    "ALTER TABLE {table} DROP CONSTRAINT {key} CASCADE; ALTER TABLE {table} ADD PRIMARY KEY (id)"
)


@dataclass(frozen=True)
class TableMutant:
    """A stone: what it is called, what takes it out, and where to look."""

    name: str
    statements: sql.Composed
    table: str
    column: str = ""


def mutants(db: psycopg.Connection[Any]) -> Iterator[TableMutant]:
    """Return one for each policy, each foreign key and each primary key, in each way."""
    for table in rows.tables():
        for what, statement in POLICIES.items():
            made = sql.SQL(statement).format(table=sql.Identifier(table))
            yield TableMutant(f"policy {table}: {what}", made, table)
    for table, column, target in rows.pointers():
        for what, statement in KEYS.items():
            made = sql.SQL(statement).format(
                table=sql.Identifier(table),
                target=sql.Identifier(target),
                column=sql.Identifier(column),
                key=sql.Identifier(_key(db, table, "f", column)),
            )
            yield TableMutant(f"key {table}.{column}: {what}", made, table, column)
    for table in rows.tables():
        made = sql.SQL(PRIMARY).format(
            table=sql.Identifier(table), key=sql.Identifier(_key(db, table, "p", "id"))
        )
        yield TableMutant(f"key {table}: primary without firm", made, table)


def _key(db: psycopg.Connection[Any], table: str, kind: str, column: str) -> str:
    found = db.execute(
        "SELECT conname FROM pg_constraint WHERE contype = %s AND conrelid = %s::regclass"
        " AND conkey @> (SELECT array_agg(attnum) FROM pg_attribute"
        " WHERE attrelid = conrelid AND attname IN ('firm_id', %s)) ORDER BY 1",
        (kind, table, column),
    ).fetchone()
    if found is None:
        raise LookupError(f"{table}.{column} has no key in the database.")
    return str(found[0])


def noticed(connection: Connection, filled: Filled, mutant: TableMutant) -> str:
    """Return what first noticed that a stone is missing, or nothing: it survived."""
    db = connection.connection.driver_connection
    assert isinstance(db, psycopg.Connection)
    with db.transaction(force_rollback=True):
        db.execute(mutant.statements)
        if mutant.column:
            found = rows.keys_wrongs(db, filled, (mutant.table, mutant.column))
        else:
            found = rows.primary_wrongs(db, mutant.table)
            found += rows.rows_wrongs(db, filled, mutant.table)
        if found:
            return found[0]
        db.execute("SET LOCAL ROLE coachhub_app")
        try:
            walls.check(connection)
        except walls.WallError as error:
            return str(error)
    return ""


def engine(url: str) -> Any:
    """Return an engine for a superuser's address."""
    return create_engine(url.replace("postgresql:", "postgresql+psycopg:", 1))
