"""The doors for machines: ``/healthz``, ``/readyz``, ``/metrics``; and an id for each request.

They stand before the app: a probe has no Host name, no session and no firm, and gets no secret.
"""

from __future__ import annotations

import hmac
import ipaddress
import json
import logging
import sys
import time
from collections.abc import Callable, Iterable
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, g, request
from prometheus_client import CONTENT_TYPE_LATEST
from sqlalchemy import inspect
from sqlalchemy.exc import SQLAlchemyError

from coachhub.config import Config
from coachhub.core import schema
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.logs import about, request_id
from coachhub.core.tenancy import leave_all
from coachhub.watching import figures, reports

log = logging.getLogger("coachhub.request")
HELD_FOR = 1.0  # seconds for which a good answer of /readyz is given again
_ENDPOINT, _FIRM = "coachhub.endpoint", "coachhub.firm"
_FORWARDED = ("HTTP_FORWARDED", "HTTP_X_FORWARDED_FOR", "HTTP_X_REAL_IP")

Environ = dict[str, Any]
Start = Callable[..., Any]
Answer = tuple[int, str, bytes]


class Doors:
    """Answers machines, gives each other request its id, and counts it."""

    def __init__(self, app: Flask, inside: Callable[[Environ, Start], Iterable[bytes]]) -> None:
        """Stand before `inside`, the app's own entrance."""
        config: Config = app.extensions["coachhub.config"]
        self._app, self._inside, self._may = app, inside, config.metrics
        self._told = figures.Told()
        self._ready_until = 0.0
        self._doors = {"/healthz": self.healthy, "/readyz": self.ready, "/metrics": self.metrics}

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer a request as WSGI asks for it."""
        door = self._doors.get(environ.get("PATH_INFO", ""))
        if door is not None:
            return _answer(start, environ, *door(environ))
        return self._pages(environ, start)

    def only(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer the doors alone, where a worker listens."""
        door = self._doors.get(environ.get("PATH_INFO", ""), _nothing)
        return _answer(start, environ, *door(environ))

    def healthy(self, _environ: Environ) -> Answer:
        """Say that the process is alive."""
        return _told(HTTPStatus.OK, {"alive": True})

    def ready(self, _environ: Environ) -> Answer:
        """Say whether the database, its tables and the queue are there."""
        if time.monotonic() < self._ready_until:
            return _told(HTTPStatus.OK, {"ready": True})
        with self._app.app_context():
            try:
                found = _looked()
            finally:
                db.session.remove()
        if not all(found.values()):
            return _told(HTTPStatus.SERVICE_UNAVAILABLE, {"ready": False, **found})
        self._ready_until = time.monotonic() + HELD_FOR
        return _told(HTTPStatus.OK, {"ready": True})

    def metrics(self, environ: Environ) -> Answer:
        """Give the figures to whom METRICS allows it; to others there is no such page."""
        if not self.may_read(environ):
            return _nothing(environ)
        with self._app.app_context():
            try:
                page = figures.page(self._told.collect)
            except SQLAlchemyError:
                page = figures.page(lambda: iter(()))  # what this process counts is still good
            finally:
                db.session.remove()
        return HTTPStatus.OK, CONTENT_TYPE_LATEST, page

    def may_read(self, environ: Environ) -> bool:
        """Say whether a request may read the figures."""
        if self._may == "loopback":
            straight = not any(name in environ for name in _FORWARDED)
            return straight and _is_loopback(environ.get("REMOTE_ADDR", ""))
        given = environ.get("HTTP_AUTHORIZATION", "").removeprefix("Bearer ")
        return bool(self._may) and hmac.compare_digest(given.encode(), self._may.encode())

    def _pages(self, environ: Environ, start: Start) -> Iterable[bytes]:
        number = request_id(environ.get("HTTP_X_REQUEST_ID"))
        began, status, begun = time.perf_counter(), 500, False

        def begin(line: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            nonlocal status, begun
            # WSGI: what has been begun is begun anew inside an exception alone.
            again = (sys.exc_info(),) if begun and not more else more
            status, begun = int(line.split(" ", 1)[0]), True
            return start(line, [*headers, ("X-Request-ID", number)], *again)

        with about(request_id=number):
            try:
                return self._inside(environ, begin)
            except Exception:
                # Even the page that tells of errors failed. A test wants to see why.
                if self._app.testing:
                    raise
                leave_all()
                log.exception("Incident %s: no page could tell of it", number)
                return _say(begin, environ, 500, "text/plain; charset=utf-8", _broken(number))
            finally:
                seconds = time.perf_counter() - began
                self._note(environ, status, seconds)

    def _note(self, environ: Environ, status: int, seconds: float) -> None:
        endpoint, firm_id = environ.get(_ENDPOINT, "none"), environ.get(_FIRM, "")
        method = environ.get("REQUEST_METHOD", "")
        with self._app.app_context():
            figures.answered(endpoint, method, status, seconds, firm_id)
        told = {"endpoint": endpoint, "method": method, "status": status, "firm_id": firm_id}
        told["ms"] = round(seconds * 1000, 1)
        log.info("%s %s %s", method, endpoint, status, extra=told)


def init_app(app: Flask) -> None:
    """Put the doors before the app. Call it last."""
    config: Config = app.extensions["coachhub.config"]
    figures.init_app(app)
    app.after_request(_remember)
    app.wsgi_app = Doors(app, app.wsgi_app)  # type: ignore[method-assign,assignment]  # as Flask's manual has it
    if config.sentry_dsn:
        reports.init(config.sentry_dsn, config.mode)


def _remember(response: Response) -> Response:
    request.environ[_ENDPOINT] = request.endpoint or "none"
    firm = g.get("firm")
    # Its key is known also after a commit, which would have the row read again.
    key = inspect(firm).identity if firm is not None else None
    if key is not None:
        request.environ[_FIRM] = str(key[0])
    return response


def _looked() -> dict[str, bool]:
    found = {"database": False, "tables": False, "queue": False}
    try:
        with db.engine.connect() as connection:
            found["database"] = True
            found["tables"] = schema.standing(schema.found_in(connection)) != "behind"
    except SQLAlchemyError:
        return found
    try:
        found["queue"] = queue().huey.pending_count() >= 0
    except Exception:
        log.exception("The queue does not answer.")
    return found


def _is_loopback(address: str) -> bool:
    try:
        return ipaddress.ip_address(address).is_loopback
    except ValueError:
        return False


def _nothing(_environ: Environ) -> Answer:
    return _told(HTTPStatus.NOT_FOUND, {"error": "There is nothing here."})


def _told(status: HTTPStatus, told: dict[str, Any]) -> Answer:
    return status, "application/json", json.dumps(told).encode() + b"\n"


def _answer(
    start: Start, environ: Environ, status: int, content_type: str, body: bytes
) -> Iterable[bytes]:
    if environ.get("REQUEST_METHOD") not in {"GET", "HEAD"}:
        status, body = HTTPStatus.METHOD_NOT_ALLOWED, b""
    return _say(start, environ, status, content_type, body)


def _broken(number: str) -> bytes:
    return (
        "Something broke on our side. Please try again in a minute. If it happens again, write to"
        f" us with this number: {number}\n"
    ).encode()


def _say(
    start: Start, environ: Environ, status: int, content_type: str, body: bytes
) -> Iterable[bytes]:
    line = f"{int(status)} {HTTPStatus(status).phrase}"
    headers = [
        ("Content-Type", content_type),
        ("Content-Length", str(len(body))),
        ("Cache-Control", "no-store"),
        ("X-Content-Type-Options", "nosniff"),
    ]
    start(line, headers)
    return [] if environ.get("REQUEST_METHOD") == "HEAD" else [body]
