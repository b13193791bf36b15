"""Checking an audit trail: which entry was changed, moved or taken out, and whether its end is cut.

Each entry's seal (`chain`) is a hash over the seal before it and all that the entry says, so the
database can recompute it. What somebody with all rights takes from the end leaves no gap: that is
found with a `Head` that was written down elsewhere before.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from typing import cast as cast_to

from sqlalchemy import BigInteger, Boolean, Text, cast, column, func, select
from sqlalchemy.dialects.postgresql import ARRAY

from coachhub.core.audit import AuditEntry, DeskEntry
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import current_firm_id, open_firm_id
from coachhub.core.words import gettext

MOST = 40
"""So many breaks are named; where more are broken, the first ones tell the story."""

What = Literal["changed", "missing", "moved", "cut"]
_NEAR = 3  # an entry that slid up, after others were taken out and the rest renumbered
_HEAD = re.compile(r"\s*(\d{1,18}):([0-9a-f]{64})\s*")


@dataclass(frozen=True)
class Head:
    """The end of a trail at some moment: its last entry's number and seal."""

    number: int
    seal: str

    def __str__(self) -> str:
        """Write it as it is printed and mailed."""
        return f"{self.number}:{self.seal}"

    @classmethod
    def parse(cls, text: str) -> Head:
        """Read one that was written down; raises DomainError for what is none."""
        found = _HEAD.fullmatch(text.lower())
        if found is None:
            raise DomainError(
                gettext("That is no seal: it is a number, a colon, and 64 digits and letters.")
            )
        return cls(int(found[1]), found[2])


@dataclass(frozen=True)
class Break:
    """One thing that is wrong: at which number, what, and a sentence that names the entry."""

    number: int
    what: What
    sentence: str


@dataclass(frozen=True)
class Report:
    """What a check found: how many entries there are, the end, and what is wrong."""

    entries: int
    head: Head | None
    breaks: tuple[Break, ...]

    @property
    def whole(self) -> bool:
        """Say whether nothing was found."""
        return not self.breaks


@dataclass(frozen=True)
class _Suspect:
    """An entry whose seal does not follow, or whose texts do not fit it.

    `rightly` is the seal it should have here; `fits` says that its texts are the sealed ones.
    """

    entry: AuditEntry | DeskEntry
    before: int
    rightly: str
    fits: bool


def head() -> Head | None:
    """Return the end of the trail whose scope is open (the desk's without one); None if empty."""
    table = _table()
    found = db.session.execute(
        select(table.number, table.chain).order_by(table.number.desc()).limit(1)
    ).first()
    return Head(found.number, found.chain) if found else None


def check(against: Sequence[Head] = ()) -> Report:
    """Check the trail whose scope is open, or the desk's without one.

    Args:
        against: ends that were written down elsewhere; each must still stand where it stood.
    """
    table = _table()
    number = db.session.scalar(select(func.count()).select_from(table)) or 0
    suspects = _suspects()
    breaks = [one for suspect in suspects for one in _judged(suspect, suspects)]
    breaks += [one for known in against for one in _held_against(known)]
    return Report(number, head(), tuple(breaks))


def _table() -> type[AuditEntry | DeskEntry]:
    return DeskEntry if open_firm_id() is None else AuditEntry


def _suspects() -> list[_Suspect]:
    table = _table()
    given = (MOST,) if table is DeskEntry else (current_firm_id(), MOST)
    broken = (func.audit_desk_broken if table is DeskEntry else func.audit_broken)(*given)
    found = broken.table_valued(
        column("entry", table.id.type),
        column("before", BigInteger),
        column("rightly", Text),
        column("fits", Boolean),
    )
    rows = db.session.execute(
        select(table, found.c.before, found.c.rightly, found.c.fits)
        .join(found, found.c.entry == table.id)
        .order_by(table.number)
    )
    return [_Suspect(*row) for row in rows]


def _judged(suspect: _Suspect, suspects: Sequence[_Suspect]) -> list[Break]:
    entry = suspect.entry
    found: list[Break] = []
    gap = entry.number - suspect.before - 1
    if gap:
        found.append(_gap(suspect, gap))
    stood_at = _stood_at(suspect, suspects)
    if not suspect.fits or (stood_at is None and not gap):
        found.append(Break(entry.number, "changed", f"{_named(entry)} was changed."))
    elif stood_at is not None and stood_at != entry.number:
        words = f"{_named(entry)} was moved: it stood at number {stood_at}."
        found.append(Break(entry.number, "moved", words))
    # Whole in itself, though what stands before it is not: the break is told there.
    return found


def _gap(suspect: _Suspect, gap: int) -> Break:
    first, last = suspect.before + 1, suspect.entry.number - 1
    which = f"Entry {first} is" if gap == 1 else f"Entries {first} to {last} are"
    words = f"{which} missing, just before {_named(suspect.entry, small=True)}."
    return Break(first, "missing", words)


def _stood_at(suspect: _Suspect, suspects: Sequence[_Suspect]) -> int | None:
    """Return the number under which an entry is whole after some seal that is known, or None."""
    table = _table()
    own = suspect.entry.number
    numbers = {one.entry.number for one in suspects} | set(range(own, own + _NEAR + 1))
    befores = {one.entry.chain for one in suspects} | {one.rightly for one in suspects}
    before = select(table.chain).where(
        table.number.in_({one.before for one in suspects} | {number - 1 for number in numbers})
    )
    befores |= {"", *db.session.scalars(before)}
    tried = (
        suspect.entry.id,
        cast(sorted(numbers, key=lambda one: one != own), ARRAY(BigInteger)),
        cast(sorted(befores), ARRAY(Text)),
    )
    if table is DeskEntry:
        return db.session.scalar(select(func.audit_desk_stood_at(*tried)))
    return db.session.scalar(select(func.audit_stood_at(current_firm_id(), *tried)))


def _held_against(known: Head) -> list[Break]:
    table = _table()
    found = cast_to(
        "AuditEntry | DeskEntry | None",
        db.session.scalar(select(table).where(table.number == known.number)),
    )
    if found is None:
        last = head()
        end = last.number if last else 0
        words = (
            f"The trail ends at entry {end}, but it had {known.number} when this seal was written"
            " down: its end is cut off."
        )
        return [Break(end + 1, "cut", words)]
    if found.chain != known.seal:
        words = f"{_named(found)} is another one than when its seal was written down."
        return [Break(known.number, "changed", words)]
    return []


def _named(entry: AuditEntry | DeskEntry, *, small: bool = False) -> str:
    """Name an entry so that a person can look it up: number, when, who, what, on what."""
    label = f" ({entry.subject_label})" if entry.subject_label else ""
    return (
        f"{'entry' if small else 'Entry'} {entry.number} of"
        f" {entry.created_at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S} UTC,"
        f" {entry.actor_name}: {entry.action}{label}{'' if small else ','}"
    )
