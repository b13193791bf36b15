"""The trail of a firm tampered with behind the application's back: found, and named."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import psycopg
import pytest
from flask import Flask
from psycopg import sql

from audit.trails import ACTIONS, Trail, opened
from coachhub.core import audit, chain
from coachhub.core.access import Actor
from coachhub.core.chain import Head
from coachhub.core.db import db
from coachhub.core.embedded import Cluster
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from fixtures_database import own_database


@pytest.fixture(scope="module")
def make_trail(app: Flask, cluster: Cluster, template: str) -> Iterator[Callable[[], Trail]]:
    with (
        own_database(cluster, template, "trails") as urls,
        opened(app, urls, cluster.url("postgres", urls.name)) as make,
    ):
        yield make


@pytest.fixture
def trail(make_trail: Callable[[], Trail]) -> Trail:
    """Twelve entries, and a connection that may do anything to them."""
    return make_trail()


def breaks(trail: Trail, *known: Head) -> list[tuple[int, str]]:
    with scope(trail.firm_id):
        return [(one.number, one.what) for one in chain.check(known).breaks]


def test_a_whole_trail_is_whole(trail: Trail) -> None:
    with scope(trail.firm_id):
        report = chain.check()
        assert report.whole
        assert report.entries == len(ACTIONS)
        assert report.head == chain.head()
        assert chain.check([Head.parse(str(report.head))]).whole


@pytest.mark.parametrize("column", ["actor_name", "action", "subject_kind", "subject_label"])
def test_a_flipped_byte_is_found_and_named(trail: Trail, column: str) -> None:
    trail.tamper(
        sql.SQL("UPDATE audit_entry SET {0} = overlay({0} placing '~' from 1 for 1)").format(
            sql.Identifier(column)
        ),
        5,
    )
    assert breaks(trail) == [(5, "changed")]
    with scope(trail.firm_id):
        [found] = chain.check().breaks
    assert "Entry 5 of 20" in found.sentence
    assert "was changed" in found.sentence


# Taken out for somebody whose erasure stands nowhere.
GONE = """UPDATE audit_entry SET actor_name = 'Bo',
    salts = salts || '{"actor": "gone:00000000-0000-7000-8000-000000000000"}'"""


@pytest.mark.parametrize(
    "change",
    [
        'UPDATE audit_entry SET details = details || \'{"reason": "kinder"}\'',
        "UPDATE audit_entry SET created_at = created_at + interval '1 microsecond'",
        "UPDATE audit_entry SET actor_membership_id = gen_random_uuid()",
        "UPDATE audit_entry SET subject_id = NULL",
        "UPDATE audit_entry SET id = gen_random_uuid()",
        "UPDATE audit_entry SET marks = '{}'",
        "UPDATE audit_entry SET salts = '{}'",
        GONE,
        "UPDATE audit_entry SET chain = overlay(chain placing '0' from 1 for 1) || '1'",
        "UPDATE audit_entry SET chain = ''",
    ],
)
def test_whatever_is_changed_is_found(trail: Trail, change: str) -> None:
    trail.tamper(sql.SQL(change), 7)
    assert breaks(trail) == [(7, "changed")]


def test_the_first_and_the_last_too(trail: Trail) -> None:
    for number in (1, len(ACTIONS)):
        trail.tamper(sql.SQL("UPDATE audit_entry SET action = 'x'"), number)
    assert breaks(trail) == [(1, "changed"), (len(ACTIONS), "changed")]


def test_a_deleted_entry_is_missed(trail: Trail) -> None:
    trail.tamper(sql.SQL("DELETE FROM audit_entry"), 4)
    trail.tamper(sql.SQL("DELETE FROM audit_entry"), 8)
    trail.tamper(sql.SQL("DELETE FROM audit_entry"), 9)
    assert breaks(trail) == [(4, "missing"), (8, "missing")]
    with scope(trail.firm_id):
        first, second = chain.check().breaks
    assert "Entry 4 is missing, just before entry 5 of 20" in first.sentence
    assert "Entries 8 to 9 are missing" in second.sentence


def test_a_deleted_first_entry_is_missed(trail: Trail) -> None:
    trail.tamper(sql.SQL("DELETE FROM audit_entry"), 1)
    assert breaks(trail) == [(1, "missing")]


@pytest.mark.parametrize(("one", "other"), [(5, 6), (3, 9), (1, 12)])
def test_two_that_changed_places_are_both_named(trail: Trail, one: int, other: int) -> None:
    trail.swap(one, other)
    assert breaks(trail) == [(one, "moved"), (other, "moved")]
    with scope(trail.firm_id):
        first, _second = chain.check().breaks
    assert f"it stood at number {other}" in first.sentence


def test_one_taken_out_and_the_rest_renumbered(trail: Trail) -> None:
    trail.tamper(sql.SQL("DELETE FROM audit_entry"), 6)
    for number in range(7, len(ACTIONS) + 1):
        trail.tamper(sql.SQL("UPDATE audit_entry SET number = number - 1"), number)
    found = breaks(trail)
    assert found[0][0] == 6
    assert {what for _number, what in found} <= {"moved", "changed"}


def test_one_put_in_between_is_found(trail: Trail) -> None:
    """A forged entry cannot have a seal that fits both ways."""
    trail.tamper(sql.SQL("UPDATE audit_entry SET number = 100"), len(ACTIONS))
    assert breaks(trail) != []


def test_a_cut_end_is_found_with_a_seal_written_down(trail: Trail) -> None:
    with scope(trail.firm_id):
        known = chain.head()
    assert known is not None
    for number in (11, 12):
        trail.tamper(sql.SQL("DELETE FROM audit_entry"), number)
    # Nothing inside tells: what is left fits.
    assert breaks(trail) == []
    assert breaks(trail, known) == [(11, "cut")]
    # Nor does it help to write it anew.
    trail.write(2)
    assert breaks(trail) == []
    assert breaks(trail, known) == [(12, "changed")]


def test_all_written_anew_is_found_with_a_seal_written_down(trail: Trail) -> None:
    with scope(trail.firm_id):
        known = chain.head()
    assert known is not None
    trail.rewrite_all()
    assert breaks(trail) == []
    assert breaks(trail, known) == [(12, "changed")]


@pytest.mark.parametrize("text", ["", "12", "12:abc", "x" * 64, f"-1:{'a' * 64}"])
def test_what_is_no_seal_is_said_so(text: str) -> None:
    with pytest.raises(DomainError, match="no seal"):
        Head.parse(text)


@pytest.mark.parametrize("table", ["audit_entry", "audit_desk_entry"])
@pytest.mark.parametrize("act", ["UPDATE {} SET action = 'x'", "DELETE FROM {}", "TRUNCATE {}"])
def test_nobody_changes_a_trail(trail: Trail, table: str, act: str) -> None:
    """The application has no right to; the owner of the tables meets the trigger."""
    audit.record_at_desk(Actor(label="Stella Staff"), "plugin.mended", kind="plugin")
    db.session.commit()
    statement = sql.SQL(act).format(sql.Identifier(table))
    with (
        psycopg.connect(trail.urls.app) as connection,
        pytest.raises(psycopg.errors.InsufficientPrivilege),
    ):
        connection.execute(statement)
    with psycopg.connect(trail.urls.owner) as connection:
        trail.enter(connection)
        with pytest.raises(psycopg.errors.RaiseException, match="only ever added to"):
            connection.execute(statement)
