"""Addresses that do not need a request: for mails, and for what pages and mails share."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import urlsplit

from flask import current_app
from werkzeug.routing import MapAdapter

from coachhub.core import addresses

_SITE = "coachhub.site"


def absolute(endpoint: str, **values: Any) -> str:
    """Return the full address of a page, as in ``https://hub.example.org/f/acme/``.

    Firm and cohort are filled in from the open scope, as `url_for` does.
    """
    return _base() + path(endpoint, **values)


def path(endpoint: str, **values: Any) -> str:
    """Return the address of a page on this site, as in ``/f/acme/``."""
    current_app.inject_url_defaults(endpoint, values)
    site: _Site = current_app.extensions.get(_SITE) or _site()
    if not addresses.has_kind(values):
        return site.adapter.build(endpoint, values)
    return addresses.from_kind(values, lambda given: site.built(endpoint, given))


class _Site(NamedTuple):
    """How addresses of this site are built, and the same with a memory of their kinds."""

    adapter: MapAdapter
    built: Callable[[str, addresses.Values], str]


def _site() -> _Site:
    adapter = current_app.url_map.bind(urlsplit(_base()).netloc)

    @lru_cache(addresses.MOST)
    def built(endpoint: str, values: addresses.Values) -> str:
        return adapter.build(endpoint, dict(values))

    site: _Site = current_app.extensions.setdefault(_SITE, _Site(adapter, built))
    return site


def on_site(address: str) -> str:
    """Return an address made by `path` or `url_for` as a full one."""
    return address if "://" in address else _base() + address


def _base() -> str:
    base: str = current_app.extensions["coachhub.config"].base_url
    return base.rstrip("/")
