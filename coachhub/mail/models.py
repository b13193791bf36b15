"""The outbox: every mail stands here, rendered, before anything is sent."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import BigInteger, Computed, Index, LargeBinary, UniqueConstraint, column
from sqlalchemy.orm import Mapped, declared_attr, mapped_column

from coachhub.core.db import Base, FirmScoped, Row, now, one_of
from coachhub.core.secrets import Encrypted

STATES = ("waiting", "sending", "sent", "failed", "in_doubt", "withheld")
TAKEN = ("new", "handled", "ignored", "refused", "failed")


class Outgoing:
    """One mail: its bytes, to whom, and how far it has come.

    `kind` is the letter's name and decides what happens when it is in doubt. `raw` holds the
    message as RFC 5322 bytes; a second copy would carry the same Message-ID. `reason` says why a
    mail was withheld or failed, `bounced` how it came back (``hard``, ``soft``, ``complaint``).
    While it is ``sending``, `leased_by` is the key of the advisory lock that its worker holds for
    as long as it lives.
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
    leased_by: Mapped[int | None] = mapped_column(BigInteger)
    first_tried_at: Mapped[dt.datetime | None]
    bounced: Mapped[str] = mapped_column(default="")
    sent_at: Mapped[dt.datetime | None]
    reason: Mapped[str] = mapped_column(default="")

    @declared_attr
    def domain(self) -> Mapped[str]:
        """Return the receiver's domain, which the pace is kept by."""
        return mapped_column(Computed("lower(split_part(to_address, '@', -1))", persisted=True))


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
        Index("ix_mail_firm_mail_of_member", "firm_id", "membership_id", "created_at"),
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


class Pace(Base):
    """How far ahead of the pace the mails to one domain are; over all firms."""

    __tablename__ = "mail_pace"

    domain: Mapped[str] = mapped_column(primary_key=True)
    free_at: Mapped[dt.datetime] = mapped_column(default=now)


class SoftBounces(Base):
    """How often an address has said "not now", by keyed hash; what arrives takes it down again."""

    __tablename__ = "mail_soft_bounces"

    address_hash: Mapped[str] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[dt.datetime] = mapped_column(default=now)


class Thread(FirmScoped):
    """What somebody's replies belong to: one for each subject and address it was written to.

    `kind` and `subject_id` name the subject for the room that wrote the letter; `from_name` is
    the name that our side has in it.
    """

    __tablename__ = "mail_thread"
    __table_args__ = (UniqueConstraint("firm_id", "kind", "subject_id", "address_hash"),)

    kind: Mapped[str]
    subject_id: Mapped[UUID]
    address_hash: Mapped[str]
    membership_id: Mapped[UUID | None]
    from_name: Mapped[str] = mapped_column(default="")


class Incoming:
    """One mail that came in. Its bytes are let go once it is handled; `said` is our answer.

    `about` is the row that its address stands for: a thread, or the mail that bounced.
    """

    purpose: Mapped[str]
    about: Mapped[UUID | None]
    sender: Mapped[str]
    sender_hash: Mapped[str] = mapped_column(default="")
    raw: Mapped[bytes] = mapped_column(LargeBinary)
    bytes_hash: Mapped[str]
    text_hash: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="new")
    tries: Mapped[int] = mapped_column(default=0)
    said: Mapped[str] = mapped_column(default="")
    answered: Mapped[bool] = mapped_column(default=False)


class FirmIncoming(Incoming, FirmScoped):
    """A reply or a bounce of a firm's mail; the same bytes are taken once."""

    __tablename__ = "mail_incoming"
    __table_args__ = (
        UniqueConstraint("firm_id", "bytes_hash"),
        one_of(*TAKEN, column="state"),
        Index("ix_mail_incoming_answers", "firm_id", "sender_hash", "created_at"),
    )


class StrayMail(Incoming, Row):
    """A mail to the platform's own address, or a bounce of a sign-in mail."""

    __tablename__ = "mail_stray"
    __table_args__ = (
        UniqueConstraint("bytes_hash"),
        one_of(*TAKEN, column="state"),
        Index("ix_mail_stray_answers", "sender_hash", "created_at"),
    )


class SenderKey(FirmScoped):
    """The firm's own sender address, and the key that its mails are signed with."""

    __tablename__ = "mail_sender_key"
    __table_args__ = (UniqueConstraint("firm_id"),)

    address: Mapped[str]
    selector: Mapped[str]
    private_key: Mapped[str] = mapped_column(Encrypted)
    public_key: Mapped[str]
