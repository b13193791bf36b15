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

Values = tuple[tuple[str, Any], ...]


def init_app(app: Flask) -> None:
    """Give templates an `url_for` that remembers."""

    @lru_cache(MOST)
    def built(_root: str, endpoint: str, values: Values) -> str:
        return current_app.url_for(endpoint, **dict(values))

    app.extensions[_BUILT] = built
    app.jinja_env.globals["url_for"] = url_for


def url_for(endpoint: str, **values: Any) -> str:
    """Return what Flask's `url_for` does."""
    if not request or not has_kind(values):
        return current_app.url_for(endpoint, **values)
    known: dict[tuple[str, ...], str] = g.setdefault("addresses", {})
    ids = [one for one in values.values() if type(one) is UUID]
    kind = (endpoint, *values, *(one for one in values.values() if type(one) is str))
    found = known.get(kind)
    if found is None:
        found = known[kind] = _of_a_kind(endpoint, values)
    for stand_in, one in zip(_TEXTS, ids, strict=False):
        found = found.replace(stand_in, str(one))
    return found


def has_kind(values: dict[str, Any]) -> bool:
    """Say whether an address with these values can be made from another of its kind."""
    kinds = [type(one) for one in values.values()]
    return (
        kinds.count(UUID) <= len(_STAND_INS)
        and all(kind is UUID or kind is str for kind in kinds)
        and not any(name[0] == "_" for name in values)
    )


def from_kind(values: dict[str, Any], build: Callable[[Values], str], *, ids: bool = True) -> str:
    """Return the address that `build` makes with stand-ins, with what is meant in their place.

    Without `ids` the stand-ins for ids stay.
    """
    stand_ins = iter(_STAND_INS)
    given = {name: next(stand_ins) if type(one) is UUID else one for name, one in values.items()}
    meant = {name: str(given.get(name, "")) for name in _HOUSES}
    meant = {name: slug for name, slug in meant.items() if _SLUG.fullmatch(slug)}
    found = build(tuple({**given, **{name: _HOUSES[name] for name in meant}}.items()))
    for name, slug in meant.items():
        found = found.replace(_HOUSES[name], slug)
    if ids:
        real = (one for one in values.values() if type(one) is UUID)
        for stand_in, one in zip(_TEXTS, real, strict=False):
            found = found.replace(stand_in, str(one))
    return found


def _of_a_kind(endpoint: str, values: dict[str, Any]) -> str:
    """Return an address of this page's firm and cohort with a stand-in for each id."""
    if endpoint[0] == "." and request.blueprint:
        endpoint = request.blueprint + endpoint
    values = dict(values)
    current_app.inject_url_defaults(endpoint, values)
    built: Callable[[str, str, Values], str] = current_app.extensions[_BUILT]
    root = request.script_root
    return from_kind(values, lambda given: built(root, endpoint, given), ids=False)
