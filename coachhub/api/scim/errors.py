"""How SCIM tells of errors (RFC 7644, 3.12)."""

from __future__ import annotations

from http import HTTPStatus

from flask import Flask, Response, jsonify

from coachhub.core.errors import DomainError
from coachhub.core.pages import speaks

PREFIX = "/api/scim/v2"
MEDIA = "application/scim+json"
_SCHEMA = "urn:ietf:params:scim:api:messages:2.0:Error"
_SAID = {
    400: "That request cannot be read.",
    404: "There is nothing here for this token.",
    405: "That cannot be done here.",
    413: "That is too much in one request.",
    500: "Something went wrong on our side. We were told.",
    503: "We cannot answer for a moment. Please try again.",
}
_PAGES_OWN = "We could not find that page."


class ScimError(DomainError):
    """Something that cannot be done; `kind` is RFC 7644's word for it, as in ``invalidValue``."""

    def __init__(self, detail: str, kind: str = "", status: int = 400) -> None:
        """Say what is wrong, for whoever reads a directory's log."""
        super().__init__(detail)
        self.kind, self.status = kind, status


def told(status: int, detail: str = "", incident: str = "", kind: str = "") -> Response:
    """Return an answer that tells of an error."""
    if not detail or detail == _PAGES_OWN:
        detail = _SAID.get(status, HTTPStatus(status).phrase)
    if incident:
        detail = f"{detail} (Incident {incident}.)"
    body = {"schemas": [_SCHEMA], "status": str(status), "detail": detail}
    answer = jsonify(body | ({"scimType": kind} if kind else {}))
    answer.status_code, answer.mimetype = status, MEDIA
    if status == HTTPStatus.UNAUTHORIZED:
        answer.headers["WWW-Authenticate"] = 'Bearer realm="CoachHub"'
    return answer


def init_app(app: Flask) -> None:
    """Let every error under SCIM's addresses be told so."""
    speaks(app, f"{PREFIX}/", told)
    app.register_error_handler(ScimError, _told)


def _told(error: ScimError) -> Response:
    return told(error.status, str(error), kind=error.kind)
