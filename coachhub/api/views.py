"""The API's blueprint with all its routes, its document, and the page that people read."""

from __future__ import annotations

from flask import Response, jsonify, render_template

from coachhub.api import openapi
from coachhub.api.problems import problem
from coachhub.api.resources import companies, introductions, people, posts, webhooks
from coachhub.api.rest import ROUTES, Route, bp
from coachhub.api.scopes import MEANINGS
from coachhub.board.specific import FieldError
from coachhub.core.access import access
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.introductions.answers import AnswerError
from coachhub.introductions.promises import PromiseError
from coachhub.permissions import Permission

# Loaded with the blueprint, so that their routes are there.
RESOURCES = (people, posts, companies, introductions, webhooks)


@bp.get("/openapi.json")
@access(Permission.OPEN_LINK)
def document() -> Response:
    """Give the document to programs."""
    return jsonify(openapi.document())


@bp.get("/")
@access(Permission.OPEN_LINK)
def index() -> str:
    """Show people what the API can do."""
    groups: dict[str, list[tuple[Route, str]]] = {}
    for made in ROUTES:
        groups.setdefault(made.tag, []).append((made, openapi.summary_of(made)))
    return render_template("api/index.html", groups=groups.items(), meanings=MEANINGS)


@bp.errorhandler(FieldError)
def at_field(error: FieldError) -> Response:
    """Tell which member cannot be taken as it is."""
    db.session.rollback()
    at = {"pointer": f"/{error.field}", "detail": str(error)}
    return problem(422, gettext("One thing needs another look."), errors=[at])


@bp.errorhandler(AnswerError)
@bp.errorhandler(PromiseError)
def not_so(error: DomainError) -> Response:
    """Tell what is missing from an answer."""
    db.session.rollback()
    return problem(422, str(error))
