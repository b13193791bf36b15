"""Tries at what is not somebody's or not there: counted in the database, told when there are many.

A foreign thing and a missing one look the same, to us too: each page with a firm or an id in its
address that a signed-in person gets a 404 for is one try. Twenty of them in ten minutes are no
mistyping: an alert stands on the staff desk, and staff get mail. The count is the database's, so
it holds however many processes answer.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Flask, Response, request
from flask_login import current_user
from sqlalchemy import delete, func, select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Alert, Person, Try
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.jobs import job
from coachhub.core.links import absolute
from coachhub.mail.outbox import queue_account_mail, rendered

MANY = 20
WITHIN = dt.timedelta(minutes=10)
KEPT = dt.timedelta(days=30)
_NOT_FOUND = 404


def init_app(app: Flask) -> None:
    """Count after every answer that found nothing."""
    app.after_request(_count)


def alerts() -> list[tuple[Alert, Person]]:
    """Return the alerts that nobody has looked at, the newest first."""
    rows = db.session.execute(
        select(Alert, Person)
        .join(Person, Person.id == Alert.person_id)
        .where(Alert.looked_at.is_(None))
        .order_by(Alert.last_at.desc())
    )
    return [(row[0], row[1]) for row in rows]


def tries_of(person_id: UUID, limit: int = 100) -> list[Try]:
    """Return what somebody tried, the newest first."""
    query = select(Try).where(Try.person_id == person_id).order_by(Try.created_at.desc())
    return list(db.session.scalars(query.limit(limit)))


def find(alert_id: UUID) -> Alert:
    """Return an alert; raises NotFoundError."""
    found = db.session.get(Alert, alert_id)
    if found is None:
        raise NotFoundError
    return found


def looked_at(actor: Actor, alert: Alert) -> None:
    """Take an alert off the desk; the next twenty tries raise another."""
    alert.looked_at = now()
    db.session.flush()
    audit.record_at_desk(actor, "tries.looked_at", kind="alert", subject=alert.id)


@job("accounts.forget_tries", every_minutes=30, for_platform=True)
def FORGET() -> None:  # noqa: N802 - a job is a constant of its room
    """Forget what was tried a month ago."""
    db.session.execute(delete(Try).where(Try.created_at < now() - KEPT))


def note(person_id: UUID, page: str) -> None:
    """Count one try of a person; raise the alert with the twentieth. Commits nothing."""
    # One after the other: of two at once, each would miss the other, and the twentieth go unseen.
    db.session.execute(
        select(Person.id).where(Person.id == person_id).with_for_update(key_share=True)
    )
    db.session.add(Try(person_id=person_id, page=page[:300]))
    db.session.flush()
    moment = now()
    looked = select(func.max(Alert.looked_at)).where(Alert.person_id == person_id)
    since = max(moment - WITHIN, db.session.scalar(looked) or moment - WITHIN)
    number = db.session.scalar(
        select(func.count()).where(Try.person_id == person_id, Try.created_at > since)
    )
    if not number or number < MANY:
        return
    row = insert(Alert).values(
        id=uuid7(), created_at=moment, person_id=person_id, tries=number, last_at=moment
    )
    raised = db.session.execute(
        row.on_conflict_do_update(
            index_elements=["person_id"],
            index_where=Alert.looked_at.is_(None),
            set_={"tries": Alert.tries + 1, "last_at": moment},
        ).returning(Alert.created_at == moment)
    ).scalar_one()
    if raised:
        _tell_staff(person_id, number)


def _count(response: Response) -> Response:
    if response.status_code != _NOT_FOUND or request.endpoint is None:
        return response
    asked = request.view_args or {}
    # The firm has been taken out of the view's arguments by now.
    names_something = any(isinstance(one, UUID) for one in asked.values())
    in_a_firm = request.path.startswith("/f/")
    if not (names_something or in_a_firm) or not current_user.is_authenticated:
        return response
    # What the view did is undone already; only the count is kept.
    db.session.rollback()
    note(current_user.id, f"{request.method} {request.path}")
    db.session.commit()
    return response


def _tell_staff(person_id: UUID, number: int) -> None:
    person = db.session.get_one(Person, person_id)
    context = {"person": person, "number": number, "url": absolute("staff.desk")}
    subject, text, html = rendered("many-tries", context)
    for address in db.session.scalars(
        select(Person.email).where(Person.is_staff, Person.active).order_by(Person.email)
    ):
        queue_account_mail("many-tries", subject, address, text, html)
