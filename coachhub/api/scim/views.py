"""SCIM 2.0 under ``/api/scim/v2`` (RFC 7644), for a firm's directory with a token of the firm."""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from flask import Blueprint, Response, g, request
from sqlalchemy.exc import IntegrityError

from coachhub.api.entrance import by_token
from coachhub.api.scim import errors, groups, joins, people, roster, schemas
from coachhub.api.scim.errors import ScimError
from coachhub.api.scim.filters import plain
from coachhub.api.scim.patching import Shape, patched
from coachhub.api.scopes import Scope
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.forms import csrf
from coachhub.permissions import Permission

bp = Blueprint("scim", __name__, url_prefix=errors.PREFIX)
csrf.exempt(bp)
JOINED = joins  # loaded with the pages, so that they are heard
LARGEST = 1024 * 1024  # bytes of a request
_ALWAYS = frozenset({"schemas", "id"})


def route(path: str, *methods: str) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Give a function an address, for a token that is for ``scim``."""

    def declare(view: Callable[..., Response]) -> Callable[..., Response]:
        marked = access(Permission.ADMINISTER)(by_token(Scope.SCIM)(view))
        bp.add_url_rule(path, view_func=marked, methods=list(methods))
        return marked

    return declare


@route("/ServiceProviderConfig", "GET")
def config() -> Response:
    """Say what the server can do."""
    return _answer(schemas.config())


@route("/ResourceTypes", "GET")
def types() -> Response:
    """Say which things there are."""
    return _listed(schemas.types())


@route("/ResourceTypes/<type_name>", "GET")
def one_type(type_name: str) -> Response:
    """Say what one of them is."""
    return _answer(_named(schemas.types(), type_name))


@route("/Schemas", "GET")
def all_schemas() -> Response:
    """Say how things look."""
    return _listed(schemas.schemas())


@route("/Schemas/<urn>", "GET")
def one_schema(urn: str) -> Response:
    """Say how one kind of thing looks."""
    return _answer(_named(schemas.schemas(), urn))


@route("/Users", "GET")
def users() -> Response:
    """List people."""
    return _users(request.args)


@route("/Users/.search", "POST")
def search_users() -> Response:
    """List people, asked for in the body."""
    return _users(_body())


@route("/Users", "POST")
def add_user() -> Response:
    """Put somebody on the roster, and invite them."""
    made = roster.create(_actor(), roster.wanted(_body()))
    return _done(_user(str(made)), 201)


@route("/Users/<scim_id>", "GET")
def user(scim_id: str) -> Response:
    """Show somebody."""
    return _shown(_user(scim_id))


@route("/Users/<scim_id>", "PUT")
def replace_user(scim_id: str) -> Response:
    """Say everything about somebody anew."""
    _unchanged(_user(scim_id))
    roster.change(_actor(), g.firm, people.find(scim_id), roster.wanted(_body()))
    return _done(_user(scim_id))


@route("/Users/<scim_id>", "PATCH")
def change_user(scim_id: str) -> Response:
    """Change something about somebody."""
    before = _user(scim_id)
    _unchanged(before)
    # What counts is what the directory last said, not how it stands here.
    before["active"] = roster.row_of(people.find(scim_id)).active
    after = patched(_own(before, schemas.PERSON_SHAPE), _body(), schemas.PERSON_SHAPE)
    roster.change(_actor(), g.firm, people.find(scim_id), roster.wanted(after))
    return _done(_user(scim_id))


@route("/Users/<scim_id>", "DELETE")
def remove_user(scim_id: str) -> Response:
    """Take somebody off the roster."""
    _unchanged(_user(scim_id))
    roster.remove(_actor(), g.firm, people.find(scim_id))
    return _gone()


@route("/Groups", "GET")
def all_groups() -> Response:
    """List cohorts."""
    return _groups(request.args)


@route("/Groups/.search", "POST")
def search_groups() -> Response:
    """List cohorts, asked for in the body."""
    return _groups(_body())


@route("/Groups", "POST")
def add_group() -> Response:
    """Make a cohort."""
    made = groups.create(_actor(), groups.wanted(_body()))
    return _done(_group(str(made.id)), 201)


@route("/Groups/<scim_id>", "GET")
def group(scim_id: str) -> Response:
    """Show a cohort."""
    return _shown(_group(scim_id))


@route("/Groups/<scim_id>", "PUT")
def replace_group(scim_id: str) -> Response:
    """Say everything about a cohort anew."""
    _unchanged(_group(scim_id))
    groups.change(_actor(), groups.find(scim_id), groups.wanted(_body()))
    return _done(_group(scim_id))


@route("/Groups/<scim_id>", "PATCH")
def change_group(scim_id: str) -> Response:
    """Change something about a cohort: its name, or who is in it."""
    before = _group(scim_id)
    _unchanged(before)
    after = patched(_own(before, schemas.GROUP_SHAPE), _body(), schemas.GROUP_SHAPE)
    groups.change(_actor(), groups.find(scim_id), groups.wanted(after))
    return _done(_group(scim_id))


@route("/Groups/<scim_id>", "DELETE")
def remove_group(scim_id: str) -> Response:
    """Close a cohort."""
    _unchanged(_group(scim_id))
    groups.remove(_actor(), groups.find(scim_id))
    return _gone()


@route("/.search", "POST")
def search() -> Response:
    """Search people and cohorts at once: not here; each kind has its own search."""
    raise ScimError("Please search Users or Groups.", status=501)


def _actor() -> Actor:
    """Return who acts: the directory, in the firm's name. Letters and the audit trail say so."""
    return dataclasses.replace(current_actor(), label=f"{g.firm.name}'s directory")


def _user(person_id: str) -> dict[str, Any]:
    return _versioned(people.shown([people.find(person_id)])[0])


