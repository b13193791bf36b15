"""People: one row for each human, however many firms they belong to."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from flask_security.core import UserMixin, WebAuthnMixin
from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, column
from sqlalchemy.orm import Mapped, mapped_column, relationship

from coachhub.core.db import Row, one_of


class Person(Row, UserMixin):  # type: ignore[misc]
    """Somebody who can sign in. The mail address is unique and kept in lower case."""

    __tablename__ = "accounts_person"
    __table_args__ = (one_of("given", "browser", "chosen", column="timezone_from"),)

    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    password: Mapped[str | None]
    active: Mapped[bool] = mapped_column(default=True)
    is_staff: Mapped[bool] = mapped_column(default=False)
    language: Mapped[str] = mapped_column(default="en")
    timezone: Mapped[str] = mapped_column(default="America/New_York")
    # Where that is from: ``given`` by the firm, the ``browser``'s own, or ``chosen`` by the person.
    timezone_from: Mapped[str] = mapped_column(default="given", server_default="given")
    confirmed_at: Mapped[dt.datetime | None]
    # Flask-Security's own columns, under the names it asks for.
    fs_uniquifier: Mapped[str] = mapped_column(unique=True)
    fs_webauthn_user_handle: Mapped[str | None] = mapped_column(unique=True)  # type: ignore[assignment]
    tf_primary_method: Mapped[str | None]
    tf_totp_secret: Mapped[str | None]
    # The time step of the last authenticator code that was taken: each is good once.
    totp_counter: Mapped[int | None] = mapped_column(BigInteger)
    mf_recovery_codes: Mapped[list[str] | None]
    us_totp_secrets: Mapped[str | None]

    webauthn: Mapped[list[Passkey]] = relationship(  # type: ignore[assignment]
        back_populates="person", cascade="all, delete-orphan"
    )

    @property
    def roles(self) -> list[Any]:  # type: ignore[override]
        """Return nothing: roles belong to memberships, see `firms`."""
        return []

    @property
    def has_authenticator(self) -> bool:
        """Say whether an authenticator app is asked for a code at each sign-in."""
        return bool(self.tf_primary_method and self.tf_totp_secret)

    @property
    def has_second_factor(self) -> bool:
        """Say whether there is anything besides a password or a code sent by mail."""
        return self.has_authenticator or bool(self.webauthn)


class Passkey(Row, WebAuthnMixin):  # type: ignore[misc]
    """A passkey that a person registered, under the column names Flask-Security asks for."""

    __tablename__ = "accounts_passkey"

    person_id: Mapped[UUID] = mapped_column(ForeignKey("accounts_person.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(default=0)
    transports: Mapped[list[str] | None]
    backup_state: Mapped[bool]
    device_type: Mapped[str]
    extensions: Mapped[str | None]
    create_datetime: Mapped[dt.datetime]
    lastuse_datetime: Mapped[dt.datetime]
    name: Mapped[str]
    usage: Mapped[str]

    person: Mapped[Person] = relationship(back_populates="webauthn")

    def get_user_mapping(self) -> dict[str, Any]:
        """Return how Flask-Security finds the owner of this passkey."""
        return {"id": self.person_id}


class Try(Row):
    """That a person asked for something that is not theirs or not there; the page's address."""

    __tablename__ = "accounts_try"
    __table_args__ = (Index(None, "person_id", "created_at"),)

    person_id: Mapped[UUID] = mapped_column(ForeignKey("accounts_person.id", ondelete="CASCADE"))
    page: Mapped[str]


class Alert(Row):
    """That somebody tried many such pages in a short time; one at a time that waits for a look."""

    __tablename__ = "accounts_alert"
    __table_args__ = (
        Index(
            "ix_accounts_alert_open",
            "person_id",
            unique=True,
            postgresql_where=column("looked_at").is_(None),
        ),
    )

    person_id: Mapped[UUID] = mapped_column(ForeignKey("accounts_person.id", ondelete="CASCADE"))
    tries: Mapped[int]
    last_at: Mapped[dt.datetime]
    looked_at: Mapped[dt.datetime | None]


class SignIn(Row):
    """One sign-in on one device, behind a key that only its cookie holds."""

    __tablename__ = "accounts_sign_in"
    __table_args__ = (Index(None, "created_at"),)

    person_id: Mapped[UUID] = mapped_column(
        ForeignKey("accounts_person.id", ondelete="CASCADE"), index=True
    )
    key_hash: Mapped[str] = mapped_column(unique=True)
    # Hash of the person's `fs_uniquifier` then: once that is new, the sign-in is over.
    of_hash: Mapped[str]
    browser: Mapped[str]
    seen_at: Mapped[dt.datetime]
    ended_at: Mapped[dt.datetime | None]
