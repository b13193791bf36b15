"""How the API tells of errors: problem details (RFC 9457), in words that a person can read."""

from __future__ import annotations

from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

from flask import Flask, Response, jsonify

from coachhub.core.errors import DomainError
from coachhub.core.pages import speaks

PREFIX = "/api/v1"
MEDIA = "application/problem+json"
_SAID = {
    400: "That request cannot be read.",
    404: "There is nothing here for this token.",
    405: "That cannot be done here.",
    413: "That is too much in one request.",
    415: "Send JSON: “Content-Type: application/json”.",
    500: "Something went wrong on our side. We were told.",
    503: "We cannot answer for a moment. Please try again.",
}
_PAGES_OWN = "We could not find that page."


class InvalidError(DomainError):
    """What was sent is not as the document says; `errors` say where."""

    status = 422

    def __init__(self, message: str, errors: Sequence[dict[str, str]] = ()) -> None:
        """Say what is wrong; each of `errors` has ``pointer`` and ``detail``."""
        super().__init__(message)
        self.errors = list(errors)


def problem(
    status: int, detail: str = "", incident: str = "", errors: Sequence[dict[str, Any]] = ()
) -> Response:
    """Return an answer that tells of a problem."""
    if not detail or detail == _PAGES_OWN:
        detail = _SAID.get(status, "")
    told: dict[str, Any] = {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
    }
    told |= {"detail": detail} if detail else {}
    told |= {"incident": incident} if incident else {}
    told |= {"errors": list(errors)} if errors else {}
    answer = jsonify(told)
    answer.status_code, answer.mimetype = status, MEDIA
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="CoachHub"'
    return answer


def init_app(app: Flask) -> None:
    """Let every error under the API's addresses be told so."""
    speaks(app, f"{PREFIX}/", problem)
