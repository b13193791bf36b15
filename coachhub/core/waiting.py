"""Jobs that were asked for and have not ended: written down in the transaction that asks.

The queue may lose what is put on it (a process dies between commit and queue, a Redis is emptied, a
worker is killed over its work). What stands here is put there again: nothing is lost, and a job may
run twice, as every job must bear. A job that fails has ended; its next turn by the clock takes up
what it left.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from sqlalchemy import (
    ColumnElement,
    Index,
    Text,
    cast,
    column,
    delete,
    func,
    insert,
    literal,
    select,
    update,
)
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import insert as upsert
from sqlalchemy.orm import Mapped, Session, mapped_column
from uuid_utils.compat import uuid7

from coachhub.core.db import Base, db, direct_engine, now

LOST_AFTER = dt.timedelta(minutes=1)  # on the queue for so long, and nobody has begun
DEAD_AFTER = dt.timedelta(seconds=30)  # begun for so long, and nobody holds it
AT_ONCE = 500
OLD_AFTER = dt.timedelta(days=1)  # no upgrade takes so long: nobody will ever know such a job
TICK = "tick"


class WaitingJob(Base):
    """One job. `for_firm` is empty for the platform's own; `put_at` is when it was last queued."""

    __tablename__ = "jobs_waiting"
    __table_args__ = (
        Index("ix_jobs_waiting_untaken", "put_at", postgresql_where=column("taken_at").is_(None)),
    )

    id: Mapped[UUID] = mapped_column(primary_key=True, default=uuid7)
    name: Mapped[str]
    for_firm: Mapped[str]
    args: Mapped[list[Any]] = mapped_column(JSONB())
    put_at: Mapped[dt.datetime]
    taken_at: Mapped[dt.datetime | None]


class Pulse(Base):
    """When a worker last gave a sign of life: it kept the queue's minute, or ended a job."""

    __tablename__ = "jobs_pulse"

    name: Mapped[str] = mapped_column(primary_key=True)
    beat_at: Mapped[dt.datetime]


def write_down(session: Session, entries: Iterable[tuple[Any, ...]]) -> list[UUID]:
    """Write jobs into the session's transaction: (name, firm, args, seconds); return their ids."""
    rows = [
        {
            "id": uuid7(),
            "name": name,
            "for_firm": firm_id,
            "args": list(args),
            "put_at": now() + dt.timedelta(seconds=seconds),
            "taken_at": None,
        }
        for name, firm_id, args, seconds in entries
    ]
    if rows:
        session.execute(insert(WaitingJob), rows)
    return [row["id"] for row in rows]


@contextmanager
def taken(job_id: UUID) -> Iterator[bool]:
    """Hold a job while the block runs; False if it has ended, or somebody is at it.

    A lock on a connection of its own says so: PostgreSQL frees it when we die.
    """
    key = select(func.pg_try_advisory_lock(_key(literal(str(job_id)))))
    with direct_engine().connect() as holding:
        free = holding.scalar(key)
        holding.commit()
        try:
            yield bool(free) and _begin(job_id)
        finally:
            if free:
                holding.execute(select(func.pg_advisory_unlock(_key(literal(str(job_id))))))
                holding.commit()


def _begin(job_id: UUID) -> bool:
    begun = db.session.scalar(
        update(WaitingJob)
        .where(WaitingJob.id == job_id)
        .values(taken_at=now())
        .returning(WaitingJob.id),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()
    return begun is not None


def _key(job_id: ColumnElement[str]) -> ColumnElement[int]:
    return func.hashtextextended(job_id, literal(0))


def end(job_id: UUID) -> None:
    """Cross a job out, and commit."""
    db.session.execute(
        delete(WaitingJob).where(WaitingJob.id == job_id),
        execution_options={"synchronize_session": False},
    )
    db.session.commit()


def lost() -> list[tuple[str, str, str, list[Any]]]:
    """Return (id, name, firm, args) of jobs that the queue or a worker lost; commits.

    They count as put on the queue just now.
    """
    nobodys = func.pg_try_advisory_xact_lock(_key(cast(WaitingJob.id, Text)))
    unbegun = WaitingJob.taken_at.is_(None) & (WaitingJob.put_at < now() - LOST_AFTER)
    broken_off = (WaitingJob.taken_at < now() - DEAD_AFTER) & nobodys
    found = (
        select(WaitingJob.id)
        .where(unbegun | broken_off)
        .order_by(WaitingJob.put_at)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    )
    rows = db.session.execute(
        update(WaitingJob)
        .where(WaitingJob.id.in_(found))
        .values(put_at=now(), taken_at=None)
        .returning(WaitingJob.id, WaitingJob.name, WaitingJob.for_firm, WaitingJob.args),
        execution_options={"synchronize_session": False},
    ).all()
    db.session.commit()
    return [(str(row.id), row.name, row.for_firm, row.args) for row in rows]


def is_old(job_id: UUID) -> bool:
    """Say whether a job was asked for so long ago that no worker will come who knows it."""
    asked = dt.datetime.fromtimestamp((job_id.int >> 80) / 1000, dt.UTC)  # RFC 9562, version 7
    return now() - asked > OLD_AFTER


def beat() -> None:
    """Write down that a worker lives; commits."""
    beaten = upsert(Pulse).values(name=TICK, beat_at=now())
    beaten = beaten.on_conflict_do_update(index_elements=[Pulse.name], set_={"beat_at": now()})
    db.session.execute(beaten)
    db.session.commit()


def last_beat() -> dt.datetime | None:
    """Return when a worker last gave a sign of life, or None if none ever did."""
    return db.session.scalar(select(Pulse.beat_at).where(Pulse.name == TICK))


def oldest() -> dt.datetime | None:
    """Return since when the oldest job waits that is due and not begun, or None."""
    query = select(func.min(WaitingJob.put_at)).where(
        WaitingJob.taken_at.is_(None), WaitingJob.put_at < now()
    )
    return db.session.scalar(query)
