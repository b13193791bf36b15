"""Where Outcomes joins in. A function that raises contributes nothing and breaks nothing."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import delete, select

from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.firms.hooks import HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub_outcomes.models import Note


def menu(_actor: Actor) -> Sequence[MenuItem]:
    """Show the notes in the menu."""
    return [
        MenuItem(
            "Outcomes",
            path("outcomes.notes"),
            "note",
            70,
            active=here("outcomes."),
        ),
    ]


def home(actor: Actor) -> Sequence[HomeItem]:
    """Invite whoever has no note yet."""
    if db.session.scalar(select(Note.id).where(Note.owner_id == actor.membership_id)):
        return []
    return [
        HomeItem(
            title="Write your first note",
            text="Nobody else sees it.",
            url=path("outcomes.notes"),
            action="Write it",
            icon="note",
            order=90,
        )
    ]


def member_left(membership: Membership) -> None:
    """Take a leaver's notes away."""
    db.session.execute(delete(Note).where(Note.owner_id == membership.id))
