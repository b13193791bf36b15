"""A firm with twenty people outside in its books, in a database of its own, with real commits."""

from __future__ import annotations

import contextlib
import datetime as dt
import io
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.accounts.operations import add_person
from coachhub.app import create_app
from coachhub.board.models import Offer
from coachhub.cohorts.models import Cohort
from coachhub.contacts.imports import operations as imports
from coachhub.contacts.imports.staging import stage
from coachhub.contacts.operations import ContactDraft, add_contact
from coachhub.core.access import Actor, platform
from coachhub.core.db import Base, db
from coachhub.core.embedded import Cluster
from coachhub.core.jobs import queue
from coachhub.core.secrets import Encrypted
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.firms.operations import add_member, create_firm
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.privacy.sweep import firm_tables, readable
from fixtures_app import config_for
from fixtures_database import DatabaseUrls

PEOPLE = [
    (f"Zorabel{n:02}", f"Quillington{n:02}", f"zq{n:02}@quill.example.com", f"in/zq-{n:02}-quill")
    for n in range(20)
]
WORDS = [word.casefold() for person in PEOPLE for word in person]
BOOK = "\n".join(
    [
        "First Name,Last Name,Email Address,URL,Company",
        *(
            f"{first},{last},{mail},https://linkedin.com/{link},Shell"
            for first, last, mail, link in PEOPLE
        ),
    ]
)
OWNER = "Oswald Ownerley"
_TABLES = (
    "SELECT relname FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace"
)
DESK = platform("test")


class World:
    """The firm, its app, and its database as bytes."""

    def __init__(self, urls: DatabaseUrls, cluster: Cluster, home: Path, **settings: str) -> None:
        self.urls, self.cluster, self.home = urls, cluster, home
        self.app: Flask = create_app(config_for(urls, erasures=str(home / "erasures"), **settings))
        self.app.config["WTF_CSRF_ENABLED"] = False
        with self.app.app_context():
            self._fill()

    def _fill(self) -> None:
        firm = create_firm(DESK, "Harbour Coaching")
        owner = add_person("oswald@example.org", OWNER)
        reader = add_person("reader@example.org", "Rhoda Reader")
        admin = add_person("admin@example.org", "Max Admin")
        with scope(firm.id):
            member = add_member(DESK, owner)
            self.reader_id = add_member(DESK, reader).id
            add_member(DESK, admin, "admin")
            cohort = Cohort(name="Spring", slug="spring")
            db.session.add(cohort)
            db.session.flush()
            self.firm_id, self.owner_id, self.cohort_id = firm.id, member.id, cohort.id
            actor = Actor(label=OWNER, membership_id=member.id)
            for first, last, mail, link in PEOPLE[:5]:
                draft = ContactDraft(first, last, mail, f"https://linkedin.com/{link}", "Shell")
                add_contact(actor, draft)
            row = stage(actor, io.BytesIO(BOOK.encode()), "Zorabel00 Quillington00.csv")
            imports.start(actor, row.id)
            # And a preview that nobody has taken yet.
            stage(actor, io.BytesIO(BOOK.encode()), "again.csv")
            db.session.commit()

    def write_of_them(self) -> None:
        """Let mails and posts speak of the first ten people outside."""
        with self.app.app_context(), scope(self.firm_id):
            for first, last, mail, link in PEOPLE[:10]:
                name = f"{first} {last}"
                for to, who in ((mail, None), ("reader@example.org", self.reader_id)):
                    context = {"firm": {"name": "Harbour"}, "name": f"{name} ({mail})"}
                    queue_letter(
                        Letter(
                            kind="test", to_address=to, to_name=name, once=f"{mail}/{to}",
                            membership_id=who, context=context,
                        )
                    )  # fmt: skip
                db.session.add(
                    Offer(
                        cohort_id=self.cohort_id, owner_id=self.reader_id, kind="time",
                        title="An hour", body=f"I learned it from {name}, linkedin.com/{link}",
                        expires_on=dt.date(2100, 1, 1), topics=[name],
                    )
                )  # fmt: skip
            db.session.commit()

    @contextlib.contextmanager
    def inside(self) -> Iterator[Any]:
        """Work in the firm's scope with a session of its own."""
        with self.app.app_context(), scope(self.firm_id):
            yield db.session

    def close(self) -> None:
        """Let go of the database."""
        with self.app.app_context():
            db.engine.dispose()

    def run_jobs(self) -> None:
        """Do what waits on the queue, and what that puts there, but send no mail."""
        while queue().drain():
            pass

    def dump(self) -> bytes:
        """Return what a backup of the database holds, as text."""
        return self._program("pg_dump", "--dbname", self._url).stdout

    def backup(self, file: Path) -> None:
        """Write a backup."""
        self._program("pg_dump", "--format=custom", "--file", str(file), "--dbname", self._url)

    def restore(self, file: Path) -> None:
        """Bring a backup back in place of everything."""
        with self.app.app_context():
            db.engine.dispose()
        self.cluster.drop_database(self.urls.name)
        self.cluster.create_database(self.urls.name)
        self._program("pg_restore", "--dbname", self._url, str(file))

    @property
    def _url(self) -> str:
        return self.cluster.url("postgres", self.urls.name)

    def _program(self, name: str, *options: str) -> subprocess.CompletedProcess[bytes]:
        command = [str(self.cluster.binaries().folder / name), *options]
        done = subprocess.run(command, capture_output=True, check=False)  # noqa: S603 - PostgreSQL's own
        assert done.returncode == 0, done.stderr.decode()
        return done

    def everything(self) -> str:
        """Return all that can be read: every table, decrypted and decoded, and every file."""
        told = []
        with self.inside() as session:
            for table in [*firm_tables(), *_platforms_tables()]:
                for row in session.execute(select(table)).mappings():
                    for column in table.columns:
                        value = row[column.name]
                        if isinstance(value, bytes) and not isinstance(column.type, Encrypted):
                            value = readable(value)
                        told.append(str(value))
        told += [file.read_text() for file in self.home.rglob("*") if file.suffix == ".jsonl"]
        with psycopg.connect(self._url) as own:
            for (name,) in own.execute(_TABLES).fetchall():  # the queue has no model
                rows = own.execute(sql.SQL("SELECT * FROM {}").format(sql.Identifier(name)))
                told += [_text(value) for row in rows for value in row]
        return "\n".join(told).casefold()

    def found(self) -> list[str]:
        """Return which of the seeded words can be read anywhere."""
        told = self.everything()
        return [word for word in WORDS if word in told]

    def member(self, session: Any, member_id: Any) -> Membership:
        """Return a membership."""
        found: Membership = session.scalars(
            select(Membership).where(Membership.id == member_id)
        ).one()
        return found


def _text(value: object) -> str:
    return value.decode("latin-1") if isinstance(value, bytes) else str(value)


def _platforms_tables() -> list[Any]:
    return [
        table
        for table in Base.metadata.sorted_tables
        if "firm_id" not in table.columns or table.name == Person.__tablename__
    ]
