"""Rows of the api room: tokens."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, now, points_to


class Token(FirmScoped):
    """What a program shows to be let in: a member's, or the firm's own where there is no member.

    Only a hash of it is kept. `hint` is its last four characters; `bound_to` ties a member's token
    to their sign-in, so that signing out everywhere and a new password end it.
    """

    __tablename__ = "api_token"
    __table_args__ = (UniqueConstraint("firm_id", "token_hash"),)

    membership_id: Mapped[UUID | None] = points_to("firms_membership")
    made_by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    name: Mapped[str]
    token_hash: Mapped[str]
    hint: Mapped[str]
    scopes: Mapped[list[str]]
    bound_to: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[dt.datetime]
    last_used_at: Mapped[dt.datetime | None]
    revoked_at: Mapped[dt.datetime | None]

    def is_good(self) -> bool:
        """Say whether the token still lets somebody in."""
        return self.revoked_at is None and self.expires_at > now()
