"""Members' private address books. A row here is seen by its owner only, ever."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import Encrypted

STRENGTHS = (1, 2, 3)  # hardly, somewhat, well


class ContactImport(FirmScoped):
    """One address book on its way in: first a preview, then contacts, and an undo for all.

    `staged` holds the rows read from the file, encrypted, until they are taken or dropped.
    """

    __tablename__ = "contacts_import"
    __table_args__ = (
        one_of("preview", "running", "done", "cancelled", "undone", "failed", column="state"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    filename: Mapped[str]
    format: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="preview")
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    bad_rows: Mapped[list[dict[str, Any]]] = mapped_column(default=list)
    staged: Mapped[str] = mapped_column(Encrypted, default="")
    error: Mapped[str] = mapped_column(default="")


class Contact(FirmScoped):
    """Somebody a member knows outside. Names, address and link are encrypted.

    `fingerprint` (keyed hash of link, address or name with company) finds the same person again
    on the next import. `strength` is the owner's own word: 1 hardly, 2 somewhat, 3 well.
    """

    __tablename__ = "contacts_contact"
    __table_args__ = (
        UniqueConstraint("firm_id", "owner_id", "fingerprint"),
        Index(None, "firm_id", "company_id", "owner_id"),
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    import_id: Mapped[UUID | None] = points_to("contacts_import", ondelete="SET NULL")
    fingerprint: Mapped[str]
    first_name: Mapped[str] = mapped_column(Encrypted, default="")
    last_name: Mapped[str] = mapped_column(Encrypted, default="")
    email: Mapped[str] = mapped_column(Encrypted, default="")
    url: Mapped[str] = mapped_column(Encrypted, default="")
    note: Mapped[str] = mapped_column(Encrypted, default="")
    company_name: Mapped[str] = mapped_column(default="")
    company_id: Mapped[UUID | None] = points_to("companies_company", ondelete="SET NULL")
    position: Mapped[str] = mapped_column(default="")
    connected_on: Mapped[dt.date | None] = mapped_column(Date)
    strength: Mapped[int | None]
    worked_together: Mapped[bool] = mapped_column(default=False)
    hidden: Mapped[bool] = mapped_column(default=False)

    def full_name(self) -> str:
        """Return first and last name as one."""
        return f"{self.first_name} {self.last_name}".strip()
