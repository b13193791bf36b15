"""Who is told what, once: notices are written with what they tell of, and sent by a job.

A notice becomes a letter in the outbox in the transaction that marks it as told. So a worker that
is killed leaves both or neither, and a job that runs twice finds nothing to do.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
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
IN_ONE_STATEMENT = 1000  # notices: a statement takes 65,535 values


@dataclass(frozen=True)
class Word:
    """That the author of a case's text is to hear of something: by which letter, about what."""

    case: Case
    kind: str
    about: UUID


def to_author(case: Case, kind: str, about: UUID, due_at: dt.datetime) -> None:
    """Let the author of a case's text hear of something."""
    to_authors([Word(case, kind, about)], due_at)


def to_authors(words: Iterable[Word], due_at: dt.datetime) -> None:
    """Let the authors hear, each of their own text."""
    _write(
        [(one.case.id, one.kind, one.about, one.case.author_id) for one in words
         if one.case.author_id is not None],
        due_at,
    )  # fmt: skip


def to_reporters(decided: Mapping[UUID, UUID], due_at: dt.datetime) -> None:
    """Let everybody who reported hear what was decided: the decision's id by the case's."""
    query = select(Report.case_id, Report.reporter_id).where(Report.case_id.in_(decided))
    _write(
        [
            (case_id, "case-reporter", decided[case_id], reporter_id)
            for case_id, reporter_id in db.session.execute(query)
        ],
        due_at,
    )


def take_back(about: Collection[UUID]) -> None:
    """Say nothing of decisions that were undone; nobody has been told of them yet."""
    db.session.execute(delete(Notice).where(Notice.about.in_(about), Notice.told_at.is_(None)))


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


def _write(told: Sequence[tuple[UUID, str, UUID, UUID]], due_at: dt.datetime) -> None:
    """Write a notice for each (case, letter, about, to whom)."""
    rows = [
        {
            "id": uuid7(),
            "firm_id": current_firm_id(),
            "created_at": now(),
            "case_id": case_id,
            "kind": kind,
            "about": about,
            "membership_id": who,
            "due_at": due_at,
        }
        for case_id, kind, about, who in told
    ]
    if not rows:
        return
    for first in range(0, len(rows), IN_ONE_STATEMENT):
        some = rows[first : first + IN_ONE_STATEMENT]
        db.session.execute(insert(Notice).values(some).on_conflict_do_nothing())
    wait = due_at - now()
    later(JOB, current_firm_id(), delay=wait if wait > dt.timedelta(0) else None)
