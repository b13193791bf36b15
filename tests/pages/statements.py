"""Which statements a page sends to the database, each as it goes over the wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from flask.testing import FlaskClient
from sqlalchemy import event

from coachhub.core.db import db

Statement = tuple[str, Any]


@contextmanager
def statements() -> Iterator[list[Statement]]:
    """Collect (text, parameters) of everything that is executed: savepoints and settings too."""
    found: list[Statement] = []

    def hear(_connection: Any, _cursor: Any, text: str, parameters: Any, *_more: Any) -> None:
        found.append((text, parameters))

    event.listen(db.engine, "before_cursor_execute", hear)
    try:
        yield found
    finally:
        event.remove(db.engine, "before_cursor_execute", hear)


def signed_in(client: FlaskClient, who: tuple[str, str]) -> FlaskClient:
    """Sign somebody in as a browser is: with the key of a sign-in that is written down."""
    user, key = who
    with client.session_transaction() as cookie:
        cookie.clear()
        cookie.update({"_user_id": user, "_fresh": True, "fs_cc": "set", "sign_in": key})
    return client
