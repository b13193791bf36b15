"""The record: who read what, and names that can be taken out of a chain that stays whole."""

from __future__ import annotations

from typing import Any

import psycopg
import pytest
from sqlalchemy.exc import DBAPIError
from uuid_utils.compat import uuid7

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.embedded import Cluster
from coachhub.core.tenancy import scope
from fixtures_group import Group

TAKEN_FOR_NOBODY = (
    """salts = salts || '{"actor": "gone:00000000-0000-0000-0000-000000000000"}', """
    "actor_name = 'Somebody who has left'"
)


def test_a_name_goes_and_the_chain_stays_whole(group: Group) -> None:
    with scope(group.firm.id):
        ben, ida = group.people["ben"], group.actor("ida")
        audit.record(group.actor("ben"), "case.reported", kind="case", label="the ask “Shifts”")
        audit.record(ida, "member.note_sent", kind="membership", subject=ben.id, label=ben.name)
        audit.record(
            ida, "cohort.enrolled", kind="cohort", label="Spring", member='Ben "B" Liang', n=3
        )
        audit.record(ida, "member.erased", kind="membership", subject=ben.id)
        assert audit.forget(ben.id, ["Ben Liang", 'Ben "B" Liang', ""], []) == 3
        told = audit.entries()
        assert "Ben" not in "".join(
            f"{one.actor_name} {one.subject_label} {one.details}" for one in told
        )
        assert {"Ida Coach", "Spring"} <= {w for e in told for w in (e.actor_name, e.subject_label)}
        assert audit.first_broken() is None


def test_nobody_is_taken_out_who_was_not_erased(group: Group) -> None:
    with scope(group.firm.id):
        audit.record(group.actor("ben"), "case.reported", kind="case")
        with (
            pytest.raises(DBAPIError, match="does not stand in it"),
            group.session.begin_nested(),
        ):
            audit.forget(group.people["ben"].id, ["Ben Liang"], [])


@pytest.mark.parametrize(
    "change",
    [
        "actor_name = 'Eve'",
        "subject_label = 'Nothing'",
        "details = '{}'",
        TAKEN_FOR_NOBODY,
        "marks = '{}'",
        "action = 'x'",
        "chain = 'x'",
    ],
)
def test_a_changed_entry_is_named(cluster: Cluster, database_urls: Any, change: str) -> None:
    """What the application never may, a superuser can; nothing of it is committed."""
    with psycopg.connect(cluster.url("postgres", database_urls.name)) as db:
        firm = uuid7()
        db.execute(
            "INSERT INTO firms_firm (id, name, slug, colour, timezone, sender_name, active, house,"
            " created_at) VALUES (%s, 'f', %s, '', 'UTC', '', true, '{}', now())",
            (firm, firm.hex),
        )
        for number in range(3):
            db.execute(
                "INSERT INTO audit_entry (firm_id, id, actor_name, action, subject_kind,"
                " subject_label, details, created_at)"
                " VALUES (%s, %s, 'Ben', 'b', 'c', 'L', %s, now())",
                (firm, uuid7(), f'{{"n": {number}}}'),
            )
        broken = "SELECT audit_first_broken(%s)"
        assert db.execute(broken, (firm,)).fetchone() == (None,)
        db.execute("ALTER TABLE audit_entry DISABLE TRIGGER refuse")
        db.execute(
            f"UPDATE audit_entry SET {change} WHERE firm_id = %s AND number = 2",  # noqa: S608 - of this file
            (firm,),
        )
        assert db.execute(broken, (firm,)).fetchone() == (2,)
        db.rollback()


def test_reading_is_written_once_an_hour_and_never_ones_own(group: Group) -> None:
    with scope(group.firm.id):
        ada, ida = group.people["ada"], group.actor("ida")
        for _ in range(3):
            audit.seen(ida, "private_note", kind="membership", subject=ada.id, whose=[ada.id])
        audit.seen(ida, "reporter", kind="case", subject=ada.id, whose=[ada.id])
        audit.seen(group.actor("ada"), "reporter", kind="case", whose=[ada.id])
        found = group.session.scalars(audit.readings_of(ada.id)).all()
        assert [one.action for one in found] == ["seen.reporter", "seen.private_note"]
        assert {one.details["role"] for one in found} == {"a coach"}
        assert not group.session.scalars(audit.readings_of(group.people["ben"].id)).all()


def test_a_job_reads_as_coachhub() -> None:
    assert audit.role_of(Actor(label="job")) == "CoachHub"
