"""The rounds of all cohorts that a coach leads, side by side."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, Response, flash, make_response, redirect, render_template
from flask import url_for as to
from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.pages import MenuItem
from coachhub.firms.hooks import MENU
from coachhub.firms.layout import here
from coachhub.introductions.models import Round
from coachhub.introductions.rounds import operations
from coachhub.introductions.rounds.stages import Stage, stage_of
from coachhub.permissions import Permission

bp = Blueprint("all_rounds", __name__, url_prefix="/f/<firm>/rounds")
_REFRESH_SECONDS = "3"


@dataclass(frozen=True)
class Line:
    """A cohort with its newest round, and how far that is."""

    cohort: Cohort
    round: Round | None
    stage: Stage | None


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the rounds of all cohorts to whoever leads some."""
    if not actor.may(Permission.RUN_ROUNDS) or here("rounds."):
        return []
    return [MenuItem("All rounds", to("all_rounds.index"), "ring", 42, here("all_rounds."))]


@bp.get("/")
@access(Permission.RUN_ROUNDS)
def index() -> Response:
    """List the cohorts that the coach leads, each with its newest round."""
    lines = lines_of(current_actor())
    page = make_response(render_template("introductions/rounds/many.html", lines=lines))
    if any(line.stage for line in lines):
        page.headers["Refresh"] = _REFRESH_SECONDS
    return page


@bp.post("/")
@access(Permission.RUN_ROUNDS)
def propose() -> Response:
    """Make a round in each cohort that has no draft."""
    made = operations.propose_for_all(current_actor())
    db.session.commit()
    if made:
        one = len(made) == 1
        flash(
            f"{'One round is' if one else f'{len(made)} rounds are'} being worked out.", "success"
        )
    else:
        flash("Every cohort has a draft already. Release or drop those first.", "info")
    return make_response(redirect(to("all_rounds.index"), 303))


def lines_of(actor: Actor) -> list[Line]:
    """Return the cohorts that somebody leads, each with its newest round that was not dropped."""
    cohorts = operations.cohorts_led(actor)
    rounds = db.session.scalars(
        select(Round)
        .where(Round.cohort_id.in_([one.id for one in cohorts]), Round.state != "dropped")
        .order_by(Round.number)
    )
    newest = {one.cohort_id: one for one in rounds}
    return [
        Line(cohort, found, stage_of(found) if found and found.state == "solving" else None)
        for cohort in cohorts
        for found in [newest.get(cohort.id)]
    ]
