"""Pages of moderation for members; the moderators' pages are in the console."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.moderation import guard_joins, house, jobs, joins, operations, queries, wording
from coachhub.moderation.forms import AppealForm, ReportForm
from coachhub.moderation.hooks import find_reportable
from coachhub.moderation.models import SHOWN
from coachhub.moderation.queries.figures import PERIODS
from coachhub.moderation.queries.figures import figures as figures_of
from coachhub.permissions import Permission

_THANKS = gettext_noop("Thank you. A moderator looks at it, and you will hear what they decide.")
_HELD = gettext_noop(
    "This was reported already. Nobody sees it until a moderator has looked at it."
)
_TAKEN_DOWN = gettext_noop("This was taken down already. Nobody sees it any more.")
Page = str | Response | tuple[str, int]
bp = Blueprint("moderation", __name__, url_prefix="/f/<firm>")
JOINED = joins.export, jobs.tell, guard_joins.export  # they listen once this module is loaded


@bp.route("/report/<kind>/<uuid:post_id>", methods=["GET", "POST"])
@access(Permission.SEE_FIRM)
def report_form(kind: str, post_id: UUID) -> str | Response | tuple[str, int]:
    """Let a member say that something is wrong with a post."""
    thing = operations.readable(current_actor(), kind, post_id)
    form = ReportForm()
    if form.validate_on_submit():
        try:
            operations.report(
                current_actor(), kind, post_id, form.reason.data, form.note.data or ""
            )
        except operations.NotNeededError as error:
            db.session.rollback()
            flash(str(error), "info")
        else:
            db.session.commit()
            flash(gettext(_THANKS), "success")
        return redirect(thing.url, 303)
    if thing.state not in SHOWN:
        # The page would show the very words that were put out of sight.
        is_held = thing.state == "quarantined"
        flash(gettext(_HELD) if is_held else gettext(_TAKEN_DOWN), "info")
        return redirect(thing.url, 303)
    notes = {rule.code: gettext(rule.meaning) for rule in house.rules()}
    page = render_template("moderation/report.html", form=form, thing=thing, notes=notes)
    return page, 422 if request.method == "POST" else 200


@bp.get("/my-texts")
@access(Permission.MANAGE_OWN_THINGS)
def mine() -> str:
    """Show a member what was decided about their texts, and what became of their reports."""
    member_id = current_actor().member_id()
    return render_template(
        "moderation/mine.html",
        decided=[(one, _mend_url(one)) for one in queries.decided_about(member_id)],
        reports=queries.own_reports(member_id),
        strikes=queries.strikes_of(member_id),
        words=wording,
    )


@bp.route("/my-texts/<uuid:decision_id>", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def decided(decision_id: UUID) -> Page:
    """Show an author one decision, and let them ask for a second look."""
    found = queries.decided_about(current_actor().member_id(), decision_id)
    if not found:
        raise NotFoundError
    form = AppealForm()
    if form.validate_on_submit():
        operations.appeal(current_actor(), found[0].decision, form.text.data or "")
        db.session.commit()
        flash(gettext("Thank you. Somebody else looks at it and writes to you."), "success")
        return redirect(url_for(".decided", decision_id=decision_id), 303)
    page = render_template(
        "moderation/decided.html",
        one=found[0],
        mend_url=_mend_url(found[0]),
        form=form,
        words=wording,
        at=now(),
    )
    return page, 422 if request.method == "POST" else 200


@bp.route("/second-look/<token>", methods=["GET", "POST"])
@access(Permission.OPEN_LINK)
def second_look(token: str) -> Page:
    """Let an author ask for a second look under a link: the firm may be closed to them."""
    found = queries.decided_by_link(token)
    if found is None:
        raise NotFoundError(gettext("This link is no longer good."))
    form = AppealForm()
    if form.validate_on_submit():
        operations.appeal(found.author(), found.decision, form.text.data or "")
        db.session.commit()
        flash(gettext("Thank you. Somebody else looks at it and writes to you."), "success")
        return redirect(url_for(".second_look", token=token), 303)
    page = render_template(
        "moderation/second_look.html", one=found, form=form, words=wording, at=now()
    )
    return page, 422 if request.method == "POST" else 200


def _mend_url(one: queries.DecidedText) -> str:
    """Return where the author mends a text that was given back to them; empty if it is not."""
    if one.decision.effect != "returned" or one.decision.mended_at:
        return ""
    thing = find_reportable(one.case.target_kind, one.case.target_id)
    return (thing.mend_url or thing.url) if thing else ""


@bp.get("/house-rules")
@access(Permission.SEE_FIRM)
def house_rules() -> str:
    """Show everybody the rules of the house, and how they are kept."""
    return render_template("moderation/house_rules.html", rules=house.rules(), hours=house.hours())


@bp.get("/house-rules/figures")
@access(Permission.SEE_FIRM)
def figures() -> str:
    """Show everybody how the rules are kept, in figures that name nobody."""
    days = request.args.get("days", "90")
    days = days if days in PERIODS else "90"
    since = now() - dt.timedelta(days=int(days)) if days != "0" else None
    return render_template(
        "moderation/figures.html", found=figures_of(since), days=days, periods=PERIODS,
        rules=house.by_code(),
    )  # fmt: skip
