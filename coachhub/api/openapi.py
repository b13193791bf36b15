"""The API's document (OpenAPI 3.1), made from the same definitions that check and answer."""

from __future__ import annotations

import functools
from importlib.metadata import version
from typing import Any

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from coachhub.api.problems import MEDIA, PREFIX
from coachhub.api.rest import ROUTES, Route
from coachhub.api.scopes import MEANINGS
from coachhub.api.shapes.base import Problem

_REF = "#/components/schemas/{model}"
_SAID = {
    400: "What was sent cannot be read.",
    401: "No token, or one that is not good.",
    403: "The token is not for that, or its holder may not.",
    404: "It is not there for this token.",
    409: "It cannot be done as things stand; the detail says why.",
    412: "It was changed since it was read.",
    413: "The body is too large.",
    415: "The body is no JSON.",
    422: "Something in it is not as it should be; `errors` or `words` say what.",
    428: "If-Match is missing.",
    429: "Too often; `Retry-After` says how long to wait.",
    500: "Something went wrong on our side; `incident` is its number.",
    503: "We cannot answer for a moment.",
}
_KEY = {
    "name": "Idempotency-Key",
    "in": "header",
    "required": False,
    "description": "The same request with the same key is done once; kept for 24 hours.",
    "schema": {"type": "string", "minLength": 1, "maxLength": 255, "pattern": "^[!-~]+$"},
}
_MATCH = {
    "name": "If-Match",
    "in": "header",
    "required": True,
    "description": "The ETag that you read.",
    "schema": {"type": "string", "pattern": '^"[0-9]{1,9}"$'},
}


@functools.cache
def document() -> dict[str, Any]:
    """Return the whole document."""
    shapes = {shape for made in ROUTES for shape in (made.body, made.says) if shape} | {Problem}
    modes: list[tuple[type[BaseModel], Any]] = [
        (shape, "validation") for shape in sorted(shapes, key=lambda one: one.__name__)
    ]
    refs, defined = models_json_schema(modes, ref_template=_REF)
    named = {shape: refs[shape, mode] for shape, mode in modes}
    paths: dict[str, dict[str, Any]] = {}
    for made in ROUTES:
        paths.setdefault(made.address, {})[made.method.lower()] = _operation(made, named)
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "CoachHub",
            "version": version("coachhub"),
            "description": "What other programs can do here. A token says which firm and for whom.",
        },
        "servers": [{"url": PREFIX}],
        "tags": [{"name": name} for name in dict.fromkeys(made.tag for made in ROUTES)],
        "paths": paths,
        "components": {
            "schemas": defined["$defs"],
            "securitySchemes": {
                "token": {
                    "type": "http",
                    "scheme": "bearer",
                    "description": "A token made under “Your data” or by a firm admin. Scopes: "
                    + "; ".join(f"`{one}` {words}" for one, words in MEANINGS.items()),
                }
            },
        },
        "security": [{"token": []}],
    }


def _operation(made: Route, named: dict[Any, Any]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "operationId": made.name,
        "summary": summary_of(made),
        "tags": [made.tag],
        "security": [{"token": [str(made.scope)]}],
        "parameters": _parameters(made),
        "responses": _responses(made, named),
    }
    if made.body is not None:
        told["requestBody"] = {
            "required": bool(made.body.model_fields),
            "content": {"application/json": {"schema": named[made.body]}},
        }
    return told


def summary_of(made: Route) -> str:
    """Return what a route does, in one sentence."""
    return made.summary or str(made.function.__doc__).strip().split("\n")[0]


def _parameters(made: Route) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = [
        {
            "name": name,
            "in": "path",
            "required": True,
            "schema": {"type": "string", "format": "uuid"},
        }
        for name in made.arguments
    ]
    if made.query is not None:
        schema = made.query.model_json_schema()
        for name, one in schema["properties"].items():
            about = {key: value for key, value in one.items() if key != "title"}
            told = about.pop("description", "")
            found.append(
                {
                    "name": name,
                    "in": "query",
                    "required": name in schema.get("required", ()),
                    "schema": _not_null(about),
                }
                | ({"description": told} if told else {})
            )
    if made.method == "POST":
        found.append(_KEY)
    if made.versioned == "change":
        found.append(_MATCH)
    return found


def _not_null(schema: dict[str, Any]) -> dict[str, Any]:
    """Leave null out: behind the question mark there is no way of writing it."""
    kinds = [one for one in schema.pop("anyOf", []) if one != {"type": "null"}]
    if kinds:
        schema |= kinds[0]
    if schema.get("default", ...) is None:
        del schema["default"]
    return schema


def _responses(made: Route, named: dict[Any, Any]) -> dict[str, Any]:
    status = made.status if made.says else 204
    good: dict[str, Any] = {"description": "Done."}
    if made.says:
        good["content"] = {"application/json": {"schema": named[made.says]}}
    if made.versioned:
        good["headers"] = {"ETag": {"schema": {"type": "string"}, "description": "The revision."}}
    statuses = set(_SAID) - {412, 428}
    statuses |= {412, 428} if made.versioned == "change" else set()
    statuses -= set() if made.body else {413, 415}
    problem = {MEDIA: {"schema": named[Problem]}}
    return {str(status): good} | {
        str(one): {"description": _SAID[one], "content": problem} for one in sorted(statuses)
    }
