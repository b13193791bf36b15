"""What happens at the doors, a line each in the log ``coachhub.security``: who, and the outcome.

No address, name, password, code or path stands in a line. Who tries is told by a keyed hash, so
that lines belong together and nobody can be read from them. Nothing that is typed reaches the log.
"""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request
from flask_limiter.util import get_remote_address
from flask_login import current_user

from coachhub.accounts import limits
from coachhub.core.secrets import fingerprint

log = logging.getLogger("coachhub.security")
_TOO_LARGE = 413
_SHOWN = 12  # characters of a hash
_REFUSED = frozenset({400, 403, 404, 429, 503})


def init_app(app: Flask) -> None:
    """Write a line after each try at a door, and after each answer that refuses a change."""
    app.after_request(_write)


def _write(response: Response) -> Response:
    door = request.endpoint if request.method == "POST" and request.endpoint in limits.DOORS else ""
    refused = response.status_code in _REFUSED and (
        request.method not in {"GET", "HEAD"} or response.status_code != 404  # noqa: PLR2004 - not found
    )
    if response.status_code == _TOO_LARGE:
        return response  # there is nothing in it to read
    if not (door or refused or g.get("begun") or g.get("ended")):
        return response
    outcome = "signed in" if g.get("begun") else "signed out" if g.get("ended") else ""
    if not outcome:
        outcome = "refused" if refused else "passed" if current_user.is_authenticated else "failed"
    person = current_user.id if current_user.is_authenticated else "-"
    log.info(
        "%s: %s %s, person %s, account %s, from %s",
        outcome,
        request.endpoint or "no page",
        response.status_code,
        person,
        _hashed("account", limits.typed_account()) if door else "-",
        _hashed("place", get_remote_address()),
    )
    return response


def _hashed(what: str, value: str) -> str:
    return fingerprint(f"journal {what}", value)[:_SHOWN]
