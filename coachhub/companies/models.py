"""One identity per firm for the many ways of writing a company's name."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import BigInteger, Index, UniqueConstraint
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to


class Company(FirmScoped):
    """A company as this firm knows it. `key` is `companies.names.company_key` of its name.

    A merged company stays as a row that points at the one it became; nothing else points at it.
    """

    __tablename__ = "companies_company"
    __table_args__ = (Index(None, "firm_id", "key"),)

    name: Mapped[str]
    key: Mapped[str]
    domain: Mapped[str] = mapped_column(default="")
    merged_into_id: Mapped[UUID | None] = points_to("companies_company", ondelete="RESTRICT")


class CompanyName(FirmScoped):
    """One distinct way of writing, and the company it stands for.

    `how` says how sure that is: ``key`` (same key), ``catalogue``, ``scored`` (alike beyond
    doubt), ``confirmed`` by a person, ``suggested`` (a person is asked; until then it stands for
    its own company). `blocks` are hashes of `companies.candidates.block_keys` with the firm.
    """

    __tablename__ = "companies_name"
    __table_args__ = (
        UniqueConstraint("firm_id", "written"),
        Index(None, "firm_id", "key"),
        one_of("key", "catalogue", "scored", "confirmed", "suggested", column="how"),
    )

    written: Mapped[str]
    key: Mapped[str]
    company_id: Mapped[UUID] = points_to("companies_company")
    how: Mapped[str] = mapped_column(default="key")
    # The company it may be, while nobody has answered yet, and why we think so.
    maybe_id: Mapped[UUID | None] = points_to("companies_company", ondelete="SET NULL")
    score: Mapped[float | None]
    reason: Mapped[str] = mapped_column(default="")
    blocks: Mapped[list[int]] = mapped_column(ARRAY(BigInteger), default=list)


class CompanyVerdict(FirmScoped):
    """What a person said of two companies: the same, or not. It outranks every score."""

    __tablename__ = "companies_verdict"
    __table_args__ = (UniqueConstraint("firm_id", "key_a", "key_b"),)

    key_a: Mapped[str]
    key_b: Mapped[str]
    same: Mapped[bool]
    by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")


class CompanyMerge(FirmScoped):
    """That one company became another, and which rows moved, so that it can be undone.

    `moved` maps ``table.column`` to the ids of the rows, and ``questions`` to what was asked.
    """

    __tablename__ = "companies_merge"

    from_id: Mapped[UUID] = points_to("companies_company")
    into_id: Mapped[UUID] = points_to("companies_company")
    moved: Mapped[dict[str, Any]] = mapped_column(default=dict)
    by_id: Mapped[UUID | None] = points_to("firms_membership", ondelete="SET NULL")
    undone_at: Mapped[dt.datetime | None]
