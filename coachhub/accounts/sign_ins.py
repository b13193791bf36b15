"""Each sign-in on each device: written down, shown to its owner, ended one by one.

The cookie holds a key of 256 random bits, the database its hash. A cookie whose key is not good any
more signs nobody in, however it was kept: signing out ends it for good. The key changes whenever
somebody shows once more that it is them. Cookies from before there were keys have none; they end by
their age.
"""

from __future__ import annotations

import datetime as dt
import re
from typing import Any, cast
from uuid import UUID

from flask import Flask, Response, g, request, session
from flask_login import current_user, user_logged_out
from sqlalchemy import and_, delete, select, update

from coachhub.accounts.models import Person, SignIn
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.jobs import job
from coachhub.core.tokens import hashed, new_token
from coachhub.core.words import gettext

KEY = "sign_in"
NOTE_EVERY = dt.timedelta(minutes=5)
KEPT = dt.timedelta(days=30)  # more than twice as long as a sign-in lasts
_BROWSERS = (
    ("Edge", r"Edg(A|iOS)?/"), ("Opera", r"OPR/"), ("Samsung Internet", r"SamsungBrowser/"),
    ("Firefox", r"Firefox/|FxiOS/"), ("Chrome", r"Chrome/|CriOS/"), ("Safari", r"Safari/"),
)  # fmt: skip
_SYSTEMS = (
    ("iPhone", r"iPhone"), ("iPad", r"iPad"), ("Android", r"Android"), ("Windows", r"Windows"),
    ("Mac", r"Macintosh"), ("Chromebook", r"CrOS"), ("Linux", r"Linux"),
)  # fmt: skip


def init_app(app: Flask) -> None:
    """Write down what begins and ends in the requests of an app."""
    app.after_request(_write)
    # Blinker keeps weak references: this is a function of the module, which stays.
    user_logged_out.connect(_ends, app)


def whose(uniquifier: str) -> Person | None:
    """Return whose session the request comes with; their sign-in is read in the same statement."""
    query = select(Person).where(Person.fs_uniquifier == uniquifier)
    if KEY not in session:
        return db.session.scalar(query)
    key = hashed(str(session[KEY]))
    mine = and_(SignIn.person_id == Person.id, SignIn.key_hash == key, SignIn.ended_at.is_(None))
    row = db.session.execute(query.add_columns(SignIn).outerjoin(SignIn, mine)).first()
    if row is None:
        return None
    person: Person = row.Person
    g.read_sign_in = (person.id, key, row.SignIn)
    return person


def begin(person: Person) -> None:
    """Give the present sign-in a key; it is written down when the request is done."""
    _ends()
    g.begun = person
    session[KEY] = new_token()


def is_over() -> bool:
    """Say whether the key of the present sign-in is good no more; note now and then its use."""
    if KEY not in session or g.get("begun"):
        return False
    found = _present()
    if found is None:
        del session[KEY]  # not this person's to end
        return True
    g.sign_in_id = found.id
    if now() - found.seen_at > NOTE_EVERY:
        found.seen_at = now()
        db.session.commit()
    return False


def renew() -> None:
    """Give the present sign-in another key, after its owner showed once more that it is them."""
    if KEY in session and not g.get("begun"):
        g.renewed = (str(session[KEY]), new_token())
        session[KEY] = g.renewed[1]


def of(person: Person) -> list[SignIn]:
    """Return the sign-ins of a person that are good still, the last used first."""
    query = (
        select(SignIn)
        .where(
            SignIn.person_id == person.id,
            SignIn.of_hash == hashed(person.fs_uniquifier),
            SignIn.ended_at.is_(None),
            SignIn.created_at > now() - KEPT,
        )
        .order_by(SignIn.seen_at.desc())
    )
    return list(db.session.scalars(query))


def find(person: Person, sign_in_id: UUID) -> SignIn:
    """Return one of a person's sign-ins; raises NotFoundError for another's or one that is over."""
    found = next((one for one in of(person) if one.id == sign_in_id), None)
    if found is None:
        raise NotFoundError
    return found


def end(sign_in: SignIn) -> None:
    """End a sign-in: its device is asked to sign in again at the next click."""
    sign_in.ended_at = now()
    db.session.flush()


def browser(told: str) -> str:
    """Return in words what a browser says of itself, as in ``Firefox on Windows``."""
    name = next((name for name, sign in _BROWSERS if re.search(sign, told)), gettext("A browser"))
    system = next((name for name, sign in _SYSTEMS if re.search(sign, told)), "")
    return gettext("%(name)s on %(system)s", name=name, system=system) if system else name


@job("accounts.forget_sign_ins", every_minutes=30, for_platform=True)
def FORGET() -> None:  # noqa: N802 - a job is a constant of its room
    """Forget sign-ins that can be good no more."""
    db.session.execute(delete(SignIn).where(SignIn.seen_at < now() - KEPT))


def _present() -> SignIn | None:
    key = hashed(str(session[KEY]))
    whose, read, found = g.pop("read_sign_in", (None, "", None))
    if (whose, read) == (current_user.id, key):
        return cast("SignIn | None", found)
    return db.session.scalar(
        select(SignIn).where(
            SignIn.key_hash == key,
            SignIn.person_id == current_user.id,
            SignIn.ended_at.is_(None),
        )
    )


def _ends(*_sender: Flask, **_more: Any) -> None:
    g.pop("begun", None)
    if KEY in session:
        g.ended = [*g.get("ended", ()), str(session.pop(KEY))]


def _write(response: Response) -> Response:
    begun, ended, renewed = g.pop("begun", None), g.pop("ended", ()), g.pop("renewed", None)
    if not (begun or ended or renewed):
        return response
    # What the view has not committed must not be committed here.
    db.session.rollback()
    if ended:
        keys = [hashed(key) for key in ended]
        db.session.execute(update(SignIn).where(SignIn.key_hash.in_(keys)).values(ended_at=now()))
    if renewed:
        old, new = map(hashed, renewed)
        db.session.execute(update(SignIn).where(SignIn.key_hash == old).values(key_hash=new))
    if begun and KEY in session:
        db.session.add(
            SignIn(
                person_id=begun.id,
                key_hash=hashed(str(session[KEY])),
                of_hash=hashed(begun.fs_uniquifier),
                browser=browser(request.user_agent.string),
                seen_at=now(),
            )
        )
    db.session.commit()
    if ended and not begun:
        # Whoever sits down here next finds nothing in the browser's store. Whose time ran out finds
        # what they were writing: it is kept in their tab, for them alone, see `drafts.js`.
        stores = '"cache"' if g.get("timed_out") else '"cache", "storage"'
        response.headers["Clear-Site-Data"] = stores
    return response
