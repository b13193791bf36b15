"""What the pages of the huddle share: the blueprint, and the things in their addresses."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, url_for
from flask_login import current_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.core.access import current_actor
from coachhub.core.db import db
from coachhub.permissions import Permission
from coachhub_huddle import joins, queries, weeks
from coachhub_huddle.forms import KIND_LABELS
from coachhub_huddle.models import Huddle, Series

bp = Blueprint("huddle", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]


@bp.context_processor
def words() -> dict[str, object]:
    """Give the templates the clock of the cohort's huddles and the words for homework."""
    return {
        "when": when,
        "clock_of": weeks.clock,
        "weekdays": weeks.weekdays(),
        "zone_name": weeks.zone_name,
        "how_long": joins.how_long,
        "kind_labels": KIND_LABELS,
    }


def when(huddle: Huddle) -> str:
    """Return day and time on the reader's own clock."""
    zone = getattr(current_user, "timezone", "UTC")
    date = weeks.local_day(huddle.starts_at, zone)
    return f"{weeks.whole_day(date)}, {weeks.clock(huddle.starts_at, zone)}"


def leads() -> bool:
    """Say whether who looks leads the cohort."""
    return current_actor().may(Permission.RUN_ROUND)


def the_huddle(huddle_id: UUID) -> tuple[Series, Huddle]:
    """Return a huddle of the address's cohort, with its series."""
    huddle = queries.huddle_of(g.cohort, huddle_id)
    series = db.session.scalars(select(Series).where(Series.id == huddle.series_id)).one()
    return series, huddle


def back_to(endpoint: str, sentence: str = "", **values: object) -> Response:
    """Commit, say a sentence, and lead on."""
    db.session.commit()
    if sentence:
        flash(sentence, "success")
    return redirect(url_for(f"huddle.{endpoint}", **values), 303)  # type: ignore[arg-type]
