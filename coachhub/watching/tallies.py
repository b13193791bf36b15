"""How many mails and rounds there are in each state: counted inside each firm, by a job.

Nobody can count over the walls between firms; so each firm's counts are put down, under a number
that does not tell the firm, and added up where they are read.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import BigInteger, delete, func, insert, select
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import Base, db, now
from coachhub.core.jobs import job
from coachhub.core.secrets import fingerprint
from coachhub.introductions.models import Round
from coachhub.mail import standing


class Tally(Base):
    """One count of one firm."""

    __tablename__ = "watching_tally"

    number: Mapped[str] = mapped_column(primary_key=True)
    what: Mapped[str] = mapped_column(primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    state: Mapped[str] = mapped_column(primary_key=True)
    total: Mapped[int] = mapped_column(BigInteger)
    counted_at: Mapped[dt.datetime] = mapped_column(default=now)


def firm_number(firm_id: str) -> str:
    """Return the number that a firm has in all figures: always the same, and telling nothing."""
    return str(int(fingerprint("firm in figures", firm_id)[:10], 16))


@job("watching.tally", every_minutes=5)
def COUNT(firm_id: UUID) -> None:  # noqa: N802 - a job is a constant of its room
    """Count the firm's mails of the last month, and its rounds."""
    number = firm_number(str(firm_id))
    counts = [
        ("mail", kind, state, total)
        for kind, known in standing.counts().items()
        for state, total in known.states.items()
    ]
    rounds = select(Round.state, func.count()).group_by(Round.state)
    counts += [("round", "", state, total) for state, total in db.session.execute(rounds)]
    db.session.execute(delete(Tally).where(Tally.number == number))
    if counts:
        names = ("what", "kind", "state", "total")
        rows = [{"number": number, **dict(zip(names, one, strict=True))} for one in counts]
        db.session.execute(insert(Tally), rows)
