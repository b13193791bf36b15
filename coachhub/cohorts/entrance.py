"""The cohort in an address, and what the person is in it.

To somebody who is neither enrolled in a cohort nor an admin of its firm, it does not exist.
"""

from __future__ import annotations

import dataclasses
from typing import Any

from flask import Flask, current_app, g
from sqlalchemy import ColumnElement, and_, select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.permissions import Standing


def init_app(app: Flask) -> None:
    """Put the cohort's door behind the firm's."""
    app.url_value_preprocessor(_take_cohort)
    app.url_defaults(_give_cohort)
    app.before_request(enter)


def _take_cohort(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.cohort_slug = values.pop("cohort", None) if values else None


def _give_cohort(endpoint: str, values: dict[str, Any]) -> None:
    cohort = g.get("cohort")
    if (
        cohort is not None
        and "cohort" not in values
        and current_app.url_map.is_endpoint_expecting(endpoint, "cohort")
    ):
        values["cohort"] = cohort.slug


def enter() -> None:
    """Find the cohort and add to ``g.actor`` what they are in it."""
    g.cohort = None
    if g.cohort_slug is None or g.firm is None:
        return
    row = db.session.execute(
        select(Cohort, Enrolment.role)
        .outerjoin(Enrolment, and_(Enrolment.cohort_id == Cohort.id, _is_in(g.actor)))
        .where(Cohort.slug == g.cohort_slug)
    ).first()
    found = _standing(row.role) if row is not None else frozenset()
    if row is None or not (found or Standing.ADMIN in g.actor.standings):
        g.missing = True
        return
    g.cohort = row.Cohort
    g.actor = dataclasses.replace(g.actor, standings=g.actor.standings | found)


def standings_in(actor: Actor, cohort: Cohort) -> frozenset[Standing]:
    """Return what the actor is in a cohort: member, coach, or nothing."""
    return _standing(
        db.session.scalar(
            select(Enrolment.role).where(Enrolment.cohort_id == cohort.id, _is_in(actor))
        )
    )


def _is_in(actor: Actor) -> ColumnElement[bool]:
    return and_(Enrolment.membership_id == actor.membership_id, Enrolment.state == "active")


def _standing(role: str | None) -> frozenset[Standing]:
    if role == "coach":
        return frozenset({Standing.COHORT_COACH})
    if role == "member":
        return frozenset({Standing.COHORT_MEMBER})
    return frozenset()
