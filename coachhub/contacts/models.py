"""Members' private address books. A row here is seen by its owner only, ever."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import Date, Index, UniqueConstraint, column
from sqlalchemy.orm import Mapped, mapped_column

from coachhub.core.db import FirmScoped, one_of, points_to
from coachhub.core.secrets import PRIVATE_BOOK, Encrypted

STRENGTHS = (1, 2, 3)  # hardly, somewhat, well
PART_KINDS = ("file", "rows", "bad", "companies", "before")


class ContactImport(FirmScoped):
    """One address book on its way in: first a preview, then contacts, and an undo for all.

    What was read from the file stands in `ImportPart` until it is taken or dropped. While it is a
    preview, `added` and `updated` tell what taking it would do.

    Attributes:
        mapping: which columns were chosen by hand (names of `formats.Mapping`), or empty.
        left_out: what the owner does not want: ``lines`` (line → company) and ``companies``.
        bad, twice, unwanted: rows that can't be read, that stand in the file before, and of
            people who asked not to be kept.
        error: why it failed, for its owner.
    """

    __tablename__ = "contacts_import"
    __table_args__ = (
        one_of(
            "columns", "preview", "running", "done", "cancelled", "undone", "failed", column="state"
        ),
        {"info": {PRIVATE_BOOK: True}},
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    filename: Mapped[str] = mapped_column(Encrypted)
    format: Mapped[str] = mapped_column(default="")
    state: Mapped[str] = mapped_column(default="preview")
    mapping: Mapped[dict[str, Any]] = mapped_column(default=dict)
    left_out: Mapped[dict[str, Any]] = mapped_column(default=dict)
    total: Mapped[int] = mapped_column(default=0)
    done: Mapped[int] = mapped_column(default=0)
    added: Mapped[int] = mapped_column(default=0)
    updated: Mapped[int] = mapped_column(default=0)
    unchanged: Mapped[int] = mapped_column(default=0)
    bad: Mapped[int] = mapped_column(default=0)
    twice: Mapped[int] = mapped_column(default=0)
    unwanted: Mapped[int] = mapped_column(default=0)
    error: Mapped[str] = mapped_column(default="")
    ended_at: Mapped[dt.datetime | None]


class ImportPart(FirmScoped):
    """A piece of an import, encrypted: small enough to be worked on without the rest.

    `kind` says what `content` holds: a piece of the ``file`` itself; JSON lists of ``rows`` and
    ``bad`` rows; the ``companies`` with how often each stands there; what contacts were
    ``before``, for an undo.
    """

    __tablename__ = "contacts_import_part"
    __table_args__ = (
        UniqueConstraint("firm_id", "import_id", "kind", "number"),
        one_of(*PART_KINDS, column="kind"),
        {"info": {PRIVATE_BOOK: True}},
    )

    import_id: Mapped[UUID] = points_to("contacts_import")
    kind: Mapped[str]
    number: Mapped[int]
    content: Mapped[str] = mapped_column(Encrypted)


class Contact(FirmScoped):
    """Somebody a member knows outside. Names, address and link are encrypted.

    `fingerprint` (keyed hash of link, address or name with company) finds the same person again
    on the next import; `namesake` (keyed hash of name with company, or empty) somebody who was
    first known without the link or address of now. `email_hash` finds people who ask to be left
    alone. `company_name` stands as `companies.identities.tidy` leaves it. `strength` is the
    owner's own word: 1 hardly, 2 somewhat, 3 well.
    """

    __tablename__ = "contacts_contact"
    __table_args__ = (
        UniqueConstraint("firm_id", "owner_id", "fingerprint"),
        Index(None, "firm_id", "company_id", "owner_id"),
        Index(
            "ix_contacts_contact_email_hash",
            "firm_id",
            "email_hash",
            postgresql_where=column("email_hash") != "",
        ),
        {"info": {PRIVATE_BOOK: True}},
    )

    owner_id: Mapped[UUID] = points_to("firms_membership")
    import_id: Mapped[UUID | None] = points_to("contacts_import", ondelete="SET NULL")
    fingerprint: Mapped[str]
    namesake: Mapped[str] = mapped_column(default="")
    email_hash: Mapped[str] = mapped_column(default="")
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
