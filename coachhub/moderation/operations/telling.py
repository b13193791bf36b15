"""Who is told what, once: notices are written with what they tell of, and sent by a job.

A notice becomes a letter in the outbox in the transaction that marks it as told. So a worker that
is killed leaves both or neither, and a job that runs twice finds nothing to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core.db import db, now
from coachhub.core.jobs import later
from coachhub.core.tenancy import current_firm_id
from coachhub.moderation import letters
from coachhub.moderation.models import Case, Notice, Report

JOB = "moderation.tell"
AT_ONCE = 10  # letters in one transaction: what a kill may undo


def to_author(case: Case, kind: str, about: UUID, due_at: dt.datetime) -> None:
    """Let the author of a case's text hear of something."""
    if case.author_id is not None:
        _write(case, kind, about, [case.author_id], due_at)


def to_reporters(case: Case, about: UUID, due_at: dt.datetime) -> None:
    """Let everybody who reported hear what was decided."""
    who = db.session.scalars(select(Report.reporter_id).where(Report.case_id == case.id)).all()
    _write(case, "case-reporter", about, who, due_at)


def take_back(about: UUID) -> None:
    """Say nothing of a decision that was undone; nobody has been told of it yet."""
    db.session.execute(delete(Notice).where(Notice.about == about, Notice.told_at.is_(None)))


def tell_due() -> int:
    """Write a few of the letters that are due into the outbox; return how many. Commit, then more.

    Rows that another worker has in hand are left to it.
    """
    waiting = db.session.scalars(
        select(Notice)
        .where(Notice.told_at.is_(None), Notice.due_at <= now())
        .order_by(Notice.due_at, Notice.id)
        .limit(AT_ONCE)
        .with_for_update(skip_locked=True)
    ).all()
    for notice in waiting:
        letters.write(notice)
        notice.told_at = now()
    db.session.flush()
    return len(waiting)


def _write(case: Case, kind: str, about: UUID, who: Iterable[UUID], due_at: dt.datetime) -> None:
    rows = [
        {
            "id": uuid7(),
            "firm_id": current_firm_id(),
            "created_at": now(),
            "case_id": case.id,
            "kind": kind,
            "about": about,
            "membership_id": one,
            "due_at": due_at,
        }
        for one in who
    ]
    if not rows:
        return
    db.session.execute(insert(Notice).values(rows).on_conflict_do_nothing())
    wait = due_at - now()
    later(JOB, current_firm_id(), delay=wait if wait > dt.timedelta(0) else None)
