"""One definition for each thing that the API can do: it guards, checks, answers and documents.

A function marked with `route` takes what its address names, and ``body`` and ``query`` where it
has them; it returns a shape, a `Reply`, or None. The transaction is committed once, here.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from flask import Blueprint, Response, abort, request, url_for
from pydantic import BaseModel, ValidationError
from sqlalchemy.exc import IntegrityError

from coachhub.api import kept_answers
from coachhub.api.entrance import by_token
from coachhub.api.problems import PREFIX, InvalidError, PreconditionError, UnreadableError
from coachhub.api.scopes import Scope
from coachhub.api.shapes.base import Listed, Query, Shape
from coachhub.core.access import access
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.forms import csrf
from coachhub.permissions import Permission

LARGEST = 64 * 1024  # bytes of a request's body
bp = Blueprint("api", __name__, url_prefix=PREFIX)
csrf.exempt(bp)
View = TypeVar("View", bound=Callable[..., Any])
_ARGUMENT = re.compile(r"<(?:(\w+)(?:\([^)]*\))?:)?(\w+)>")
_REVISION = re.compile(r'"(\d{1,9})"')


@dataclass(frozen=True)
class Reply:
    """An answer with more than its shape: where a new thing is, and in which revision."""

    shape: Shape | None
    revision: int | None = None
    location: str = ""


@dataclass(frozen=True)
class Route:
    """One thing that the API can do.

    Attributes:
        method: as in ``GET``.
        path: behind ``/api/v1``, as Flask writes it.
        scope: what a token must be for.
        permission: what its holder must be allowed.
        function: does it.
        says: the shape of the answer; None for an empty one.
        body: the shape of what is sent, if anything is.
        query: the shape of what may stand behind the question mark.
        status: of the answer.
        versioned: ``change`` asks for If-Match; ``read`` answers with an ETag.
        tag: under which heading it stands.
        name: of its endpoint, behind ``api.``.
        summary: how it is told in the document, if not by its function's docstring.
    """

    method: str
    path: str
    scope: Scope
    permission: Permission
    function: Callable[..., Any]
    says: type[Shape] | None
    body: type[Shape] | None = None
    query: type[Query] | None = None
    status: int = 200
    versioned: str = ""
    tag: str = ""
    name: str = ""
    summary: str = ""

    @property
    def address(self) -> str:
        """Return the path as OpenAPI writes it."""
        return _ARGUMENT.sub(r"{\2}", self.path)

    @property
    def arguments(self) -> list[str]:
        """Return what the path names."""
        return [name for _kind, name in _ARGUMENT.findall(self.path)]


ROUTES: list[Route] = []


def route(
    method: str, path: str, scope: Scope, permission: Permission, **more: Any
) -> Callable[[View], View]:
    """Declare what a function answers to; see `Route` for `more`."""

    def declare(function: View) -> View:
        given: dict[str, Any] = {"says": None, "name": function.__name__} | more
        add(Route(method, path, scope, permission, function, **given))
        return function

    return declare


def add(made: Route, tag: str = "") -> None:
    """Put a route up, under a heading."""
    made = replace(made, tag=tag or made.tag)
    ROUTES.append(made)

    @by_token(made.scope)
    @access(made.permission)
    @functools.wraps(made.function)
    def view(**arguments: Any) -> Response:
        # The door has found the cohort, which stands in ``g.cohort``.
        arguments.pop("cohort_id", None)
        return _answer(made, arguments)

    bp.add_url_rule(made.path, endpoint=made.name, view_func=view, methods=[made.method])


def revision_wanted() -> int:
    """Return the revision that a change was made to, from If-Match; raises if there is none."""
    given = request.headers.get("If-Match", "")
    if not given:
        raise PreconditionError(
            "Say which revision you change: “If-Match” with the ETag that you read.", 428
        )
    found = _REVISION.fullmatch(given.strip())
    if found is None:
        raise UnreadableError("If-Match holds no ETag of ours.", 400)
    return int(found[1])


def _answer(made: Route, arguments: dict[str, Any]) -> Response:
    given: dict[str, Any] = {}
    if made.query is not None:
        given["query"] = _checked(made.query, _query())
    elif request.args:
        raise InvalidError(
            "Nothing can stand behind the address here.",
            [{"pointer": f"/query/{name}", "detail": "unknown"} for name in request.args],
        )
    if made.body is not None:
        given["body"] = _body(made.body)
    key = kept_answers.key_of(request) if made.method == "POST" else ""
    before = kept_answers.before(key) if key else None
    if before is not None:
        return before
    result = made.function(**arguments, **given)
    answer = _response(made, result if isinstance(result, Reply) else Reply(result))
    if key:
        kept_answers.keep(key, answer)
    try:
        db.session.commit()
    except IntegrityError as error:
        raise DomainError("Somebody was quicker. Look again, and try once more.") from error
    return answer


def _response(made: Route, reply: Reply) -> Response:
    if reply.shape is None:
        return Response(status=204)
    answer = Response(
        reply.shape.model_dump_json(), status=made.status, mimetype="application/json"
    )
    if reply.revision is not None:
        answer.headers["ETag"] = f'"{reply.revision}"'
    if reply.location:
        answer.headers["Location"] = reply.location
    if isinstance(reply.shape, Listed) and reply.shape.next is not None:
        onward: dict[str, Any] = request.args.to_dict() | {"cursor": str(reply.shape.next)}
        there = url_for(str(request.endpoint), **(request.view_args or {}) | onward)
        answer.headers["Link"] = f'<{there}>; rel="next"'
    return answer


def _query() -> dict[str, Any]:
    twice = [name for name, values in request.args.lists() if len(values) > 1]
    if twice:
        raise InvalidError(
            "Something stands twice behind the address.",
            [{"pointer": f"/query/{name}", "detail": "given twice"} for name in twice],
        )
    return request.args.to_dict()


def _body(shape: type[Shape]) -> BaseModel:
    if (request.content_length or 0) > LARGEST:
        abort(413)
    sent = request.get_data(cache=True)
    if len(sent) > LARGEST:
        abort(413)
    if not sent and not shape.model_fields:
        return shape()
    if request.mimetype != "application/json":
        raise UnreadableError("Send JSON: “Content-Type: application/json”.", 415)
    return _checked(shape, sent)


def _checked(shape: type[BaseModel], given: bytes | dict[str, Any]) -> BaseModel:
    where = "" if isinstance(given, bytes) else "/query"
    try:
        if isinstance(given, bytes):
            return shape.model_validate_json(given, strict=True)
        return shape.model_validate(given)
    except ValidationError as error:
        found = error.errors(include_url=False, include_context=False, include_input=False)
        if any(one["type"] == "json_invalid" for one in found):
            raise UnreadableError("That is no JSON.", 400) from error
        raise InvalidError(
            "Something in it is not as the document says.",
            [
                {
                    "pointer": where + "".join(f"/{_escaped(part)}" for part in one["loc"]),
                    "detail": one["msg"].removeprefix("Value error, "),
                }
                for one in found
            ],
        ) from error


def _escaped(part: str | int) -> str:
    return str(part).replace("~", "~0").replace("/", "~1")
