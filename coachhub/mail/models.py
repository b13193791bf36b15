"""The outbox: every mail stands here, rendered, before anything is sent."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import Index, LargeBinary, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import Base, FirmScoped, Row, now, one_of

STATES = ("waiting", "sending", "sent", "failed", "in_doubt", "withheld")


class Outgoing:
    """One mail: its bytes, to whom, and how far it has come.

    `kind` is the letter's name and decides what happens when it is in doubt. `raw` holds the
    message as RFC 5322 bytes; its Message-ID follows from the row's id, so a second copy would
    carry the same one. `reason` says why a mail was withheld or failed.
    """

    kind: Mapped[str]
    to_address: Mapped[str]
    subject: Mapped[str]
    message_id: Mapped[str]
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    state: Mapped[str] = mapped_column(default="waiting")
    due_at: Mapped[dt.datetime] = mapped_column(default=now)
    tries: Mapped[int] = mapped_column(default=0)
    leased_until: Mapped[dt.datetime | None]
    sent_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(default="")


class FirmMail(Outgoing, FirmScoped):
    """A mail of a firm. `once` makes a second mail for the same thing impossible."""

    __tablename__ = "mail_firm_mail"
    __table_args__ = (
        UniqueConstraint("firm_id", "once"),
        one_of(*STATES, column="state"),
        Index(
            "ix_mail_firm_mail_waiting",
            "firm_id",
            "due_at",
            postgresql_where=column("state").in_(("waiting", "sending")),
        ),
    )

    once: Mapped[str]
    membership_id: Mapped[UUID | None]
    introduction_id: Mapped[UUID | None]


class AccountMail(Outgoing, Row):
    """A mail about the sign-in itself (mail link, password): it belongs to no firm."""

    __tablename__ = "mail_account_mail"
    __table_args__ = (one_of(*STATES, column="state"),)


class Suppression(Base):
    """An address that must not be written to, by keyed hash, over all firms.

    `reason`: ``never`` (an outside contact asked to be left alone), ``bounced`` or ``complained``.
    """

    __tablename__ = "mail_suppression"

    address_hash: Mapped[str] = mapped_column(primary_key=True)
    reason: Mapped[str]
    created_at: Mapped[dt.datetime] = mapped_column(default=now)
