"""A thousand firms in a minute: a made-up firm, copied row by row inside PostgreSQL.

Every key of a firm's table begins with the firm, so a copy needs only another firm's id; people,
who belong to no firm, get ids and addresses of their own.
"""

from uuid import UUID

import psycopg
from psycopg import sql
from sqlalchemy import Table
from sqlalchemy.dialects import postgresql

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import Base
from coachhub.core.tenancy import TENANT

# A copy of somebody's id in another firm: the same each time it is asked.
NEW_ID = "md5({firm} || {column}::text)::uuid"
PEOPLE = ("person_id", "author_person_id", "by_person_id")
CONTACTS = "contacts_contact"
KEPT = 0.1  # of the contacts: the pages read one's own, and a disk has an end


def copy_firm(db: psycopg.Connection, slug: str, copies: int) -> int:
    """Copy a firm so many times, as a superuser; return how many rows were written."""
    row = db.execute("SELECT id FROM firms_firm WHERE slug = %s", (slug,)).fetchone()
    assert row is not None
    source: UUID = row[0]
    db.execute("SET session_replication_role = replica")
    db.execute(
        "CREATE TEMP TABLE copies AS SELECT gen_random_uuid() AS firm, number"
        " FROM generate_series(1, %s) AS number",
        (copies,),
    )
    written = 0
    tables = {name: t for name, t in Base.metadata.tables.items() if t.info.get(TENANT)}
    people = Base.metadata.tables["accounts_person"]
    seats = Base.metadata.tables["firms_seat"]
    own = sql.SQL("SELECT person_id FROM firms_seat WHERE firm_id = {}").format(sql.Literal(source))
    written += _copy(db, people, sql.SQL("id IN ({})").format(own), source)
    written += _copy(db, seats, _of(source), source)
    for name, table in sorted(tables.items()):
        rows = _of(source)
        if name == CONTACTS:
            named = sql.SQL(" UNION ").join(_named_contacts(list(tables.values())))
            rows += sql.SQL(" AND (random() < {} OR id IN ({}))").format(sql.Literal(KEPT), named)
        written += _copy(db, table, rows, source)
    written += _copy(
        db, Base.metadata.tables["firms_firm"], sql.SQL("id = {}").format(source), source
    )
    db.execute("SET session_replication_role = origin")
    db.commit()
    db.autocommit = True
    db.execute("ANALYZE")
    return written


def _of(source: UUID) -> sql.Composed:
    return sql.SQL("firm_id = {}").format(sql.Literal(source))


def _named_contacts(tables: list[Table]) -> list[sql.Composed]:
    """Return queries for the contacts that other rows name: those are all kept."""
    return [
        sql.SQL("SELECT {one} FROM {table} WHERE {one} IS NOT NULL").format(
            one=sql.Identifier(one.name), table=sql.Identifier(table.name)
        )
        for table in tables
        for one in table.columns
        if one.info.get("points_to") == CONTACTS
    ]


def _copy(db: psycopg.Connection, table: Table, rows: sql.Composable, source: UUID) -> int:
    columns = [one for one in table.columns if one.computed is None and one.identity is None]
    values = [sql.SQL(_value(table, one.name)) for one in columns]
    statement = sql.SQL(
        "INSERT INTO {table} ({names}) SELECT {values} FROM {table} old, copies WHERE {rows}"
        " ON CONFLICT DO NOTHING"
    ).format(
        table=sql.Identifier(table.name),
        names=sql.SQL(", ").join(sql.Identifier(one.name) for one in columns),
        values=sql.SQL(", ").join(values),
        rows=rows,
    )
    del source
    return db.execute(statement).rowcount


def _value(table: Table, column: str) -> str:
    """Return a column's value in the copy."""
    if column == "firm_id":
        return "copies.firm"
    if table.name == "firms_firm":
        return {
            "id": "copies.firm",
            "slug": "old.slug || '-c' || copies.number",
            "name": "old.name || ' c' || copies.number",
        }.get(column, f'old."{column}"')
    if table.name == "accounts_person":
        return {
            "id": NEW_ID.format(firm="copies.firm", column="old.id"),
            "email": "copies.number || '.' || old.email",
            "fs_uniquifier": "md5(copies.number || old.fs_uniquifier)",
            "fs_token_uniquifier": "NULL",
            "us_totp_secrets": "NULL",
        }.get(column, f'old."{column}"')
    if column in PEOPLE:
        return NEW_ID.format(firm="copies.firm", column=f'old."{column}"')
    if column.endswith("token_hash") or column == "token":
        in_bytes = table.c[column].type.compile(postgresql.dialect()) == "BYTEA"
        mark = "convert_to(copies.number::text, 'UTF8')" if in_bytes else "copies.number"
        return f'{"sha256" if in_bytes else "md5"}({mark} || old."{column}")'
    return f'old."{column}"'


def know_all_tables(environment: dict[str, str]) -> None:
    """Make the app once, so that every plugin's tables are known here too."""
    create_app(Config.from_env(environment))
