"""Twenty people outside, in real dumps: never in clear, gone when asked, gone after a restore."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.contacts.imports import operations as imports
from coachhub.contacts.imports.staging import stage
from coachhub.contacts.models import Contact
from coachhub.contacts.operations import ContactDraft, add_contact
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.embedded import Cluster
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.mail.outbox import suppressed
from coachhub.privacy import ledger, strangers
from coachhub.privacy.erasure import erase
from coachhub.privacy.export import sections_of
from coachhub.privacy.replay import replay
from fixtures_dump import BOOK, DESK, OWNER, PEOPLE, WORDS, World


@pytest.fixture
def world(cluster: Cluster, fresh_database: Any, tmp_path: Path) -> Iterator[World]:
    made = World(fresh_database(), cluster, tmp_path)
    yield made
    made.close()


def test_in_no_dump_in_clear_gone_when_asked_and_gone_after_a_restore(
    world: World, tmp_path: Path
) -> None:
    dumped = world.dump().decode().casefold()
    assert [word for word in WORDS if word in dumped] == []
    assert len(world.found()) == len(WORDS)  # with the keys, by their owner, they can be read

    world.write_of_them()
    older = tmp_path / "older.backup"
    world.backup(older)

    with world.app.app_context():
        for _first, _last, mail, _link in PEOPLE[:10]:
            strangers.forget_everywhere(mail)
        db.session.commit()
        world.run_jobs()
    assert world.found() == WORDS[40:]  # the other ten stand in their owner's book alone

    with world.inside() as session:
        erase(DESK, world.member(session, world.owner_id))
        session.commit()
    assert world.found() == []
    assert OWNER.casefold() not in world.everything()
    with world.inside() as session, world.app.test_request_context("/"):
        exported = str(sections_of(world.member(session, world.reader_id))).casefold()
        assert not [word for word in WORDS if word in exported]
        assert audit.first_broken() is None

    world.restore(older)
    assert len(world.found()) == len(WORDS)
    with world.app.app_context():
        done = replay()
        assert (done.lines, done.members) == (12, 1)  # and the account with the last membership
        assert done.strangers >= 10
        assert ledger.missing() == []
        assert replay().lines == 0
    assert world.found() == []
    assert OWNER.casefold() not in world.everything()
    with world.inside():
        assert audit.first_broken() is None
        assert suppressed(PEOPLE[0][2]) == "never"


def test_whoever_was_forgotten_is_never_taken_in_again(world: World) -> None:
    _first, _last, mail, _link = PEOPLE[15]
    with world.app.app_context():
        strangers.forget_everywhere(mail)
        with scope(world.firm_id):
            strangers.forget_name(DESK, "zorabel16  Quillíngton16", "Shell plc")
            with pytest.raises(DomainError, match="one alone could be many"):
                strangers.forget_name(DESK, "Zorabel17", "Shell")
        db.session.commit()
        world.run_jobs()
    assert {word[-2:] for word in world.found() if word.startswith("zorabel")} == {
        f"{number:02}" for number in range(20) if number not in {15, 16}
    }
    with world.inside() as session:
        actor = Actor(label="Rhoda", membership_id=world.reader_id)
        for draft in (
            ContactDraft("Another", "Name", mail.upper()),
            ContactDraft("Zorabel16", "Quillington16", company="Shell"),
        ):
            with pytest.raises(DomainError, match="asked not to be kept"):
                add_contact(actor, draft)
        row = stage(actor, io.BytesIO(BOOK.encode()), "Connections.csv")
        assert (row.added, row.unwanted) == (18, 2)
        imports.start(actor, row.id)
        session.commit()
        names = set(
            session.scalars(
                select(Contact.last_name).where(Contact.owner_id == actor.membership_id)
            )
        )
        assert len(names) == 18
        assert not {"Quillington15", "Quillington16"} & names
