"""What every answer has in common: headers, error pages, the context of the layouts."""

from __future__ import annotations

import datetime as dt
import logging
import secrets
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from flask import Flask, Response, current_app, g, render_template, request
from flask_login import current_user
from sqlalchemy.exc import DataError, OperationalError, SQLAlchemyError
from sqlalchemy.exc import TimeoutError as NoConnectionError
from werkzeug.exceptions import HTTPException, SecurityError

from coachhub.core import addresses, files, markup
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import clock, day, gettext

log = logging.getLogger(__name__)
Answer = Callable[[int, str, str], Response]
_SPEAKERS = "coachhub.errors"

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; manifest-src 'self'; form-action 'self'; "
    "base-uri 'none'; frame-ancestors 'none'"
)
_TLS_ALONE = "Strict-Transport-Security"
_FOR_TWO_YEARS = "max-age=63072000; includeSubDomains"


@dataclass(frozen=True)
class MenuItem:
    """One line of the menu. `icon` names a symbol in ``static/icons.svg``; lower `order` first.

    Below 50 stands what a cohort does, from `YOURS` on what is the member's own, and from
    `THE_FIRM` on what those do who look after the firm.
    """

    YOURS: ClassVar[int] = 50
    THE_FIRM: ClassVar[int] = 70

    label: str
    url: str
    icon: str
    order: int = 50
    active: bool = False
    badge: int = 0

    @property
    def group(self) -> str:
        """What it stands under."""
        if self.order >= self.THE_FIRM:
            return gettext("The firm")
        return gettext("Yours") if self.order >= self.YOURS else ""


def init_app(app: Flask, context: Callable[[], dict[str, Any]]) -> None:
    """Give the app its headers, its error pages, and the layouts' `context`."""
    app.context_processor(context)
    addresses.init_app(app)
    markup.init_app(app)
    files.init_app(app, _fixed(app))
    app.after_request(_headers)
    app.register_error_handler(DomainError, _domain_error)
    app.register_error_handler(HTTPException, _http_error)
    app.register_error_handler(OperationalError, _database_away)
    app.register_error_handler(NoConnectionError, _database_away)
    app.register_error_handler(DataError, _impossible)
    app.register_error_handler(SecurityError, _untrusted_host)
    app.register_error_handler(Exception, _unexpected)
    app.teardown_request(_undo_unfinished)
    app.add_template_filter(moment)


def moment(value: dt.datetime | None) -> str:
    """Write a moment for people in the reader's own time zone, as in 4 March 2026, 14:05."""
    if value is None:
        return ""
    zone = getattr(current_user, "timezone", "UTC")
    local = value.astimezone(ZoneInfo(zone))
    return f"{day(local)}, {clock(local)}"


def _fixed(app: Flask) -> dict[str, str]:
    """Return what stands at the head of every answer, whoever asks for what."""
    fixed = {
        "Content-Security-Policy": POLICY,
        "X-Content-Type-Options": "nosniff",
        "X-Frame-Options": "DENY",
        "Referrer-Policy": "same-origin",
        "Cross-Origin-Opener-Policy": "same-origin",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
    }
    # What ends TLS in front of us may not say so: the settings do.
    if app.extensions["coachhub.config"].base_url.startswith("https:"):
        fixed[_TLS_ALONE] = _FOR_TWO_YEARS
    return fixed


def _headers(response: Response) -> Response:
    headers = response.headers
    policy = headers.get("Content-Security-Policy", POLICY)
    headers.update({**_fixed(current_app), "Content-Security-Policy": policy})
    if request.is_secure:
        headers[_TLS_ALONE] = _FOR_TWO_YEARS
    if request.endpoint != files.ENDPOINT:
        headers["Cache-Control"] = "no-store, private"
        headers.add("Vary", "Cookie")
    return response


def speaks(app: Flask, prefix: str, answer: Answer) -> None:
    """Let addresses that begin with `prefix` tell of errors in their own way, not as pages.

    `answer` takes status, message (may be empty) and incident number (may be empty).
    """
    app.extensions.setdefault(_SPEAKERS, {})[prefix] = answer


def error_page(status: int, message: str = "", incident: str = "") -> Response | tuple[str, int]:
    """Return the answer for an error, never with anything internal in it."""
    speakers: dict[str, Answer] = current_app.extensions.get(_SPEAKERS, {})
    for prefix, answer in speakers.items():
        if request.path.startswith(prefix):
            return answer(status, message, incident)
    page = f"errors/{status}.html" if status in _PAGES else "errors/400.html"
    try:
        return render_template(page, message=message, incident=incident), status
    except SQLAlchemyError:
        # The database went away between the error and its page.
        _forget_reader()
        with suppress(SQLAlchemyError):
            db.session.rollback()
        return render_template(page, message=message, incident=incident), status


_PAGES = {400, 403, 404, 405, 409, 413, 429, 500, 503}


def _domain_error(error: DomainError) -> Response | tuple[str, int]:
    db.session.rollback()
    return error_page(error.status, str(error))


def _http_error(error: HTTPException) -> Response | tuple[str, int]:
    if error.response is not None or (error.code or 500) < 400:  # noqa: PLR2004 - a redirect
        return error.get_response()  # type: ignore[return-value]
    if error.code == 500:  # noqa: PLR2004 - raised as such, with no cause
        return _unexpected(error)
    return error_page(error.code or 500)


def _impossible(_error: DataError) -> Response | tuple[str, int]:
    """Answer what no column can hold: a NUL character, a number beyond all numbers."""
    db.session.rollback()
    return error_page(400)


def _untrusted_host(_error: SecurityError) -> tuple[str, int, dict[str, str]]:
    """Answer a foreign Host header without making a single link from it."""
    return "This address is not served here.\n", 400, {"Content-Type": "text/plain; charset=utf-8"}


def _incident(error: Exception) -> str:
    # A failed statement must not spoil the queries of the page that tells about it.
    with suppress(SQLAlchemyError):
        db.session.rollback()
    number = secrets.token_hex(4)
    # The rule, not the address: links, ids and line breaks stay out of the log.
    where = request.url_rule.rule if request.url_rule else "no page"
    words = "Incident %s at %s %s"
    log.error(words, number, request.method, where, exc_info=error, extra={"incident": number})
    return number


def _database_away(error: OperationalError | NoConnectionError) -> Response | tuple[str, int]:
    _forget_reader()
    return error_page(503, incident=_incident(error))


def _forget_reader() -> None:
    """Let the page that follows ask the database nothing: no menu, no firm, nobody signed in."""
    for known in ("actor", "membership", "visit", "firm", "cohort"):
        g.pop(known, None)
    # Flask-Login would look for who is signed in, for the page that tells about it.
    g._login_user = current_app.login_manager.anonymous_user()  # type: ignore[attr-defined]  # noqa: SLF001 - it has no public name


def _unexpected(error: Exception) -> Response | tuple[str, int]:
    return error_page(500, incident=_incident(error))


def _undo_unfinished(_error: BaseException | None) -> None:
    # What no view committed is undone; Flask-SQLAlchemy then gives the connection back.
    try:
        db.session.rollback()
    except SQLAlchemyError:
        # Its connection was cut, so nothing is left to undo; the answer is not lost for that.
        db.session().invalidate()
