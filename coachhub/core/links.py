"""Addresses that do not need a request: for mails, and for what pages and mails share."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app


def absolute(endpoint: str, **values: Any) -> str:
    """Return the full address of a page, as in ``https://hub.example.org/f/acme/``.

    Firm and cohort are filled in from the open scope, as `url_for` does.
    """
    return _base() + path(endpoint, **values)


def path(endpoint: str, **values: Any) -> str:
    """Return the address of a page on this site, as in ``/f/acme/``."""
    current_app.inject_url_defaults(endpoint, values)
    return current_app.url_map.bind(urlsplit(_base()).netloc).build(endpoint, values)


def on_site(address: str) -> str:
    """Return an address made by `path` or `url_for` as a full one."""
    return address if "://" in address else _base() + address


def _base() -> str:
    base: str = current_app.extensions["coachhub.config"].base_url
    return base.rstrip("/")
