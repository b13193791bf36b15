"""Where rounds join in elsewhere: the coach's dashboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from flask import get_template_attribute
from markupsafe import Markup
from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on

from coachhub.cohorts.hooks import DASHBOARD_PANEL
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import members_of, places_of
from coachhub.core.access import Actor, current_actor
from coachhub.core.db import db, now
from coachhub.core.links import path
from coachhub.core.words import gettext
from coachhub.firms.hooks import HOME, HomeItem
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.queries import newest_round
from coachhub.permissions import Permission, Standing

_MOST = 3
_FEWEST = 3  # members, below which a round says little
_EVERY = dt.timedelta(days=6)


@DASHBOARD_PANEL.from_room
def what_would_help(cohort: Cohort) -> Markup | None:
    """Tell the coach which one new asset would have helped the newest round most."""
    newest = newest_round(cohort)
    if newest is None or not newest.unlocks:
        return None
    may = current_actor().may(Permission.RUN_ROUND)
    address = path("rounds.help_most", cohort=cohort.slug) if may else ""
    panel = get_template_attribute("introductions/rounds/unlocks.html", "unlock_panel")
    return Markup(panel(newest.unlocks[:_MOST], address))  # noqa: S704 - a template escaped it


@HOME.from_room
def home(actor: Actor) -> list[HomeItem]:
    """Lead a coach to the draft that waits for them, or to the next round once it is time."""
    if actor.membership_id is None or Standing.COACH not in actor.standings:
        return []
    led = [
        cohort
        for cohort, enrolment in places_of([actor.membership_id]).get(actor.membership_id, ())
        if enrolment.role == "coach"
    ]
    newest = _newest([cohort.id for cohort in led])
    items = []
    for cohort in led:
        item = _round_item(cohort, newest.get(cohort.id))
        items += [item] if item else []
    return items


def _newest(cohort_ids: Sequence[UUID]) -> dict[UUID, Round]:
    """Return each cohort's newest round that was not put away; one statement."""
    rows = db.session.scalars(
        select(Round)
        .where(Round.cohort_id.in_(cohort_ids), Round.state != "dropped")
        .order_by(Round.cohort_id, Round.number.desc())
        .ext(distinct_on(Round.cohort_id))
    )
    return {row.cohort_id: row for row in rows}


def _round_item(cohort: Cohort, newest: Round | None) -> HomeItem | None:
    if newest is not None and newest.state != "released":
        return HomeItem(
            title=gettext("Round %(number)s waits for you", number=newest.number),
            text=gettext(
                "A draft for %(cohort)s. Look at it and release it; nobody is asked before.",
                cohort=cohort.name,
            ),
            url=path("rounds.show", cohort=cohort.slug, round_id=newest.id),
            action=gettext("Look at it"),
            icon="ring",
            order=8,
            minutes=3,
        )
    if newest is not None and newest.released_at and now() - newest.released_at < _EVERY:
        return None
    if len(members_of(cohort)) < _FEWEST:
        return None
    return HomeItem(
        title=gettext("Time for a round in %(cohort)s", cohort=cohort.name),
        text=gettext("It picks the best introductions; you look at them before anybody is asked."),
        url=path("rounds.index", cohort=cohort.slug),
        action=gettext("Make one"),
        icon="ring",
        order=12,
        minutes=3,
    )
