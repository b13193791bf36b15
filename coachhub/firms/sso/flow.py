"""One sign-in at a provider: the way there, and what it says when somebody comes back.

OpenID Connect Core 1.0, authorization code flow with PKCE (RFC 7636), state and nonce, an address
to come back to for each firm, and the issuer's name in the answer (RFC 9207).
"""

from __future__ import annotations

import base64
import hmac
import json
import secrets
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any
from urllib.parse import quote_plus, urlencode

from authlib.oauth2.rfc7636 import create_s256_code_challenge
from authlib.oidc.core import CodeIDToken
from flask import current_app
from joserfc import jwt
from joserfc.errors import BadSignatureError, JoseError

from coachhub.core import outgoing
from coachhub.core.errors import DomainError
from coachhub.core.links import absolute
from coachhub.core.secrets import seal, unseal
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.sso.discovery import ALGORITHMS, About, ProviderError, about, look_for_keys
from coachhub.firms.sso.models import Provider

GOOD_FOR = 600  # seconds between leaving and coming back
LEEWAY = 60  # seconds that two clocks may differ by
OLDEST = 600  # seconds since an answer was signed
LONGEST = 255  # characters of a subject
_OK = 200
_MICROSOFT = "https://login.microsoftonline.com/"


class SignInError(DomainError):
    """Nobody is signed in; the sentence says why, as far as they may know."""

    status = 403


STALE = gettext_noop("This sign-in was begun too long ago, or somewhere else. Please begin again.")
NOT_SHOWN = gettext_noop("Your firm's sign-in did not show who you are. Please begin again.")


@dataclass(frozen=True)
class Begun:
    """What is remembered of a sign-in on its way, in the browser that began it, sealed.

    Attributes:
        firm_id: whose provider it is.
        issuer: the provider's name.
        state: comes back with the answer.
        nonce: comes back inside the signed token.
        verifier: shows that the code is ours.
        onward: where to go on afterwards.
        trying: the membership that tries the provider before it is switched on; empty if none.
    """

    firm_id: str
    issuer: str
    state: str
    nonce: str
    verifier: str
    onward: str = ""
    trying: str = ""


@dataclass(frozen=True)
class Told:
    """What a provider has said of somebody, checked.

    Attributes:
        issuer: the provider.
        subject: who it is there, for good.
        address: their mail address, in the provider's spelling.
        verified: whether the provider says that the address is theirs.
        name: what they are called.
        amr: how they showed who they are (RFC 8176).
        acr: how well, in the provider's own word.
    """

    issuer: str
    subject: str
    address: str
    verified: bool
    name: str
    amr: tuple[str, ...] = ()
    acr: str = ""


def begin(
    provider: Provider, hint: str = "", onward: str = "", trying: str = ""
) -> tuple[str, str]:
    """Return (the provider's address to go to, what the browser keeps until it comes back).

    Raises OutgoingError where the provider does not answer.
    """
    found = about(provider.issuer)
    begun = Begun(
        firm_id=str(provider.firm_id),
        issuer=provider.issuer,
        state=secrets.token_urlsafe(32),
        nonce=secrets.token_urlsafe(32),
        verifier=secrets.token_urlsafe(48),
        onward=onward,
        trying=trying,
    )
    asked = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": back(),
        "scope": "openid email profile",
        "state": begun.state,
        "nonce": begun.nonce,
        "code_challenge": create_s256_code_challenge(begun.verifier),
        "code_challenge_method": "S256",
    }
    if hint:
        asked["login_hint"] = hint
    where = found["authorization_endpoint"]
    address = f"{where}{'&' if '?' in where else '?'}{urlencode(asked)}"
    return address, seal(json.dumps(asdict(begun)))


def back() -> str:
    """Return the address that the open firm's provider leads back to; no other is ever given."""
    return absolute("sso.back")


def begun_before(kept: str, provider: Provider, given: Mapping[str, str]) -> Begun:
    """Return the sign-in that this browser began and that an answer belongs to.

    Raises SignInError for an answer to another browser, firm, provider or time.
    """
    opened = unseal(kept, GOOD_FOR) if kept else None
    if opened is None:
        raise SignInError(gettext(STALE))
    begun = Begun(**json.loads(opened))
    same = hmac.compare_digest(begun.state.encode(), given.get("state", "").encode())
    if not same or begun.firm_id != str(provider.firm_id) or begun.issuer != provider.issuer:
        raise SignInError(gettext(STALE))
    named = given.get("iss")
    if (named is None and about(provider.issuer).names_itself) or (
        named is not None and named != provider.issuer
    ):
        raise SignInError(
            gettext("The answer came from another provider than the one that was asked.")
        )
    return begun


