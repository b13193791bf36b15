"""Firms with one of everything in them, each with a mark of its own in every free text.

A mark is a made-up word. Wherever a firm's mark stands, something of that firm has been shown.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from flask import Flask
from sqlalchemy import Table, Text, text
from sqlalchemy.orm import Session

from coachhub.core.db import Base
from coachhub.core.tenancy import TENANT, scope
from coachhub.firms.models import StaffVisit
from walls.world import (
    THINGS,
    Side,
    Who,
    World,
    _visit,
    make_firm,
    make_membership,
    make_person,
    make_side,
    switch_everything_on,
)

# What people write freely; a column with another job keeps what stands in it.
FREE = re.compile(
    r"^(name|title|body|about|headline|learn|note|text|reason|gift|blurb|promise|evidence|subject|"
    r"sender_name|label|summary|comment|message|hook|pitch|place|agenda|words|position|interests|"
    r"remark|filename|what|details_text|source)$"
)
# Where the mark would break what the column is for.
NOT_FREE = {
    ("companies_name", "written"),
    ("firms_plugin_switch", "name"),
    ("audit_entry", "details"),
}
MARK = re.compile(r"kanarie[a-z]+vogel")


def mark(number: int) -> str:
    """Return the mark of the firm with this number."""
    letters = "".join(chr(ord("a") + int(digit)) for digit in str(number))
    return f"kanarie{letters}vogel"


@dataclass
class Inhabited:
    """A firm: two cohorts, everybody there can be in it, and its mark."""

    own: Side
    sibling: Side
    suspended: Who
    left: Who
    looking_in: Who
    mark: str
    marked: int = 0

    @property
    def slug(self) -> str:
        """Its name in addresses."""
        return self.own.firm.slug

    @property
    def id(self) -> UUID:
        """Its id."""
        return self.own.firm.id


@dataclass
class Firms:
    """Several firms on one installation, the platform's staff, and somebody of no firm."""

    app: Flask
    firms: list[Inhabited]
    staff: Who
    outsider: Who
    signed: dict[str, str] = field(default_factory=dict)

    def visitor(self, who: Who | None) -> Any:
        """Return a client on which somebody is signed in; see `walls.world.World`."""
        return World.visitor(self, who)  # type: ignore[arg-type]


def make_firms(app: Flask, session: Session, number: int, *, full: bool = True) -> Firms:
    """Make so many firms and put their marks in; `full`: one of everything, and all plugins on."""
    made = [_make_one(session, place, full=full) for place in range(number)]
    person = make_person(session, "Stella Staff", is_staff=True)
    nobody = make_person(session, "Olga Outsider")
    session.commit()
    return Firms(
        app,
        made,
        Who(person.id, person.id, person.fs_uniquifier),
        Who(nobody.id, nobody.id, nobody.fs_uniquifier),
    )


def _make_one(session: Session, number: int, *, full: bool) -> Inhabited:
    slug = f"firm{number}"
    place = make_firm(session, slug)
    own, sibling = (
        make_side(session, place, f"own{number}"),
        make_side(session, place, f"s{number}"),
    )
    looking = make_person(session, "Looking", is_staff=True)
    with scope(place.id):
        if full:
            switch_everything_on()
        session.add(_looking_in(looking.id))
        suspended = make_membership(session, place, "Suspended", state="suspended")
        left = make_membership(session, place, "Left", state="left")
        session.commit()
    for side in (own, sibling):
        for name in THINGS if full else ():
            side.thing(name)
    word = mark(number)
    made = Inhabited(
        own, sibling, suspended, left, Who(looking.id, looking.id, looking.fs_uniquifier), word
    )
    session.execute(
        text("UPDATE firms_firm SET name = name || ' ' || :word WHERE id = :id"),
        {"word": word, "id": place.id},
    )
    with scope(place.id):
        session.expunge_all()
        session.connection()
        for table, column in free_columns():
            if _put(session, table, column, word):
                made.marked += 1
        session.commit()
    return made


def _looking_in(person_id: UUID) -> StaffVisit:
    return _visit(person_id)


def _put(session: Session, table: Table, column: str, word: str) -> bool:
    """Put the mark at the end of every text of a column; False where the database refuses."""
    try:
        with session.begin_nested():
            found = session.execute(
                text(
                    f'UPDATE "{table.name}" SET "{column}" = "{column}" || \' \' || :word'  # noqa: S608 - names of our own tables
                ),
                {"word": word},
            )
    except Exception:  # noqa: BLE001 - kept as it is: a state, or what nobody may change
        return False
    return bool(found.rowcount)  # type: ignore[attr-defined]


def free_columns() -> list[tuple[Table, str]]:
    """Return every firm's column that people write freely."""
    return [
        (table, column.name)
        for name, table in sorted(Base.metadata.tables.items())
        if table.info.get(TENANT)
        for column in table.columns
        if FREE.match(column.name)
        and isinstance(column.type, Text)
        and (name, column.name) not in NOT_FREE
    ]
