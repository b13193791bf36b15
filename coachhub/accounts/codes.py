"""Codes: those of authenticator apps, those sent by mail, and recovery codes. Each is good once."""

from __future__ import annotations

from typing import Any, cast

import segno
from flask import has_request_context
from flask_security import SQLAlchemyUserDatastore, Totp
from flask_security.core import UserMixin

from coachhub.accounts import sign_ins
from coachhub.accounts.models import Passkey, Person
from coachhub.core.db import now

# An app's code has six digits. A mailed one lives for minutes instead of seconds: it has eight.
MAILED_DIGITS = 8
MAILED_GOOD_FOR = 600  # seconds


class Codes(Totp):
    """Flask-Security's codes, with each authenticator code taken once, and longer mailed ones."""

    def new_mail_secret(self) -> str:
        """Return the secret of one code to be mailed, encrypted."""
        secret: str = self._totp.new(digits=MAILED_DIGITS).to_json(encrypt=True)
        return secret

    def get_last_counter(self, user: UserMixin) -> int | None:
        """Return the time step of the last authenticator code that was taken."""
        return cast("Person", user).totp_counter

    def set_last_counter(self, user: UserMixin, tmatch: Any) -> None:
        """Remember the time step of the code just taken."""
        cast("Person", user).totp_counter = tmatch.counter

    def verify_totp(self, token: str, totp_secret: str, user: UserMixin, window: int = 0) -> bool:
        """Say whether a code is good; a mailed one is dropped with its secret, not counted."""
        if self._totp.from_source(totp_secret).digits != MAILED_DIGITS:
            return bool(super().verify_totp(token, totp_secret, user, window))
        person = cast("Person", user)
        before = person.totp_counter
        person.totp_counter = None
        good = bool(super().verify_totp(token, totp_secret, user, window))
        person.totp_counter = before
        return good

    def generate_qrcode(self, username: str, totp: str) -> str:
        """Return the picture that the app scans, as a ``data:`` address."""
        address: str = segno.make(self.get_totp_uri(username, totp), error="m").svg_data_uri(
            scale=5, border=4, dark="#000", light="#fff"
        )
        return address


class People(SQLAlchemyUserDatastore):
    """Flask-Security's store, with a recovery code that is gone once it was used."""

    def find_user(self, case_insensitive: bool = False, **kwargs: Any) -> UserMixin | None:
        """Return somebody by one of their columns; whose session it is, with their sign-in."""
        if not case_insensitive and has_request_context() and set(kwargs) == {"fs_uniquifier"}:
            return sign_ins.whose(kwargs["fs_uniquifier"])
        found: UserMixin | None = super().find_user(case_insensitive, **kwargs)
        return found

    def create_webauthn(self, user: UserMixin, **columns: Any) -> None:  # type: ignore[override]  # by keyword
        """Keep a new passkey, with the moment it was made, which Flask-Security leaves out."""
        moment = now()
        cast("Person", user).webauthn.append(
            Passkey(create_datetime=moment, lastuse_datetime=moment, **columns)
        )

    def mf_delete_recovery_code(self, user: UserMixin, idx: int) -> bool:
        """Drop one code; in a new list, for a change inside the old one is not seen."""
        codes = list(user.mf_recovery_codes or [])
        if idx >= len(codes):
            return False
        del codes[idx]
        user.mf_recovery_codes = codes
        return True
