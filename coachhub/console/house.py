"""The house, for the firm's admins: its rules in its own words, and when it is at work."""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.console.house_forms import FirstPostsForm, HoursForm, HouseRuleForm
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.pages import MenuItem
from coachhub.core.words import day, gettext
from coachhub.firms.hooks import MENU, VISITORS_MENU
from coachhub.firms.layout import here
from coachhub.moderation import house, operations, queries
from coachhub.moderation.rules import BY_CODE, HouseRule
from coachhub.permissions import Permission

bp = Blueprint("house", __name__, url_prefix="/f/<firm>/console/house")
Page = str | Response | tuple[str, int]
CODES = ", ".join(BY_CODE)
WORDS = ("title", "meaning", "advice")
MONDAY = dt.date(2026, 1, 5)  # any will do: days of the week are named by it


@MENU.from_room
@VISITORS_MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the firm's admins their house."""
    if not actor.may(Permission.ADMINISTER):
        return []
    return [
        MenuItem(
            gettext("House rules"), url_for("house.index"), "shield", 81, active=here("house.")
        )
    ]


@bp.get("/")
@access(Permission.ADMINISTER)
def index() -> str:
    """Show the rules, those that are off too, and the business hours."""
    hours = house.hours()
    return render_template(
        "console/house.html",
        rules=house.all_rules(),
        hours=hours,
        first_posts=queries.first_posts(g.firm),
        days=[day(MONDAY + dt.timedelta(days=one), "EEE") for one in sorted(hours.weekdays)],
    )


@bp.route(f"/rules/<any({CODES}):code>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def rule(code: str) -> Page:
    """Word a rule anew, switch it on or off, say whether safety is at stake."""
    found = house.by_code()[code]
    form = HouseRuleForm(
        data=asdict(found) | {name: gettext(getattr(found, name)) for name in WORDS}
    )
    if form.validate_on_submit():
        changed = HouseRule(
            code=code,
            title=_kept(form.title.data or "", found.title),
            meaning=_kept(form.meaning.data or "", found.meaning),
            advice=_kept(form.advice.data or "", found.advice),
            safety=form.safety.data,
            is_on=form.is_on.data,
        )
        try:
            house.change_rule(current_actor(), changed)
        except DomainError as error:
            db.session.rollback()
            form.is_on.errors = [str(error)]
        else:
            db.session.commit()
            flash(gettext("Saved. It holds from now on."), "success")
            return redirect(url_for("house.index"), 303)
    page = render_template("console/house_rule.html", form=form, rule=found, first=BY_CODE[code])
    return page, 422 if form.is_submitted() else 200


def _kept(typed: str, before: str) -> str:
    """Return what was typed; what only stands there in the reader's language stays as it was."""
    return before if typed == gettext(before) else typed


@bp.route("/hours", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def hours() -> Page:
    """Say when the firm is at work, and where: due times count these hours alone."""
    now = house.hours()
    form = HoursForm(
        data={
            "zone": now.zone,
            "begins": now.begins,
            "ends": now.ends,
            "weekdays": sorted(now.weekdays),
            "free": now.free,
        }
    )
    if form.validate_on_submit():
        try:
            house.set_hours(current_actor(), form.hours())
        except DomainError as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            db.session.commit()
            flash(gettext("Saved. What is due already stays due when it was."), "success")
            return redirect(url_for("house.index"), 303)
    page = render_template("console/hours.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/first-posts", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def first_posts() -> Page:
    """Choose how many first posts of new members wait until a moderator has looked."""
    form = FirstPostsForm(data={"count": queries.first_posts(g.firm)})
    if form.validate_on_submit():
        operations.set_first_posts(current_actor(), g.firm, form.count.data or 0)
        db.session.commit()
        flash(gettext("Saved. It holds for who joins from now on."), "success")
        return redirect(url_for("house.index"), 303)
    page = render_template("console/first_posts.html", form=form)
    return page, 422 if form.is_submitted() else 200