def _group(group_id: str) -> dict[str, Any]:
    return _versioned(groups.shown([groups.find(group_id).id])[0])


def _users(asked: Mapping[str, Any]) -> Response:
    start, count = _window(asked)
    page = people.found(str(asked.get("filter") or ""), start, count)
    return _listed(map(_versioned, people.shown(page.rows)), page.total, start, asked)


def _groups(asked: Mapping[str, Any]) -> Response:
    start, count = _window(asked)
    page = groups.found(str(asked.get("filter") or ""), start, count)
    left_out = _names(asked.get("excludedAttributes"))
    only = _names(asked.get("attributes"))
    with_members = "members" not in left_out and (
        not only or any(one.startswith("members") for one in only)
    )
    shown = groups.shown([row.id for row in page.rows], with_members=with_members)
    return _listed(map(_versioned, shown), page.total, start, asked)


def _versioned(thing: dict[str, Any]) -> dict[str, Any]:
    text = json.dumps(thing, sort_keys=True).encode()
    thing["meta"]["version"] = f'W/"{hashlib.sha256(text).hexdigest()[:20]}"'
    return thing


def _unchanged(thing: Mapping[str, Any]) -> None:
    """Refuse a change of what has changed meanwhile, where the directory asks for that."""
    wanted = request.headers.get("If-Match", "")
    if wanted and wanted != "*" and thing["meta"]["version"] not in _tags(wanted):
        raise ScimError("It has changed since you read it.", status=412)


def _shown(thing: dict[str, Any]) -> Response:
    tags = _tags(request.headers.get("If-None-Match", ""))
    if thing["meta"]["version"] in tags:
        answer = Response(status=304)
        answer.headers["ETag"] = thing["meta"]["version"]
        return answer
    return _answer(thing)


def _done(thing: dict[str, Any], status: int = 200) -> Response:
    """Commit, and answer with what is there now."""
    db.session.commit()
    answer = _answer(thing, status)
    answer.headers["Location"] = thing["meta"]["location"]
    return answer


def _gone() -> Response:
    db.session.commit()
    return Response(status=204)


@bp.errorhandler(IntegrityError)
def _twice(_error: IntegrityError) -> Response:
    """Answer the second of two requests at once that say the same."""
    db.session.rollback()
    return errors.told(409, "Somebody was quicker with the same.", kind="uniqueness")


def _answer(thing: dict[str, Any], status: int = 200) -> Response:
    answer = _json(_part(thing, request.args), status)
    if "version" in thing.get("meta", {}):
        answer.headers["ETag"] = thing["meta"]["version"]
    return answer


def _listed(
    things: Iterable[dict[str, Any]],
    total: int | None = None,
    start: int = 1,
    asked: Mapping[str, Any] | None = None,
) -> Response:
    if total is None and request.args.get("filter"):
        raise ScimError("There is no filter here.", status=403)
    found = [_part(one, asked or {}) for one in things]
    return _json(
        {
            "schemas": [schemas.LIST],
            "totalResults": len(found) if total is None else total,
            "startIndex": start,
            "itemsPerPage": len(found),
            "Resources": found,
        }
    )


def _json(body: dict[str, Any], status: int = 200) -> Response:
    return Response(json.dumps(body), status, mimetype=errors.MEDIA)


def _part(thing: dict[str, Any], asked: Mapping[str, Any]) -> dict[str, Any]:
    """Return what was asked for of a thing (RFC 7644, 3.9)."""
    only, out = _names(asked.get("attributes")), _names(asked.get("excludedAttributes"))
    if only:
        tops = {one.partition(".")[0] for one in only}
        return {
            name: _inner(value, name.lower(), only)
            for name, value in thing.items()
            if name.lower() in tops or name in _ALWAYS
        }
    return {
        name: value for name, value in thing.items() if name in _ALWAYS or name.lower() not in out
    }


def _inner(value: Any, name: str, only: set[str]) -> Any:
    parts = {one.partition(".")[2] for one in only if one.startswith(f"{name}.")}
    if not parts or name in only:
        return value
    if isinstance(value, list):
        return [_inner(one, name, only) for one in value]
    if isinstance(value, dict):
        return {key: inner for key, inner in value.items() if key.lower() in parts}
    return value


def _names(given: Any) -> set[str]:
    listed = given.split(",") if isinstance(given, str) else given or []
    return {plain(str(one).strip()) for one in listed if str(one).strip()}


def _window(asked: Mapping[str, Any]) -> tuple[int, int]:
    """Return (number of the first, how many), within reason (RFC 7644, 3.4.2.4)."""
    try:
        start, count = int(asked.get("startIndex", 1)), int(asked.get("count", schemas.MOST))
    except (TypeError, ValueError) as error:
        raise ScimError("startIndex and count are numbers.", "invalidValue") from error
    return min(max(start, 1), 1_000_000), min(max(count, 0), schemas.MOST)


def _body() -> dict[str, Any]:
    if (request.content_length or 0) > LARGEST:
        raise ScimError("That is too much in one request.", "tooMany", 413)
    found = request.get_json(force=True, silent=True)
    if not isinstance(found, dict):
        raise ScimError("The body is no JSON object.", "invalidSyntax")
    return found


def _own(thing: Mapping[str, Any], shape: Shape) -> dict[str, Any]:
    return {name: value for name, value in thing.items() if name not in shape.fixed}


def _named(things: list[dict[str, Any]], name: str) -> dict[str, Any]:
    found = next((one for one in things if one["id"] == name), None)
    if found is None:
        raise ScimError("There is nothing of this name.", status=404)
    return found


def _tags(header: str) -> set[str]:
    return {one.strip() for one in header.split(",") if one.strip()}
