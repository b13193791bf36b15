"""How the API tells of errors: problem details (RFC 9457), in words that a person can read."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify, request

from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotAllowedError, NotFoundError
from coachhub.core.pages import speaks

PREFIX = "/api/v1"
MEDIA = "application/problem+json"
_SAID = {
    400: "That request cannot be read.",
    403: "Whoever the token stands for may not do that.",
    404: "There is nothing here for this token.",
    405: "That cannot be done here.",
    413: "That is too much in one request.",
    415: "Send JSON: “Content-Type: application/json”.",
    500: "Something went wrong on our side. We were told.",
    503: "We cannot answer for a moment. Please try again.",
}
# What pages say by default speaks of pages.
_PAGES_OWN = {str(NotFoundError()), str(NotAllowedError())}


class InvalidError(DomainError):
    """What was sent is not as the document says; `errors` say where."""

    status = 422

    def __init__(self, message: str, errors: Sequence[dict[str, str]] = ()) -> None:
        """Say what is wrong; each of `errors` has ``pointer`` and ``detail``."""
        super().__init__(message)
        self.errors = list(errors)


class UnreadableError(DomainError):
    """What was sent cannot be read at all."""

    def __init__(self, message: str, status: int) -> None:
        """Say what would do; 400 or 415."""
        super().__init__(message)
        self.status = status


class PreconditionError(DomainError):
    """A change says no revision (428), or one that is not there any more (412)."""

    def __init__(self, message: str, status: int) -> None:
        """Say which."""
        super().__init__(message)
        self.status = status


class UnderWayError(DomainError):
    """The same request came a moment ago and has not been answered yet; ask again."""

    again_in = 1  # seconds


class NudgedError(DomainError):
    """Guards have a private word for the author first; nothing was published."""

    status = 422

    def __init__(self, message: str, words: Sequence[dict[str, Any]], keep: str) -> None:
        """Tell the words, and what to send to publish all the same; empty if that cannot be."""
        super().__init__(message)
        self.words, self.keep = list(words), keep


def problem(status: int, detail: str = "", incident: str = "", **more: Any) -> Response:
    """Return an answer that tells of a problem; `more` are further members of it."""
    if not detail or detail in _PAGES_OWN:
        detail = _SAID.get(status, "")
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    told |= {"detail": detail} if detail else {}
    told |= {"incident": incident} if incident else {}
    told |= {name: value for name, value in more.items() if value}
    answer = jsonify(told)
    answer.status_code, answer.mimetype = status, MEDIA
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="CoachHub"'
    if status == HTTPStatus.METHOD_NOT_ALLOWED:
        allowed = getattr(request.routing_exception, "valid_methods", None) or ()
        answer.headers["Allow"] = ", ".join(sorted(allowed))
    return answer


def init_app(app: Flask) -> None:
    """Let every error under the API's addresses be told so."""
    speaks(app, f"{PREFIX}/", problem)
    app.register_error_handler(InvalidError, _invalid)
    app.register_error_handler(NudgedError, _nudged)
    app.register_error_handler(UnderWayError, _under_way)


def _invalid(error: InvalidError) -> Response:
    db.session.rollback()
    return problem(error.status, str(error), errors=error.errors)


def _nudged(error: NudgedError) -> Response:
    db.session.rollback()
    return problem(error.status, str(error), words=error.words, keep=error.keep)


def _under_way(error: UnderWayError) -> Response:
    db.session.rollback()
    answer = problem(error.status, str(error))
    answer.headers["Retry-After"] = str(error.again_in)
    return answer
