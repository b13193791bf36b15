"""ID tokens: one that is right in everything is taken, and wrong in one thing is refused."""

import base64
import hmac
import json
import time
from collections.abc import Iterator
from typing import Any

import pytest
from flask import Flask
from joserfc import jwt
from joserfc.jwk import ECKey, RSAKey

from coachhub.firms.sso import flow
from coachhub.firms.sso.discovery import ALGORITHMS, About
from coachhub.firms.sso.flow import SignInError, checked

ISSUER, CLIENT, NONCE = "https://login.example.com", "coachhub", "n" * 43
KEY = RSAKey.generate_key(2048, {"kid": "one"})
OTHER = RSAKey.generate_key(2048, {"kid": "one"})
CURVE = ECKey.generate_key("P-256", {"kid": "two"})


@pytest.fixture(autouse=True)
def here(app: Flask, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    # No key is looked for elsewhere.
    monkeypatch.setattr(flow, "look_for_keys", lambda _found: False)
    with app.app_context():
        yield


def about() -> About:
    keys = [RSAKey.import_key(KEY.as_dict(private=False)), CURVE]
    return About(ISSUER, {}, keys)


def token(header: dict[str, Any] | None = None, key: Any = KEY, **claims: Any) -> str:
    moment = int(time.time())
    said = {"iss": ISSUER, "aud": CLIENT, "sub": "1", "nonce": NONCE, "iat": moment}
    said |= {"exp": moment + 300, "email": "a@example.com"}
    said = {name: value for name, value in (said | claims).items() if value is not None}
    head = {"alg": "RS256", "kid": "one"} | (header or {})
    head = {name: value for name, value in head.items() if value is not None}
    return jwt.encode(head, said, key, algorithms=list(ALGORITHMS))


def test_what_is_right_is_taken() -> None:
    assert checked(token(), about(), CLIENT, NONCE)["sub"] == "1"
    assert checked(token({"kid": None}), about(), CLIENT, NONCE)
    assert checked(token({"alg": "ES256", "kid": "two"}, CURVE), about(), CLIENT, NONCE)
    both = token(aud=[CLIENT, "other"], azp=CLIENT)
    assert checked(both, about(), CLIENT, NONCE)
    slow_clock = int(time.time()) + 30
    assert checked(token(iat=slow_clock), about(), CLIENT, NONCE)


def _part(header: dict[str, str]) -> str:
    return base64.urlsafe_b64encode(json.dumps(header).encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "claims",
    [
        {"iss": "https://evil.example.com"},
        {"iss": f"{ISSUER}/"},
        {"iss": None},
        {"aud": "other"},
        {"aud": ["other"]},
        {"aud": None},
        {"aud": [CLIENT, "other"]},
        {"aud": [CLIENT, "other"], "azp": "other"},
        {"azp": "other"},
        {"nonce": "another"},
        {"nonce": None},
        {"nonce": ""},
        {"exp": 1},
        {"exp": None},
        {"exp": "soon"},
        {"iat": None},
        {"iat": 1},
        {"iat": 4102444800},
        {"iat": "now"},
        {"nbf": 4102444800},
        {"sub": None},
        {"sub": ""},
        {"sub": "x" * 256},
        {"sub": 7},
        {"sub": ["1"]},
    ],
)
def test_a_claim_that_is_wrong_is_refused(claims: dict[str, Any]) -> None:
    with pytest.raises(SignInError):
        checked(token(**claims), about(), CLIENT, NONCE)


def test_a_signature_that_is_not_the_providers_is_refused() -> None:
    good = token()
    head, body, signature = good.split(".")
    forged = [
        token(key=OTHER),
        token({"kid": "unknown"}),
        f"{_part({'alg': 'none'})}.{body}.",
        f"{_part({'alg': 'None', 'kid': 'one'})}.{body}.{signature}",
        f"{head}.{body}.",
        f"{head}.{body}.{signature[:-4]}AAAA",
        f"{head}.{token(sub='2').split('.')[1]}.{signature}",
        "",
        "a.b",
        "..",
        "e30.e30.",
        "WzFd.e30.AAAA",
    ]
    # The public key, which everybody can read, as if it were a shared secret.
    mixed = f"{_part({'alg': 'HS256', 'kid': 'one'})}.{body}"
    mark = hmac.digest(KEY.as_pem(private=False), mixed.encode(), "sha256")
    forged.append(f"{mixed}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}")
    for one in forged:
        with pytest.raises(SignInError):
            checked(one, about(), CLIENT, NONCE)
