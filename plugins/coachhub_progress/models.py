"""Updates, who they go to, remembered groups, and addresses that want no more of them.

Nothing here holds a name or an address of somebody outside: those stay with the contact.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted

STATES = ("draft", "sending", "sent")


class Update(FirmScoped):
    """One update in its writer's words. Only they ever read it here; it may name people."""

    __tablename__ = "progress_update"
    __table_args__ = (one_of(*STATES, column="state"),)

    owner_id: Mapped[UUID] = points_to("firms_membership")
    subject: Mapped[str] = mapped_column(Encrypted)
    met: Mapped[str] = mapped_column(Encrypted, default="")
    looking: Mapped[str] = mapped_column(Encrypted, default="")
    helps: Mapped[str] = mapped_column(Encrypted, default="")
    state: Mapped[str] = mapped_column(default="draft")
    sent_at: Mapped[dt.datetime | None]


class Recipient(FirmScoped):
    """A contact chosen for an update. `left_out` says why it did not go to them, if it did not.

    `email_hash` is the address it went to, as a keyed hash; `mail_id` its mail in the outbox.
    """

    __tablename__ = "progress_recipient"
    __table_args__ = (UniqueConstraint("firm_id", "update_id", "contact_id"),)

    update_id: Mapped[UUID] = points_to("progress_update")
    contact_id: Mapped[UUID | None] = points_to("contacts_contact", ondelete="SET NULL")
    email_hash: Mapped[str] = mapped_column(default="", index=True)
    mail_id: Mapped[UUID | None]
    left_out: Mapped[str] = mapped_column(default="")


class Address(FirmScoped):
    """An address, by keyed hash, that had an update from this firm, or asked for no more.

    It belongs to no member: the link in a mail works after its writer has left, and a wish to be
    left alone holds for everybody of the firm.
    """

    __tablename__ = "progress_address"
    __table_args__ = (
        UniqueConstraint("firm_id", "email_hash"),
        UniqueConstraint("firm_id", "leave_hash"),
    )

    email_hash: Mapped[str]
    leave_hash: Mapped[str]
    stopped_at: Mapped[dt.datetime | None]


class Group(FirmScoped):
    """Contacts that a member remembers together, under a name."""

    __tablename__ = "progress_group"

    owner_id: Mapped[UUID] = points_to("firms_membership")
    name: Mapped[str] = mapped_column(Encrypted)


class GroupMember(FirmScoped):
    """A contact in a remembered group."""

    __tablename__ = "progress_group_member"
    __table_args__ = (UniqueConstraint("firm_id", "group_id", "contact_id"),)

    group_id: Mapped[UUID] = points_to("progress_group")
    contact_id: Mapped[UUID] = points_to("contacts_contact")
