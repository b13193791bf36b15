"""Passkeys: kept on the device, opened by its owner, and so both factors in one."""

from __future__ import annotations

from flask_security import WebauthnUtil
from flask_security.core import UserMixin
from webauthn.helpers.structs import (
    AuthenticatorSelectionCriteria,
    ResidentKeyRequirement,
    UserVerificationRequirement,
)


class PasskeyRules(WebauthnUtil):
    """Any kind of device, but always one that checks who holds it (finger, face or PIN)."""

    def authenticator_selection(
        self, user: UserMixin, usage: str
    ) -> AuthenticatorSelectionCriteria:
        """Return what a new passkey must be: found without typing an address, and verified."""
        del user, usage
        return AuthenticatorSelectionCriteria(
            resident_key=ResidentKeyRequirement.REQUIRED,
            user_verification=UserVerificationRequirement.REQUIRED,
        )

    def user_verification(
        self, user: UserMixin | None, usage: list[str]
    ) -> UserVerificationRequirement:
        """Ask the device to check its holder each time."""
        del user, usage
        return UserVerificationRequirement.REQUIRED
