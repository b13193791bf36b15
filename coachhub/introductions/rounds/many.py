"""The rounds of all cohorts that a coach leads, side by side."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request
from flask import url_for as to
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.cohorts.models import Cohort
from coachhub.core import follow
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, ngettext
from coachhub.firms.hooks import MENU
from coachhub.firms.layout import here
from coachhub.introductions import allies
from coachhub.introductions.models import Round
from coachhub.introductions.rounds import alliances
from coachhub.introductions.rounds.forms import AllianceForm
from coachhub.introductions.rounds.led import cohorts_led, propose_for_all
from coachhub.introductions.rounds.stages import Stage, stage_of
from coachhub.permissions import Permission

bp = Blueprint("all_rounds", __name__, url_prefix="/f/<firm>/rounds")


@dataclass(frozen=True)
class Line:
    """A cohort with its newest round, and how far that is."""

    cohort: Cohort
    round: Round | None
    stage: Stage | None


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the rounds of all cohorts to whoever leads some, and the switch to admins."""
    items: list[MenuItem] = []
    if g.get("cohort") is not None:
        return items
    if actor.may(Permission.RUN_ROUNDS):
        on_it = here("all_rounds.") and not here("all_rounds.switch")
        items.append(MenuItem(gettext("All rounds"), to("all_rounds.index"), "ring", 42, on_it))
    if actor.may(Permission.ADMINISTER):
        on_it = here("all_rounds.switch")
        items.append(
            MenuItem(gettext("Across cohorts"), to("all_rounds.switch"), "chain", 72, on_it)
        )
    return items


@bp.get("/")
@access(Permission.RUN_ROUNDS)
def index() -> Response:
    """List the cohorts that the coach leads, each with its newest round.

    A page that follows `solving` rounds is shown anew as soon as one of them is done.
    """
    lines = lines_of(current_actor())
    asked = alliances.asked_of(current_actor())
    solving = [line for line in lines if line.stage]
    page = render_template(
        "introductions/rounds/many.html", lines=lines, asked=asked, solving=solving
    )
    return follow.page(page, goes_on=request.args.get("solving", 0, int) == len(solving) > 0)


@bp.post("/")
@access(Permission.RUN_ROUNDS)
def propose() -> Response:
    """Make a round in each cohort that has no draft."""
    made = propose_for_all(current_actor())
    db.session.commit()
    if made:
        flash(
            ngettext(
                "One round is being worked out.", "%(num)s rounds are being worked out.", len(made)
            ),
            "success",
        )
    else:
        flash(gettext("Every cohort has a draft already. Release or drop those first."), "info")
    return redirect(to("all_rounds.index"), 303)


@bp.get("/<uuid:round_id>/with/<uuid:cohort_id>")
@access(Permission.RUN_ROUNDS)
def guest(round_id: UUID, cohort_id: UUID) -> str:
    """Show a guest's coach the steps of a round that touch their members."""
    view = alliances.guest_view(current_actor(), round_id, cohort_id)
    return render_template("introductions/rounds/guest.html", view=view)


@bp.post("/<uuid:round_id>/with/<uuid:cohort_id>/join")
@access(Permission.RUN_ROUNDS)
def join(round_id: UUID, cohort_id: UUID) -> Response:
    """Let one's cohort take part in another cohort's round."""
    alliances.join(current_actor(), round_id, cohort_id)
    db.session.commit()
    flash(gettext("Your cohort takes part. You can leave until the round is released."), "success")
    return redirect(to("all_rounds.index"), 303)


@bp.post("/<uuid:round_id>/with/<uuid:cohort_id>/leave")
@access(Permission.RUN_ROUNDS)
def leave(round_id: UUID, cohort_id: UUID) -> Response:
    """Say no for one's cohort, or take its yes back."""
    alliances.leave(current_actor(), round_id, cohort_id)
    db.session.commit()
    flash(gettext("Your cohort does not take part."), "success")
    return redirect(to("all_rounds.index"), 303)


@bp.route("/alliances", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def switch() -> str | Response | tuple[str, int]:
    """Say whether cohorts of the firm exchange with each other."""
    form = AllianceForm(alliances=allies.switch())
    if form.validate_on_submit():
        allies.set_switch(current_actor(), form.alliances.data)
        db.session.commit()
        flash(gettext("Saved."), "success")
        return redirect(to("all_rounds.switch"), 303)
    page = render_template("introductions/rounds/alliances.html", form=form)
    return page, 422 if form.is_submitted() else 200


def lines_of(actor: Actor) -> list[Line]:
    """Return the cohorts that somebody leads, each with its newest round that was not dropped."""
    cohorts = cohorts_led(actor)
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
