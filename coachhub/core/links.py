"""Absolute addresses for mails, made from the settings and never from a request."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from flask import current_app


def absolute(endpoint: str, **values: Any) -> str:
    """Return the full address of a page, as in ``https://hub.example.org/f/acme/``.

    Firm and cohort are filled in from the open scope, as `url_for` does.
    """
    base = urlsplit(current_app.extensions["coachhub.config"].base_url)
    current_app.inject_url_defaults(endpoint, values)
    adapter = current_app.url_map.bind(base.netloc, url_scheme=base.scheme)
    return adapter.build(endpoint, values, force_external=True)
