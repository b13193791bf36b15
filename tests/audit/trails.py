"""A trail to tamper with, and somebody who may."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, cast
from uuid import UUID

import psycopg
from flask import Flask
from psycopg import sql
from sqlalchemy import create_engine
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.tenancy import confine, scope
from coachhub.firms.models import Firm

WORDS = ("made", "named", "moved", "seen", "kept", "sent", "read", "held", "let", "shut", "open")
ACTIONS = tuple(f"thing.{word}" for word in (*WORDS, "ended"))


@dataclass
class Trail:
    """A firm with a dozen entries, in a database of its own that `superuser` may do all to."""

    app: Flask
    urls: Any
    firm_id: UUID
    superuser: psycopg.Connection[Any]

    def enter(self, connection: psycopg.Connection[Any]) -> None:
        connection.execute("SELECT set_config('coachhub.firm_id', %s, true)", (str(self.firm_id),))

    def tamper(self, change: sql.Composable, number: int) -> None:
        """Do something to one entry, as nobody but a superuser can: without the triggers."""
        where = sql.SQL(" WHERE firm_id = {} AND number = {}").format(self.firm_id, number)
        done = self.superuser.execute(change + where)
        assert done.rowcount == 1

    def swap(self, one: int, other: int) -> None:
        for number, wanted in ((one, 0), (other, one), (0, other)):
            self.tamper(sql.SQL("UPDATE audit_entry SET number = {}").format(wanted), number)

    def write(self, number: int) -> None:
        with scope(self.firm_id):
            for action in ACTIONS[:number]:
                audit.record(
                    Actor(label="Ada Winter", membership_id=uuid7()),
                    action,
                    kind="thing",
                    subject=uuid7(),
                    label="Öl & Söhne",
                    reason="because",
                )
            db.session.commit()

    def rewrite_all(self) -> None:
        """Change the first entry and seal all of them anew, as somebody thorough would."""
        with self.superuser.transaction():
            self.tamper(sql.SQL("UPDATE audit_entry SET actor_name = 'Nobody'"), 1)
            self.superuser.execute(
                sql.SQL(
                    "DO $$ DECLARE one audit_entry; seal text := ''; BEGIN"
                    " FOR one IN SELECT * FROM audit_entry WHERE firm_id = {} ORDER BY number LOOP"
                    " one := audit_salted(one); seal := audit_hash(seal, one);"
                    " UPDATE audit_entry SET chain = seal, marks = one.marks, salts = one.salts"
                    " WHERE id = one.id; END LOOP; END $$"
                ).format(self.firm_id)
            )


@contextmanager
def opened(app: Flask, urls: Any, superuser_url: str) -> Iterator[Callable[[], Trail]]:
    """Give what makes trails, each of a firm of its own, in one database."""
    engine = create_engine(urls.app.replace("postgresql:", "postgresql+psycopg:"))
    confine(engine)
    superuser = psycopg.connect(superuser_url, autocommit=True)
    superuser.execute("SET session_replication_role = replica")
    numbers = itertools.count(1)
    with app.app_context(), Session(engine) as session, superuser:
        kept = db.session.registry
        db.session.registry = cast("Any", _Only(session))

        def make() -> Trail:
            session.rollback()
            slug = f"harbour-{next(numbers)}"
            firm = Firm(name="Harbour", slug=slug)
            session.add(firm)
            session.commit()
            trail = Trail(app, urls, firm.id, superuser)
            trail.write(len(ACTIONS))
            return trail

        try:
            yield make
        finally:
            session.rollback()
            db.session.registry = kept
    engine.dispose()


class _Only:
    """A session registry that knows one session."""

    def __init__(self, only: Session) -> None:
        self.only = only

    def __call__(self, **_kw: Any) -> Session:
        return self.only

    def has(self) -> bool:
        return True

    def clear(self) -> None:
        """Keep it."""
