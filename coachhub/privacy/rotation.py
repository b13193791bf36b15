"""Exchanging the keys of private texts: new key first, everything written anew, old key aside.

Batches of rows are decrypted with the key they have and encrypted with the new one; hashes that
stand beside them are made anew. Each batch commits with its progress: killed at any moment, it
goes on from there. Old keys are put aside only when a last look finds nothing that needs them.
"""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from sqlalchemy import Column, LargeBinary, Table, bindparam, func, select, type_coerce, update
from sqlalchemy.exc import IntegrityError

from coachhub.core.db import db, direct_engine, now
from coachhub.core.errors import DomainError
from coachhub.core.secrets import REINDEXED, Encrypted, keyring
from coachhub.core.tenancy import scope
from coachhub.core.words import gettext
from coachhub.firms.models import Firm
from coachhub.privacy.models import Rotation
from coachhub.privacy.sweep import firm_tables

BATCH = 500
_LOCK = 0x6B657973  # "keys": one exchange at a time, over all processes


class EnvironmentKeysError(DomainError):
    """The keys stand in the environment, where only its owner can put a new one."""


def begin() -> Rotation:
    """Put a new key in front, unless an exchange is under way; return how far it is.

    Raises EnvironmentKeysError where there is no file of keys and one key alone.
    """
    ring = keyring()
    if len(ring.keys.writing) == 1:
        if ring.file is None:
            raise EnvironmentKeysError(gettext("The keys stand in the environment."))
        ring.begin()
    mark = ring.keys.mark
    found = db.session.get(Rotation, mark)
    if found is None:
        found = Rotation(mark=mark)
        db.session.add(found)
    found.ended_at = None
    db.session.commit()
    return found


def under_way() -> bool:
    """Say whether there are old keys that something may still need."""
    return len(keyring().keys.writing) > 1


def run(tell: Callable[[Rotation], None] = lambda _rotation: None) -> Rotation | None:
    """Go on with the exchange to its end, committing each batch; None if another process does.

    `tell` is called after each batch.
    """
    # On a connection of its own: the session's comes and goes with each commit. The transaction
    # holds the lock: however this ends, nobody is given a connection that still has it.
    with direct_engine().begin() as holding:
        if not holding.scalar(select(func.pg_try_advisory_xact_lock(_LOCK))):
            return None
        rotation = db.session.get_one(Rotation, keyring().keys.mark)
        while True:
            for _ in _batches(rotation):
                tell(rotation)
            if not left_behind():
                break
            rotation.at_table, rotation.at_firm, rotation.at_row = "", None, None
            db.session.commit()
        if keyring().file is not None:
            keyring().retire(now().date())
        rotation.ended_at = now()
        db.session.commit()
        return rotation


def left_behind() -> int:
    """Count the private texts that the writing key did not write."""
    ring, found = keyring(), 0
    for firm_id in _firms():
        with scope(firm_id):
            for _table, columns in _private_tables():
                rows = db.session.execute(
                    select(*_raw(columns)), execution_options={"yield_per": BATCH}
                )
                found += sum(
                    1 for row in rows for token in row if token and not ring.is_current(token)
                )
    return found


def _batches(rotation: Rotation) -> Iterator[None]:
    for firm_id in _firms():
        if rotation.at_firm is not None and firm_id < rotation.at_firm:
            continue
        with scope(firm_id):
            names = [table.name for table, _columns in _private_tables()]
            for table, columns in _private_tables():
                here = rotation.at_firm == firm_id
                if here and names.index(table.name) < names.index(rotation.at_table):
                    continue
                if not (here and rotation.at_table == table.name):
                    rotation.at_firm, rotation.at_table, rotation.at_row = firm_id, table.name, None
                while _batch(rotation, table, columns):
                    db.session.commit()
                    yield


def _batch(rotation: Rotation, table: Table, columns: list[Column[Any]]) -> int:
    ring = keyring()
    raw = {column.name: column for column in _raw(columns)}
    wanted = [raw.get(column.name, column) for column in table.columns]
    query = select(*wanted).order_by(table.c.id).limit(BATCH).with_for_update(of=table)
    if rotation.at_row is not None:
        query = query.where(table.c.id > rotation.at_row)
    rows = db.session.execute(query).mappings().all()
    old = [row for row in rows if any(row[name] and not ring.is_current(row[name]) for name in raw)]
    if old:
        _write(table, columns, [dict(row) for row in old])
        rotation.written += len(old)
    if rows:
        rotation.rows += len(rows)
        rotation.at_row = rows[-1]["id"]
    return len(rows)


def _write(table: Table, columns: list[Column[Any]], rows: list[dict[str, Any]]) -> None:
    """Write rows' private texts anew, and the hashes beside them, one statement for each row."""
    box = keyring().box
    make: Callable[[Any], dict[str, str]] | None = table.info.get(REINDEXED)
    tokens, hashes = [], []
    for row in rows:
        new = {one.name: row[one.name] and box.rotate(row[one.name]) for one in columns}
        tokens.append({"row_id": row["id"]} | {f"new_{name}": new[name] for name in new})
        if make is not None:
            plain = {name: box.decrypt(new[name]).decode() if new[name] else "" for name in new}
            made = make(row | plain)
            hashes.append({"row_id": row["id"]} | {f"new_{name}": made[name] for name in made})
    own = {one: bindparam(f"new_{one.name}", type_=LargeBinary) for one in columns}
    connection = db.session.connection()
    connection.execute(update(table).where(table.c.id == bindparam("row_id")).values(own), tokens)
    if not hashes:
        return
    found: dict[Column[Any], Any] = {
        table.c[name[4:]]: bindparam(name) for name in hashes[0] if name != "row_id"
    }
    index = update(table).where(table.c.id == bindparam("row_id")).values(found)
    try:
        with db.session.begin_nested():
            connection.execute(index, hashes)
    except IntegrityError:
        for one in hashes:
            # The same person was brought in again meanwhile: that row is found from now on.
            with contextlib.suppress(IntegrityError), db.session.begin_nested():
                connection.execute(index, one)


def _raw(columns: list[Column[Any]]) -> list[Any]:
    return [type_coerce(column, LargeBinary).label(column.name) for column in columns]


def _private_tables() -> list[tuple[Table, list[Column[Any]]]]:
    found = [
        (table, [column for column in table.columns if isinstance(column.type, Encrypted)])
        for table in sorted(firm_tables(), key=lambda one: one.name)
    ]
    return [(table, columns) for table, columns in found if columns]


def _firms() -> list[UUID]:
    return sorted(db.session.scalars(select(Firm.id)))
