"""A form that is sent twice is taken once, however it happens: a double click, a page reloaded.

Every form carries a fresh mark. Whoever takes a valid form writes down the mark with everything
that was typed, in the same transaction as what the form does. The second of two equal ones waits
for the first and is then led to where the first one led; text that was changed since is another
form, and what failed or was undone left no mark.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import secrets
import time
from urllib.parse import urlsplit

from flask import Flask, flash, g, redirect, request
from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.orm import Mapped, mapped_column
from werkzeug.wrappers import Response

from coachhub.core.db import Base, db, now
from coachhub.core.jobs import job
from coachhub.core.words import gettext

FIELD = "sent_once"
KEPT = dt.timedelta(days=1)
_NOT_TYPED = frozenset({"csrf_token"})
_LOOKS, _PAUSE = 20, 0.025  # the first of two leads on within moments of its commit


class SentForm(Base):
    """A form that was taken, and where its answer led."""

    __tablename__ = "core_sent_form"

    key: Mapped[str] = mapped_column(primary_key=True)
    led_to: Mapped[str] = mapped_column(default="")
    created_at: Mapped[dt.datetime] = mapped_column(default=now, index=True)


class SentBeforeError(Exception):
    """The same form has been taken before; the app answers with where that one led."""

    def __init__(self, key: str) -> None:
        """Name the form."""
        super().__init__("This form was sent twice.")
        self.key = key


def new_mark() -> str:
    """Return a fresh mark for a form that is shown."""
    return secrets.token_urlsafe(12)


def take() -> None:
    """Take the form of this request; raises SentBeforeError if it has been taken before.

    A form without a mark is taken as it comes.
    """
    if not request.form.get(FIELD) or g.get("sent_form"):
        return
    key = _key()
    taken = db.session.scalar(
        insert(SentForm)
        .values(key=key, led_to="", created_at=now())
        .on_conflict_do_nothing()
        .returning(SentForm.key)
    )
    if taken is None:
        raise SentBeforeError(key)
    g.sent_form = key


def init_app(app: Flask) -> None:
    """Let the app remember where forms lead, and answer those that were sent twice."""
    app.after_request(_remember)
    app.register_error_handler(SentBeforeError, _led_there)
    app.jinja_env.globals["new_mark"] = new_mark


@job("core.forget_sent_forms", every_minutes=360, for_platform=True)
def forget() -> None:
    """Forget the forms of yesterday."""
    db.session.execute(delete(SentForm).where(SentForm.created_at < now() - KEPT))


def _key() -> str:
    typed = sorted(
        (name, value)
        for name, values in request.form.lists()
        if name not in _NOT_TYPED
        for value in values
    )
    files = sorted(
        (name, file.filename or "", file.stream.seek(0, os.SEEK_END), file.stream.seek(0))
        for name, file in request.files.items(multi=True)
    )
    return hashlib.sha256(repr((request.path, typed, files)).encode()).hexdigest()


def _remember(response: Response) -> Response:
    key = g.pop("sent_form", "")
    if key and response.location:
        # What the view has not committed must not be committed here: then the mark is gone, too.
        db.session.rollback()
        db.session.execute(
            update(SentForm).where(SentForm.key == key).values(led_to=response.location)
        )
        db.session.commit()
    return response


def _led_there(error: SentBeforeError) -> Response:
    db.session.rollback()
    led_to = ""
    for _look in range(_LOOKS):
        led_to = db.session.scalar(select(SentForm.led_to).where(SentForm.key == error.key)) or ""
        if led_to:
            break
        db.session.rollback()
        time.sleep(_PAUSE)
    flash(gettext("You sent this twice. We took it once."), "info")
    # One slash in front: two would lead to another host.
    came_from = "/" + urlsplit(request.referrer or "").path.lstrip("/\\")
    return redirect(led_to or came_from, 303)
