"""Keys are exchanged while people work: killed in the middle, resumed, and nothing is lost."""

from __future__ import annotations

import datetime as dt
import io
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from flask import Flask
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.cli import commands
from coachhub.commands import keys as command
from coachhub.contacts.imports import operations as imports
from coachhub.contacts.imports.staging import stage
from coachhub.contacts.models import Contact
from coachhub.contacts.operations import ContactDraft, KnownAlreadyError, add_contact
from coachhub.core.access import Actor
from coachhub.core.embedded import Cluster
from coachhub.core.keyring import Keys, keys_in
from coachhub.core.secrets import keyring
from coachhub.privacy import rotation
from coachhub.privacy.export import sections_of
from fixtures_app import KEY, SECRET
from fixtures_dump import BOOK, OWNER, PEOPLE, WORDS, World

# A process that goes on with the exchange in small steps, and dies in the middle of it.
DIES = """
import os, signal
from coachhub.commands.settings import app_context
from coachhub.privacy import rotation
rotation.BATCH = 3
steps = []
def tell(at):
    steps.append(at.rows)
    if len(steps) == 4:
        os.kill(os.getpid(), signal.SIGKILL)
with app_context():
    rotation.begin()
    rotation.run(tell)
"""


@pytest.fixture
def world(cluster: Cluster, fresh_database: Any, tmp_path: Path) -> Iterator[World]:
    file = tmp_path / "keys.json"
    file.write_text(json.dumps({"SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY}))
    made = World(fresh_database(), cluster, tmp_path, keys_file=str(file), encryption_keys="")
    yield made
    made.close()


def environment(world: World) -> Mapping[str, str]:
    config = world.app.extensions["coachhub.config"]
    return os.environ | {
        "COACHHUB_MODE": "test",
        "SECRET_KEY": SECRET,
        "KEYS_FILE": config.keys_file,
        "DATABASE_URL": world.urls.app,
        "BASE_URL": config.base_url,
        "MAIL_FROM": config.mail_from,
        "QUEUE_URL": "memory:",
    }


def test_killed_in_the_middle_it_goes_on_and_nothing_is_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = Path(world.app.extensions["coachhub.config"].keys_file)
    died = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-c", DIES], env=environment(world), check=False, capture_output=True
    )
    assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    with world.app.app_context():
        assert len(keyring().keys.writing) == 2  # the running app has seen the new key
        half = rotation.left_behind()
        assert half > 0
    assert len(world.found()) == len(WORDS)
    with world.inside() as session:
        actor = Actor(label=OWNER, membership_id=world.owner_id)
        for first, last, mail, link in PEOPLE:  # found by hashes under either key
            with pytest.raises(KnownAlreadyError):
                add_contact(actor, ContactDraft(first, last, mail, f"linkedin.com/{link}"))
            session.rollback()
        add_contact(actor, ContactDraft("Late", "Comer", "late@example.com"))
        session.commit()

    monkeypatch.setattr(command, "app_context", world.app.app_context)
    done = CliRunner().invoke(commands, ["keys", "rotate"])
    assert done.exit_code == 0, done.output
    assert "Going on after" in done.output
    assert "No text needs the old key" in done.output
    known = keys_in(file)
    assert (len(known.writing), len(known.index), known.retired) == (1, 1, (KEY,))
    assert known.writing[0] != KEY
    assert file.stat().st_mode & 0o077 == 0

    with world.app.app_context():
        assert rotation.left_behind() == 0
        assert keyring().drop_retired(dt.date.today() + dt.timedelta(days=30)) == 0  # noqa: DTZ011
        assert keyring().drop_retired(dt.date.today() + dt.timedelta(days=36)) == 1  # noqa: DTZ011
    assert len(world.found()) == len(WORDS)  # without the old key
    with world.inside() as session, world.app.test_request_context("/"):
        row = stage(actor, io.BytesIO(BOOK.encode()), "Connections.csv")
        assert (row.added, row.updated) == (0, 20)
        imports.start(actor, row.id)
        session.commit()
        owned = select(func.count()).where(Contact.owner_id == world.owner_id)
        assert session.scalar(owned) == 21
        sections = {one.name: one for one in sections_of(world.member(session, world.owner_id))}
        assert len(sections["contacts"].rows) == 21
    status = CliRunner().invoke(commands, ["keys", "status"])
    assert "did not write: 0" in status.output
    assert "1 in use, 0 put aside" in status.output


def test_keys_of_the_environment_are_its_owners(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del session
    monkeypatch.setattr(command, "app_context", app.app_context)
    refused = CliRunner().invoke(commands, ["keys", "rotate"])
    assert refused.exit_code == 1
    assert "ENCRYPTION_KEYS=" in refused.output
    assert KEY not in refused.output


def test_a_pass_phrase_is_one_key_of_the_index_not_one_a_word() -> None:
    """Without keys of its own the index takes the secret whole: its first word would be guessed."""
    phrase = "a horse stands by the wide gate"
    assert Keys.of("one two", "", phrase) == Keys(("one", "two"), (phrase,))
    assert Keys.of("one", "first second", phrase).index == ("first", "second")
