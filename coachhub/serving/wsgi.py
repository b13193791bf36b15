"""The app as a WSGI server loads it: with its walls looked at first."""

from __future__ import annotations

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
    proxies = int(app.extensions["coachhub.config"].proxies)
    if proxies:
        app.wsgi_app = ProxyFix(app.wsgi_app, proxies, proxies)  # type: ignore[method-assign]  # as Flask's manual has it
    with app.app_context():
        with db.engine.connect() as connection:
            walls.check(connection)
        # A connection must not be shared with processes that are forked from here on.
        for engine in db.engines.values():
            engine.dispose()
    return app
