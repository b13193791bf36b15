"""Walls 2 and 3: keys and row-level security, tried with raw SQL as the application's role."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import psycopg
import pytest
from flask import Flask
from psycopg import errors, sql
from sqlalchemy import Column, Connection, ForeignKeyConstraint, NullPool, create_engine
from uuid_utils.compat import uuid7

from coachhub.core import walls
from coachhub.core.db import Base
from coachhub.core.embedded import Cluster
from coachhub.core.tenancy import TENANT

TENANTS = sorted(name for name, t in Base.metadata.tables.items() if t.info.get(TENANT))


@pytest.fixture
def as_owner(fresh_database: Any, app: Flask) -> Any:
    """A migrated database of its own; `app` is asked for so that every table is known."""
    del app
    return fresh_database()


@pytest.fixture
def firms(as_owner: Any) -> tuple[UUID, UUID]:
    made = uuid7(), uuid7()
    with psycopg.connect(as_owner.app, autocommit=True) as db:
        for number, firm in enumerate(made):
            db.execute(
                "INSERT INTO firms_firm (id, name, slug, colour, timezone, sender_name, active,"
                " house, created_at) VALUES (%s, %s, %s, '', 'UTC', '', true, '{}', now())",
                (firm, f"Firm {number}", f"firm-{number}"),
            )
    return made


@pytest.fixture
def db(as_owner: Any) -> Iterator[psycopg.Connection[Any]]:
    with psycopg.connect(as_owner.app) as connection:
        yield connection
        connection.rollback()


def enter(db: psycopg.Connection[Any], firm: UUID) -> None:
    db.execute("SELECT set_config('coachhub.firm_id', %s, true)", (str(firm),))


def kind(column: Column[Any]) -> str:
    return str(column.type.__visit_name__).upper()


@contextmanager
def connect(url: str) -> Iterator[Connection]:
    engine = create_engine(url.replace("postgresql:", "postgresql+psycopg:"), poolclass=NullPool)
    with engine.connect() as connection:
        yield connection


def add_cohort(db: psycopg.Connection[Any], firm: UUID) -> UUID:
    made = uuid7()
    db.execute(
        "INSERT INTO cohorts_cohort (firm_id, id, name, slug, about, state, rivals, cadence,"
        " max_ring, max_chain, give_cap, receive_cap, created_at)"
        " VALUES (%s, %s, 'c', %s, '', 'running', 'tell', 'weekly', 4, 0, 2, 2, now())",
        (firm, made, str(made)),
    )
    return made


@pytest.mark.parametrize("table", TENANTS)
def test_every_firms_table_is_keyed_and_pointed_at_by_firm(table: str) -> None:
    found = Base.metadata.tables[table]
    assert [column.name for column in found.primary_key] == ["firm_id", "id"]
    for constraint in found.constraints:
        if not isinstance(constraint, ForeignKeyConstraint):
            continue
        if not constraint.referred_table.info.get(TENANT):
            continue
        assert constraint.columns[0].name == "firm_id", constraint.name
        assert constraint.elements[0].column.name == "firm_id", constraint.name


def test_every_table_with_a_firm_is_a_firms_table() -> None:
    without = {
        name
        for name, table in Base.metadata.tables.items()
        if "firm_id" in table.columns and not table.info.get(TENANT)
    }
    assert without == {"firms_captured_domain", "firms_seat"}


def test_the_wall_stands(as_owner: Any) -> None:
    with connect(as_owner.app) as connection:
        walls.check(connection)


def test_the_check_refuses_the_owner(as_owner: Any) -> None:
    with (
        connect(as_owner.owner) as connection,
        pytest.raises(walls.WallError, match="owns nothing"),
    ):
        walls.check(connection)


@pytest.mark.parametrize("power", ["BYPASSRLS", "SUPERUSER"])
def test_the_check_refuses_who_stands_above_the_walls_and_owns_nothing(
    as_owner: Any, cluster: Cluster, power: str
) -> None:
    with connect(cluster.url("postgres", as_owner.name)) as connection:
        role = f"above_{os.getpid()}"  # gone with the transaction
        connection.exec_driver_sql(f"CREATE ROLE {role} {power}")
        connection.exec_driver_sql(f"SET ROLE {role}")
        with pytest.raises(walls.WallError, match="no BYPASSRLS"):
            walls.check(connection)


@pytest.mark.parametrize(
    "hole",
    [
        "ALTER TABLE {} DISABLE ROW LEVEL SECURITY",
        "ALTER TABLE {} NO FORCE ROW LEVEL SECURITY",
        "DROP POLICY firm ON {}",
    ],
)
def test_the_check_finds_a_hole(as_owner: Any, hole: str) -> None:
    with psycopg.connect(as_owner.owner, autocommit=True) as owner:
        owner.execute(sql.SQL(hole).format(sql.Identifier("board_offer")))
    with connect(as_owner.app) as connection, pytest.raises(walls.WallError, match="board_offer"):
        walls.check(connection)


def test_without_a_firm_no_row_is_seen(
    db: psycopg.Connection[Any], firms: tuple[UUID, UUID]
) -> None:
    enter(db, firms[0])
    add_cohort(db, firms[0])
    db.commit()
    # After the commit the setting is an empty string: still no rows, and no error.
    assert db.execute("SELECT count(*) FROM cohorts_cohort").fetchone() == (0,)
    enter(db, firms[1])
    assert db.execute("SELECT count(*) FROM cohorts_cohort").fetchone() == (0,)
    enter(db, firms[0])
    assert db.execute("SELECT count(*) FROM cohorts_cohort").fetchone() == (1,)


# What a row begins as, where a trigger would speak before the policy; and the one table whose
# trigger cannot be satisfied by half a row.
BEGINS_AS = {("moderation_case", "state"): "open"}
SPEAKS_FIRST = {"moderation_appeal"}


@pytest.mark.parametrize("table", TENANTS)
def test_a_row_of_another_firm_is_refused(
    db: psycopg.Connection[Any], firms: tuple[UUID, UUID], table: str
) -> None:
    """The policy speaks before any other constraint, so half a row is enough to ask it."""
    enter(db, firms[0])
    columns = [
        c for c in Base.metadata.tables[table].columns if not c.nullable and c.computed is None
    ]
    made = {
        "UUID": uuid7(), "TEXT": "proposed", "BOOLEAN": True, "INTEGER": 1, "BIG_INTEGER": 1,
        "FLOAT": 1.0, "DOUBLE": 1.0, "ARRAY": [1], "TIME": "09:30",
        "DATETIME": "2026-01-01", "DATE": "2026-01-01", "JSONB": "{}", "BLOB": b"x",
    }  # fmt: skip
    values = [
        firms[1]
        if column.name == "firm_id"
        else BEGINS_AS.get((table, column.name), made.get(kind(column), b"x"))
        for column in columns
    ]
    statement = sql.SQL("INSERT INTO {} ({}) VALUES ({})").format(
        sql.Identifier(table),
        sql.SQL(", ").join(sql.Identifier(column.name) for column in columns),
        sql.SQL(", ").join(sql.Placeholder() * len(columns)),
    )
    if table in SPEAKS_FIRST:
        with pytest.raises(errors.CheckViolation):
            db.execute(statement, values)
        return
    with pytest.raises(errors.InsufficientPrivilege, match="row-level security"):
        db.execute(statement, values)


def test_a_key_across_firms_is_refused(
    db: psycopg.Connection[Any], firms: tuple[UUID, UUID]
) -> None:
    enter(db, firms[1])
    theirs = add_cohort(db, firms[1])
    enter(db, firms[0])
    with pytest.raises(errors.ForeignKeyViolation):
        db.execute(
            "INSERT INTO firms_invitation (firm_id, id, email, name, role, cohort_id, token_hash,"
            " expires_at, created_at) VALUES (%s, %s, '', '', 'member', %s, '', now(), now())",
            (firms[0], uuid7(), theirs),
        )


def test_moving_a_row_to_another_firm_is_refused(
    db: psycopg.Connection[Any], firms: tuple[UUID, UUID]
) -> None:
    enter(db, firms[0])
    add_cohort(db, firms[0])
    with pytest.raises(errors.InsufficientPrivilege):
        db.execute("UPDATE cohorts_cohort SET firm_id = %s", (firms[1],))


@pytest.mark.parametrize(
    "act",
    [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "ALTER TABLE audit_entry DISABLE TRIGGER refuse",
        "DROP POLICY firm ON board_offer",
        "ALTER TABLE board_offer DISABLE ROW LEVEL SECURITY",
        "CREATE TABLE mine (id int)",
        "SET ROLE coachhub_owner",
    ],
)
def test_the_applications_role_may_not(db: psycopg.Connection[Any], act: str) -> None:
    with pytest.raises(errors.InsufficientPrivilege):
        db.execute(act)


def test_not_even_the_owner_changes_the_audit_trail(
    as_owner: Any, firms: tuple[UUID, UUID]
) -> None:
    with psycopg.connect(as_owner.owner) as owner:
        enter(owner, firms[0])
        owner.execute(
            "INSERT INTO audit_entry (firm_id, id, actor_name, action, subject_kind,"
            " subject_label, details, created_at) VALUES (%s, %s, 'a', 'b', 'c', '', '{}', now())",
            (firms[0], uuid7()),
        )
        with pytest.raises(errors.RaiseException, match="only ever added to"):
            owner.execute("UPDATE audit_entry SET action = 'x'")
