"""How often a door may be knocked at. Counted in LIMITS_URL, over all processes with Redis."""

from __future__ import annotations

from flask import Flask
from flask_limiter import Limiter
from flask_limiter.util import get_remote_address

limiter = Limiter(get_remote_address, headers_enabled=True)


def init_app(app: Flask) -> None:
    """Give the app its limits."""
    limiter.init_app(app)
