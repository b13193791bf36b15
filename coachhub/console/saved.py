"""Views of the queue that moderators keep: their own, and those shared in the firm."""

from __future__ import annotations

from uuid import UUID

from sqlalchemy import func, or_, select

from coachhub.console.models import SavedView
from coachhub.console.queue import Filters
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.permissions import Permission

LONGEST, MOST = 60, 30


def views_for(actor: Actor) -> list[SavedView]:
    """Return one's own views and the firm's shared ones, by name."""
    mine = SavedView.owner_id == actor.membership_id
    query = select(SavedView).where(or_(mine, SavedView.shared)).order_by(SavedView.name)
    return list(db.session.scalars(query))


def keep_view(actor: Actor, name: str, filters: Filters, *, shared: bool) -> SavedView:
    """Keep filters under a name; one of that name that one has already is written over.

    Raises DomainError for no name, no filters, or too many views.
    """
    if not name or len(name) > LONGEST:
        raise DomainError(
            gettext(
                "Please give the view a name, of up to %(LONGEST)s characters.", LONGEST=LONGEST
            )
        )
    if not filters.address():
        raise DomainError(gettext("Choose what the view shows first: nothing is filtered yet."))
    owned = select(SavedView).where(SavedView.owner_id == actor.member_id())
    row = db.session.scalar(owned.where(SavedView.name == name))
    if row is None:
        count = db.session.scalar(select(func.count()).select_from(owned.subquery())) or 0
        if count >= MOST:
            raise DomainError(gettext("You have %(MOST)s views. Please drop one first.", MOST=MOST))
        row = SavedView(owner_id=actor.member_id(), name=name)
        db.session.add(row)
    row.filters, row.shared = filters.address(), shared
    db.session.flush()
    audit.record(actor, "view.kept", kind="saved_view", subject=row.id, label=name, shared=shared)
    return row


def drop_view(actor: Actor, view_id: UUID) -> None:
    """Drop a view of one's own; an admin drops anybody's shared one, too."""
    row = db.session.scalar(select(SavedView).where(SavedView.id == view_id))
    if row is None:
        raise NotFoundError
    by_admin = row.shared and actor.may(Permission.ADMINISTER)
    if row.owner_id != actor.membership_id and not by_admin:
        raise NotFoundError
    db.session.delete(row)
    audit.record(actor, "view.dropped", kind="saved_view", subject=view_id, label=row.name)
    db.session.flush()
