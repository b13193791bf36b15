"""`url_for` in templates, for pages with hundreds of links: each kind of address is built once.

Addresses that differ only by ids, firm or cohort are made from the first of their kind; a static
file has one for good.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any
from uuid import UUID

from flask import Flask, current_app, g, request

MOST = 4096  # kinds of addresses that are remembered
_BUILT = "coachhub.addresses"
# Stand in an address until what is meant does: no row has such an id, and no slug a tilde.
_STAND_INS = tuple(UUID(int=number) for number in range(1, 5))
_TEXTS = tuple(map(str, _STAND_INS))
_HOUSES = {"firm": "~firm~", "cohort": "~cohort~"}
_SLUG = re.compile(r"[a-z0-9-]+")


def init_app(app: Flask) -> None:
    """Give templates an `url_for` that remembers."""

    @lru_cache(MOST)
    def built(_root: str, endpoint: str, values: tuple[tuple[str, Any], ...]) -> str:
        return current_app.url_for(endpoint, **dict(values))

    app.extensions[_BUILT] = built
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: Any) -> str:
    """Return what Flask's `url_for` does."""
    if not request:
        return current_app.url_for(endpoint, **values)
    known: dict[tuple[str, ...], str] = g.setdefault("addresses", {})
    ids = [one for one in values.values() if type(one) is UUID]
    if len(ids) < len(values):
        texts = [one for one in values.values() if type(one) is str]
        if len(ids) + len(texts) < len(values) or any(name[0] == "_" for name in values):
            return current_app.url_for(endpoint, **values)
        kind = (endpoint, *values, *texts)
    else:
        kind = (endpoint, *values)
    if len(ids) > len(_STAND_INS):
        return current_app.url_for(endpoint, **values)
    found = known.get(kind)
    if found is None:
        found = known[kind] = _of_a_kind(endpoint, values)
    for stand_in, one in zip(_TEXTS, ids, strict=False):
        found = found.replace(stand_in, str(one))
    return found


def _of_a_kind(endpoint: str, values: dict[str, Any]) -> str:
    """Return an address of this page's firm and cohort with a stand-in for each id."""
    stand_ins = iter(_STAND_INS)
    given = {name: next(stand_ins) if type(one) is UUID else one for name, one in values.items()}
    if endpoint[0] == "." and request.blueprint:
        endpoint = request.blueprint + endpoint
    current_app.inject_url_defaults(endpoint, given)
    meant = {name: str(given.get(name, "")) for name in _HOUSES}
    meant = {name: slug for name, slug in meant.items() if _SLUG.fullmatch(slug)}
    given |= {name: _HOUSES[name] for name in meant}
    built: Callable[..., str] = current_app.extensions[_BUILT]
    found = built(request.script_root, endpoint, tuple(given.items()))
    for name, slug in meant.items():
        found = found.replace(_HOUSES[name], slug)
    return found
