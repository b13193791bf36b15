"""Cards, and the people who left their details on one."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted
from coachhub.moderation.models import CONTENT_STATES, Moderated


class Card(Moderated, FirmScoped):
    """A member's card. Its address is found by the hash; the token itself is kept encrypted."""

    __tablename__ = "contact_card_card"
    __table_args__ = (
        UniqueConstraint("firm_id", "owner_id"),
        UniqueConstraint("firm_id", "token_hash"),
        one_of(*CONTENT_STATES, column="moderation"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    token: Mapped[str] = mapped_column(Encrypted)
    token_hash: Mapped[str]
    name: Mapped[str]
    hook: Mapped[str] = mapped_column(default="")
    looking_for: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    link: Mapped[str] = mapped_column(default="")
    is_public: Mapped[bool] = mapped_column(default=False)


class Visitor(FirmScoped):
    """Somebody who left their details on a card, and said that the owner may write to them."""

    __tablename__ = "contact_card_visitor"

    card_id: Mapped[UUID] = points_to("contact_card_card")
    name: Mapped[str] = mapped_column(Encrypted)
    email: Mapped[str] = mapped_column(Encrypted)
    message: Mapped[str] = mapped_column(Encrypted, default="")
    consented_at: Mapped[dt.datetime]
