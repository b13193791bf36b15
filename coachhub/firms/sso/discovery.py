"""What a provider says of itself: its addresses and its keys (OpenID Connect Discovery 1.0).

Kept for some minutes in each process; a key that is not known is asked for once more.
"""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from typing import Any

from flask import current_app
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key

from coachhub.core import outgoing
from coachhub.core.outgoing import OutgoingError
from coachhub.core.words import gettext

KEPT = 600  # seconds
AGAIN = 30  # seconds between two looks for a key that is not known
_STORE = "coachhub.sso"
_OK = 200
_NEEDED = ("authorization_endpoint", "token_endpoint", "jwks_uri")
# Signed with a key that the provider alone has. Never “none”, never with the shared secret.
ALGORITHMS = (
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "Ed25519", "EdDSA"),
)


class ProviderError(OutgoingError):
    """The provider does not say what it must; the message says what."""


@dataclass
class About:
    """A provider: what it says, and its public keys."""

    issuer: str
    said: dict[str, Any]
    keys: list[Key] = field(default_factory=list)
    asked_at: float = 0.0

    def __getitem__(self, name: str) -> str:
        """Return one of its addresses; raises KeyError."""
        return str(self.said[name])

    @property
    def names_itself(self) -> bool:
        """Say whether it puts its name into every answer (RFC 9207)."""
        return self.said.get("authorization_response_iss_parameter_supported") is True

    def keys_for(self, key_id: object) -> list[Key]:
        """Return the keys a token may be signed with; of its id alone, if it names one."""
        return [key for key in self.keys if key_id is None or key.kid == key_id]


def about(issuer: str) -> About:
    """Return what a provider says of itself; raises ProviderError or OutgoingError."""
    known: dict[str, tuple[float, About]] = current_app.extensions.setdefault(_STORE, {})
    kept = known.get(issuer)
    if kept is not None and kept[0] > time.monotonic():
        return kept[1]
    found = ask(issuer)
    known[issuer] = (time.monotonic() + KEPT, found)
    return found


def ask(issuer: str) -> About:
    """Ask a provider now, whatever is kept."""
    outgoing.check_address(issuer)
    said = _answer(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
    # To the letter: a document that speaks for another issuer is how one is passed off as another.
    if said.get("issuer") != issuer:
        raise ProviderError(
            gettext(
                "The address answers for “%(number)s”, not for this issuer. Copy the issuer"
                " exactly as your provider shows it, with or without the / at its end.",
                number=str(said.get("issuer"))[:200],
            )
        )
    for name in _NEEDED:
        if not isinstance(said.get(name), str):
            raise ProviderError(
                gettext(
                    "The provider does not say its %(replace)s.", replace=name.replace("_", " ")
                )
            )
        outgoing.check_address(said[name])
    if "code" not in said.get("response_types_supported", ["code"]):
        raise ProviderError(gettext("The provider does not offer the authorization code flow."))
    found = About(issuer, said)
    look_for_keys(found)
    return found


def look_for_keys(found: About) -> bool:
    """Ask for the provider's keys, unless that was done just now; say whether it was asked."""
    if found.keys and time.monotonic() - found.asked_at < AGAIN:
        return False
    listed = _answer(found["jwks_uri"]).get("keys")
    keys = []
    for one in listed if isinstance(listed, list) else []:
        try:
            if one.get("use", "sig") == "sig" and one.get("kty") != "oct":
                keys.append(JWKRegistry.import_key(one))
        except (JoseError, ValueError, TypeError, AttributeError):
            continue  # of a kind that we do not know
    if not keys:
        raise ProviderError(
            gettext("The provider shows no key that its answers could be checked with.")
        )
    found.keys, found.asked_at = keys, time.monotonic()
    return True


def _answer(address: str) -> dict[str, Any]:
    reply = outgoing.call(address, headers={"Accept": "application/json"})
    if reply.status != _OK:
        raise ProviderError(
            gettext("%(address)s answered %(status)s.", address=address, status=reply.status)
        )
    return reply.json()
