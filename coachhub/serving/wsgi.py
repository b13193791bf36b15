"""The app as a WSGI server loads it: with its walls looked at first."""

from __future__ import annotations

import logging

from flask import Flask
from werkzeug.middleware.proxy_fix import ProxyFix

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core import walls
from coachhub.core.db import db


def wsgi_app(config: Config | None = None) -> Flask:
    """Return the app for `config` (default: the environment), ready to serve.

    Raises:
        ConfigError: a setting is missing or unsafe.
        WallError: the database would let firms see each other.
    """
    app = create_app(config)
    logging.getLogger("coachhub.security").setLevel(logging.INFO)
    with app.app_context():
        with db.engine.connect() as connection:
            walls.check(connection)
        # A connection must not be shared with processes that are forked from here on.
        for engine in db.engines.values():
            engine.dispose()
    proxies = int(app.extensions["coachhub.config"].proxies)
    if proxies:
        # Of a header that visitors can begin, only what our own proxies added at its end.
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies, x_host=0)  # type: ignore[method-assign]  # as Flask's guide does
    return app
