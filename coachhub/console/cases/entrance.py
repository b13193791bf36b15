"""The door of the moderators' pages: whose cases one sees, and what is not there for them."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, request, url_for
from sqlalchemy import ColumnElement, Select, select

from coachhub.cohorts.models import Enrolment
from coachhub.console import queue
from coachhub.console.queue import Filters
from coachhub.core import audit
from coachhub.core.access import Actor, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, ngettext
from coachhub.firms.hooks import HOME, MENU, NUMBERS, VISITORS_MENU, HomeItem
from coachhub.firms.layout import here
from coachhub.firms.numbers import number
from coachhub.moderation import queries
from coachhub.moderation.models import Case
from coachhub.permissions import Permission, Standing

bp = Blueprint("cases", __name__, url_prefix="/f/<firm>/console/cases")


@MENU.from_room
@VISITORS_MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show moderators their queue, with how many wait."""
    if not actor.may(Permission.MODERATE):
        return []
    waiting = number("cases.waiting")
    line = MenuItem(
        gettext("Moderation"),
        url_for("cases.index"),
        "flag",
        80,
        active=here("cases."),
        badge=waiting,
    )
    return [line]


@NUMBERS.from_room
def numbers(actor: Actor) -> dict[str, ColumnElement[Any]]:
    """Count the cases that wait for a moderator."""
    may = actor.may(Permission.MODERATE)
    return {"cases.waiting": queue.waiting(_led_by(actor))} if may else {}


@HOME.from_room
def home(actor: Actor) -> list[HomeItem]:
    """Put what waits for a decision on a moderator's home page: the case itself, if it is one."""
    if not actor.may(Permission.MODERATE):
        return []
    some, many = queue.first_waiting(cohorts_of(actor))
    if some is None:
        return []
    one = many == 1
    return [
        HomeItem(
            title=ngettext(
                "%(num)d case waits for a decision", "%(num)d cases wait for a decision", many
            ),
            text=some.label or gettext("Something that members reported."),
            url=path("cases.show", case_id=some.id) if one else path("cases.index"),
            action=gettext("Decide it") if one else gettext("Open the queue"),
            icon="flag",
            order=4,
            minutes=1,
        )
    ]


def cohorts_of(actor: Actor) -> list[UUID] | None:
    """Return the cohorts whose cases an actor may see; None for all of the firm."""
    led = _led_by(actor)
    return None if led is None else list(db.session.scalars(led))


def _led_by(actor: Actor) -> Select[UUID] | None:
    if Standing.ADMIN in actor.standings:
        return None
    return select(Enrolment.cohort_id).where(
        Enrolment.membership_id == actor.membership_id,
        Enrolment.role == "coach",
        Enrolment.state == "active",
    )


def queue_url(filters: Filters, **more: Any) -> str:
    """Return the queue's address as filters have it."""
    values: dict[str, Any] = {**filters.address(), **more}
    return url_for("cases.index", **values)


def case_here(case_id: UUID) -> Case:
    """Return a case that the visitor may see.

    Whoever asks for another firm's, another cohort's, or one that there never was, hears that it
    is not there; that they asked is written down.
    """
    try:
        return queries.find_case(case_id, cohorts_of(current_actor()))
    except NotFoundError:
        attempted([case_id])
        raise


def attempted(case_ids: list[UUID]) -> None:
    """Write down that somebody asked for cases that are not theirs to see, and commit it."""
    db.session.rollback()
    for case_id in case_ids:
        audit.record(
            current_actor(), "case.refused", kind="case", subject=case_id, how=request.method
        )
    db.session.commit()
