"""The marks on a mail's way: it begins, it has ended. Two for each mail, so they are made quickly.

What is said here is said for each mail by itself, and stands before the next one begins: whatever
stops a worker, at most one mail is in doubt. The statements are made once; each mail fills them in.

The beginning of a mail that must not come twice is on the disk before the mail goes. That of one
that is sent again when in doubt is not waited for: only if the database's own machine goes down in
the same second is it lost, and what its worker had taken is then in doubt (`delivery.py`).
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, NamedTuple, TypeVar, cast
from uuid import UUID

import sqlalchemy as sa
from sqlalchemy import Connection, Update, bindparam, func, literal, update

from coachhub.mail.models import AccountMail, FirmMail

Mail = TypeVar("Mail", FirmMail, AccountMail)
Table = type[FirmMail] | type[AccountMail]


class Begin(NamedTuple):
    """A mail that is handed over from now on."""

    next_id: UUID
    next_tries: int
    first_try: dt.datetime
    moment: dt.datetime
    lease: dt.datetime


class End(NamedTuple):
    """What became of a mail, and when it was sent, is due again, or is settled.

    The names are those of the parameters; a column's own name cannot be one.
    """

    ended_id: UUID
    ended_state: str
    why: str = ""
    sent: dt.datetime | None = None
    due: dt.datetime | None = None
    settles: dt.datetime | None = None


@dataclass
class Book(Generic[Mail]):
    """Where one worker writes its marks about the mails of a table."""

    table: type[Mail]
    worker: int
    on: Connection
    _waits: bool = True  # for the disk

    def turn(self, ended: End | None, begin: Begin, *, on_disk: bool = True) -> bool:
        """Write down that one mail has ended, if one has, and that the next one begins.

        `on_disk` waits until nothing that may happen to the database undoes it. Returns whether the
        mail does begin: it may have been put off or taken out meanwhile.
        """
        if on_disk != self._waits:
            # Nothing given means as it is by default.
            says = None if on_disk else "off"
            self.on.execute(sa.select(func.set_config("synchronous_commit", says, sa.false())))
            self._waits = on_disk
        given: dict[str, Any] = begin._asdict() | {"worker": self.worker}
        if ended is not None:
            given |= ended._asdict()
        statement = _turn(self.table) if ended is not None else _begin(self.table)
        return self.on.scalar(statement, given) is not None

    def end(self, ended: End) -> None:
        """Write down that a mail has ended, unless it went to somebody else meanwhile."""
        self.on.execute(_end(self.table), ended._asdict() | {"worker": self.worker})


def _rows(table: Table) -> sa.Table:
    """Return the table itself: what is said of its rows goes past the ORM."""
    return cast("sa.Table", table.__table__)


@cache
def _begin(table: Table) -> Update:
    mail = _rows(table)
    return (
        update(mail)
        .where(
            mail.c.id == bindparam("next_id"),
            mail.c.state == "waiting",
            mail.c.leased_by == bindparam("worker"),
            mail.c.due_at <= bindparam("moment"),
        )
        .values(
            state="sending",
            leased_until=bindparam("lease"),
            tries=bindparam("next_tries"),
            first_tried_at=bindparam("first_try"),
        )
        .returning(mail.c.id)
    )


@cache
def _end(table: Table) -> Update:
    mail = _rows(table)
    return (
        update(mail)
        .where(
            mail.c.id == bindparam("ended_id"),
            mail.c.state == "sending",
            mail.c.leased_by == bindparam("worker"),
        )
        .values(
            state=bindparam("ended_state"),
            reason=bindparam("why"),
            sent_at=func.coalesce(bindparam("sent", type_=mail.c.sent_at.type), mail.c.sent_at),
            due_at=func.coalesce(bindparam("due", type_=mail.c.due_at.type), mail.c.due_at),
            leased_until=bindparam("settles", type_=mail.c.leased_until.type),
            leased_by=literal(None, mail.c.leased_by.type),
        )
    )


@cache
def _turn(table: Table) -> Update:
    return _begin(table).add_cte(_end(table).returning(literal(1)).cte("ended"))
