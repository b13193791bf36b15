"""Rows of single sign-on: the firm's provider, its domains, and who is who there."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import ForeignKey, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import Base, FirmScoped, now, one_of, points_to
from coachhub.core.secrets import Encrypted

SECOND_FACTORS = ("ours", "shown", "always")


class Provider(FirmScoped):
    """Where a firm's people sign in; one for each firm.

    `second_factor` says when the provider's own second factor counts here: never (``ours``), when
    its answer shows one (``shown``), or ``always``, on the firm's word. `tried` is what its answer
    said when an admin tried it; whether it is on stands in the firm's row.
    """

    __tablename__ = "firms_provider"
    __table_args__ = (
        UniqueConstraint("firm_id"),
        one_of(*SECOND_FACTORS, column="second_factor"),
    )

    issuer: Mapped[str]
    client_id: Mapped[str]
    client_secret: Mapped[str] = mapped_column(Encrypted)
    lets_in: Mapped[bool] = mapped_column(default=False)
    second_factor: Mapped[str] = mapped_column(default="ours")
    tried_at: Mapped[dt.datetime | None]
    tried: Mapped[dict[str, Any]] = mapped_column(default=dict)


class FirmDomain(FirmScoped):
    """A mail domain that a firm says is its own; proven by a text in the domain's DNS."""

    __tablename__ = "firms_domain"
    __table_args__ = (UniqueConstraint("firm_id", "domain"),)

    domain: Mapped[str]
    proof: Mapped[str]
    proven_at: Mapped[dt.datetime | None]
    looked_at: Mapped[dt.datetime] = mapped_column(default=now)
    # Since when the proof is no longer there, if it is not.
    missed_since: Mapped[dt.datetime | None]


class CapturedDomain(Base):
    """Whose a proven domain is: how the sign-in page finds the firm. Each is one firm's at a time.

    Like a seat, it stands outside the firms' own walls and says nothing else.
    """

    __tablename__ = "firms_captured_domain"

    domain: Mapped[str] = mapped_column(primary_key=True)
    firm_id: Mapped[UUID] = mapped_column(ForeignKey("firms_firm.id"), index=True)
    proof: Mapped[str]  # the text in the DNS, for everybody to see
    created_at: Mapped[dt.datetime] = mapped_column(default=now)


class Identity(FirmScoped):
    """Who a member is at the firm's provider, by a hash of issuer and subject.

    The link is the firm's own: the same account at the same provider is nobody in another firm.
    """

    __tablename__ = "firms_identity"
    __table_args__ = (
        UniqueConstraint("firm_id", "mark"),
        UniqueConstraint("firm_id", "membership_id"),
    )

    membership_id: Mapped[UUID] = points_to("firms_membership")
    mark: Mapped[str]
    seen_at: Mapped[dt.datetime] = mapped_column(default=now)
