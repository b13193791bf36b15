"""One identity per firm for the many ways of writing a company's name."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to


class Company(FirmScoped):
    """A company as this firm knows it. `key` is `companies.names.company_key` of its name."""

    __tablename__ = "companies_company"
    __table_args__ = (Index(None, "firm_id", "key"),)

    name: Mapped[str]
    key: Mapped[str]
    domain: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[UUID | None] = points_to("companies_company", ondelete="RESTRICT")


class CompanyName(FirmScoped):
    """One distinct way of writing, and the company it stands for.

    `how` says how sure that is: ``key`` (same key), ``catalogue``, ``confirmed`` or ``rejected``
    by a person, ``suggested`` (a person is asked; until then it stands for its own company).
    """

    __tablename__ = "companies_name"
    __table_args__ = (
        UniqueConstraint("firm_id", "written"),
        Index(None, "firm_id", "key"),
        one_of("key", "catalogue", "confirmed", "suggested", column="how"),
    )

    written: Mapped[str]
    key: Mapped[str]
    company_id: Mapped[UUID] = points_to("companies_company")
    how: Mapped[str] = mapped_column(default="key")
    # The company it may be, while nobody has answered yet, and why we think so.
    maybe_id: Mapped[UUID | None] = points_to("companies_company", ondelete="SET NULL")
    score: Mapped[float | None]
    reason: Mapped[str] = mapped_column(default="")


class CompanyVerdict(FirmScoped):
    """What a person said of two companies: the same, or not. It outranks every score."""

    __tablename__ = "companies_verdict"
    __table_args__ = (UniqueConstraint("firm_id", "key_a", "key_b"),)

    key_a: Mapped[str]
    key_b: Mapped[str]
    same: Mapped[bool]
    by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
