"""Rows of the privacy room: wishes to be erased, and the ledger of who was."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import Base, FirmScoped, now, one_of, points_to

KINDS = ("membership", "person", "address", "name")


class Wish(FirmScoped):
    """That a member is to be erased, from `due_at` on; until then it can be taken back.

    `asked_by` says who pressed the button: the ``member``, or an ``admin`` they asked.
    `from_books` also takes them out of everybody's address book, in every firm, for good.
    """

    __tablename__ = "privacy_wish"
    __table_args__ = (
        UniqueConstraint("firm_id", "membership_id"),
        one_of("member", "admin", column="asked_by"),
    )

    membership_id: Mapped[UUID] = points_to("firms_membership")
    asked_by: Mapped[str]
    due_at: Mapped[dt.datetime]
    from_books: Mapped[bool] = mapped_column(default=False)


class Erased(Base):
    """One line of the ledger: that somebody was erased, over all firms, by keyed hash.

    The hash is of a ``membership``'s or a ``person``'s id, or of a stranger's mail ``address`` or
    their ``name`` with company. It finds them again in a backup, and at the next import; it tells
    nobody who they are. The same lines stand in a file outside the database (`ledger`).
    """

    __tablename__ = "privacy_ledger"
    __table_args__ = (one_of(*KINDS, column="kind"),)

    kind: Mapped[str] = mapped_column(primary_key=True)
    mark: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Rotation(Base):
    """One exchange of keys and how far it has come: rows are gone through in a fixed order.

    `mark` tells the new key from others. The next batch begins after `at_row` of `at_firm` in
    `at_table`; it commits together with its progress, so a kill at any moment loses nothing.
    """

    __tablename__ = "privacy_rotation"

    mark: Mapped[str] = mapped_column(primary_key=True)
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
    ended_at: Mapped[dt.datetime | None]
    at_table: Mapped[str] = mapped_column(default="")
    at_firm: Mapped[UUID | None]
    at_row: Mapped[UUID | None]
    rows: Mapped[int] = mapped_column(default=0)
    written: Mapped[int] = mapped_column(default=0)
