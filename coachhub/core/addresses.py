"""`url_for` in templates, for pages with hundreds of links: each kind of address is built once.

Addresses that differ only by ids are made from the first of their kind in the same request; a
static file has one for good.
"""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Flask, current_app, g, request

_FILES = "coachhub.static_files"
# Stands in an address until the id does: as no row's id, for these begin with a time.
_STAND_INS = tuple(UUID(int=number) for number in range(1, 5))


def init_app(app: Flask) -> None:
    """Give templates an `url_for` that remembers."""
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: Any) -> str:
    """Return what Flask's `url_for` does."""
    if not request:
        return current_app.url_for(endpoint, **values)
    if endpoint == "static" and values.keys() == {"filename"}:
        files: dict[tuple[str, str], str] = current_app.extensions.setdefault(_FILES, {})
        file = (request.script_root, values["filename"])
        if file not in files:
            files[file] = current_app.url_for(endpoint, **values)
        return files[file]
    if len(values) > len(_STAND_INS) or any(type(one) is not UUID for one in values.values()):
        return current_app.url_for(endpoint, **values)
    known: dict[tuple[str, ...], str] = g.setdefault("addresses", {})
    kind = (endpoint, *values)
    if kind not in known:
        stand_ins: dict[str, Any] = dict(zip(values, _STAND_INS, strict=False))
        known[kind] = current_app.url_for(endpoint, **stand_ins)
    found = known[kind]
    for stand_in, one in zip(_STAND_INS, values.values(), strict=False):
        found = found.replace(str(stand_in), str(one))
    return found
