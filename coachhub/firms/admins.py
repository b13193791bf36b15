"""A firm's admins, as whoever writes to them needs them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core.db import db
from coachhub.firms.models import Membership


@dataclass(frozen=True)
class Admin:
    """Who runs the firm: `id` is the membership's, `language` a key of `words.LANGUAGES`."""

    id: UUID
    name: str
    email: str
    language: str


def admins(*, since_before: dt.datetime | None = None) -> list[Admin]:
    """Return the active admins of the firm whose scope is open.

    With `since_before`, only those who had come before that moment.
    """
    found = (
        select(Membership.id, Membership.name, Person.email, Person.language)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.role == "admin", Membership.state == "active")
        .order_by(Membership.id)
    )
    if since_before:
        found = found.where(Membership.created_at < since_before)
    return [Admin(*row) for row in db.session.execute(found)]
