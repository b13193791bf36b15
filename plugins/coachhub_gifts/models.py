"""Thank-you notes, and the log of what was given and what came back."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import Date, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted
from coachhub.moderation.models import CONTENT_STATES, Moderated

STATES = ("draft", "held", "sent")


class Note(Moderated, FirmScoped):
    """A thank-you note: to a member, to a contact of one's own, or on a card to anybody.

    Attributes:
        member_id: the member it is for, if it is for one; they read it under "Notes for me".
        contact_id: the writer's own contact it is for, if it is for one.
        name: who it is for, as on the card.
        gift: what comes with it, in a few words.
        occasion: a key of `catalogue.OCCASIONS`, or empty.
        state: a ``draft``, ``held`` for a moderator's look, or ``sent`` by mail.
        leave_hash: what finds it again when its reader asks to be left alone.
    """

    __tablename__ = "gifts_note"
    __table_args__ = (
        UniqueConstraint("firm_id", "leave_hash"),
        one_of(*STATES, column="state"),
        one_of(*CONTENT_STATES, column="moderation"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    member_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    contact_id: Mapped[UUID | None] = points_to("contacts_contact", ondelete="SET NULL")
    name: Mapped[str] = mapped_column(Encrypted)
    words: Mapped[str] = mapped_column(Encrypted)
    gift: Mapped[str] = mapped_column(Encrypted, default="")
    occasion: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="draft")
    sent_to: Mapped[str] = mapped_column(Encrypted, default="")
    sent_at: Mapped[dt.datetime | None]
    leave_hash: Mapped[str | None]


class Given(FirmScoped):
    """One line of a member's own log: what they gave to whom, and what came back."""

    __tablename__ = "gifts_given"

    owner_id: Mapped[UUID] = points_to("firms_membership")
    name: Mapped[str] = mapped_column(Encrypted)
    what: Mapped[str] = mapped_column(Encrypted)
    given_on: Mapped[dt.date] = mapped_column(Date)
    back: Mapped[str] = mapped_column(Encrypted, default="")
    back_on: Mapped[dt.date | None] = mapped_column(Date)
    # A promise that was kept stands here by itself, and the thanks for it.
    introduction_id: Mapped[UUID | None] = points_to(
        "introductions_introduction", ondelete="SET NULL"
    )
