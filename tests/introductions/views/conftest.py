"""Browsers for the people of the circle."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask, g
from flask.testing import FlaskClient

from fixtures_circle import Circle


class Browser(FlaskClient):
    """A client whose requests start with nothing remembered of the one before."""

    def open(self, *args: Any, **kwargs: Any) -> Any:
        # All requests of a test share the fixture's app context, and so its `g`.
        for name in list(g):
            g.pop(name)
        return super().open(*args, **kwargs)


@pytest.fixture
def browse(app: Flask, circle: Circle, sign_in: Any) -> Any:
    """Open pages as one of the circle, as a given membership, or as nobody."""

    def make(who: Any = None) -> Any:
        client = Browser(app, app.response_class)
        if who is not None:
            sign_in(client, getattr(circle, who) if isinstance(who, str) else who)
        return client

    return make