def told(provider: Provider, begun: Begun, code: str) -> Told:
    """Exchange a code, and return what the provider says of who came back with it.

    Raises SignInError, or OutgoingError where the provider does not answer.
    """
    found = about(provider.issuer)
    given = _exchange(provider, found, begun, code)
    claims = checked(str(given.get("id_token", "")), found, provider.client_id, begun.nonce)
    if "email" not in claims and "userinfo_endpoint" in found.said:
        claims = _with_userinfo(claims, found, str(given.get("access_token", "")))
    return _told(claims, provider.issuer)


def checked(token: str, found: About, client_id: str, nonce: str) -> dict[str, Any]:
    """Return the claims of an ID token whose signature and every claim about itself are right.

    Raises SignInError (OpenID Connect Core 1.0, 3.1.3.7).
    """
    try:
        read = _signed(token, found)
        claims = CodeIDToken(
            read.claims,
            read.header,
            {
                "iss": {"essential": True, "value": found.issuer},
                "aud": {"essential": True, "value": client_id},
            },
            {"client_id": client_id, "nonce": nonce},
        )
        claims.validate(leeway=LEEWAY)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        current_app.logger.info("An ID token of %s was refused: %s", found.issuer, error)
        raise SignInError(gettext(NOT_SHOWN)) from error
    subject, issued = claims["sub"], claims["iat"]
    if not (isinstance(subject, str) and 0 < len(subject) <= LONGEST):
        raise SignInError(gettext(NOT_SHOWN))
    if issued < time.time() - OLDEST:
        raise SignInError(gettext(STALE))
    return dict(claims)


def _signed(token: str, found: About) -> jwt.Token:
    key_id = _header_of(token).get("kid")
    keys = found.keys_for(key_id)
    if not keys and look_for_keys(found):
        keys = found.keys_for(key_id)
    for key in keys:
        try:
            return jwt.decode(token, key, algorithms=list(ALGORITHMS))
        except BadSignatureError:
            continue
        except (JoseError, ValueError):
            if len(keys) == 1:
                raise
    raise SignInError(gettext(NOT_SHOWN))


def _header_of(token: str) -> dict[str, Any]:
    part = token.partition(".")[0]
    header = json.loads(base64.urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    if not isinstance(header, dict):
        raise TypeError("The header is no object.")
    return header


def _exchange(provider: Provider, found: About, begun: Begun, code: str) -> dict[str, Any]:
    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": back(),
        "code_verifier": begun.verifier,
    }
    headers = {
        "Accept": "application/json",
        "Content-Type": "application/x-www-form-urlencoded",
    }
    ways = found.said.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
    if "client_secret_basic" in ways:
        pair = f"{quote_plus(provider.client_id)}:{quote_plus(provider.client_secret)}"
        headers["Authorization"] = f"Basic {base64.b64encode(pair.encode()).decode()}"
    else:
        form |= {"client_id": provider.client_id, "client_secret": provider.client_secret}
    reply = outgoing.call(
        found["token_endpoint"], method="POST", headers=headers, body=urlencode(form).encode()
    )
    if reply.status != _OK:
        raise ProviderError(
            gettext(
                "The provider did not take our client id and secret, or the address to come back"
                " to."
            )
        )
    return reply.json()


def _with_userinfo(claims: dict[str, Any], found: About, access_token: str) -> dict[str, Any]:
    """Ask for the address where the token leaves it out; of the same person alone."""
    reply = outgoing.call(
        found["userinfo_endpoint"], headers={"Authorization": f"Bearer {access_token}"}
    )
    if reply.status != _OK:
        raise SignInError(gettext(NOT_SHOWN))
    more = reply.json()
    if more.get("sub") != claims["sub"]:
        raise SignInError(gettext(NOT_SHOWN))
    known = ("email", "email_verified", "name", "given_name", "family_name")
    return {name: more[name] for name in known if name in more} | claims


def _told(claims: Mapping[str, Any], issuer: str) -> Told:
    verified = claims.get("email_verified") is True
    if issuer.startswith(_MICROSOFT):
        # Entra names it otherwise: that the owner of the address's domain was verified.
        verified = verified or claims.get("xms_edov") in (True, "1", "true")
    parts = (claims.get("given_name"), claims.get("family_name"))
    name = claims.get("name") or " ".join(str(one) for one in parts if one)
    amr = claims.get("amr")
    return Told(
        issuer=issuer,
        subject=claims["sub"],
        address=str(claims.get("email") or ""),
        verified=verified,
        name=str(name)[:200],
        amr=tuple(str(one)[:40] for one in amr[:20]) if isinstance(amr, list) else (),
        acr=str(claims.get("acr") or "")[:200],
    )
