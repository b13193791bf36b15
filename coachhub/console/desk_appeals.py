"""Appeals that nobody else in a firm could answer: staff read the evidence, and nothing else."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.console.cases.forms import VERDICTS, AppealForm
from coachhub.core import audit
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tenancy import scope
from coachhub.core.words import gettext
from coachhub.firms.models import Firm
from coachhub.moderation import house, operations, queries
from coachhub.moderation.operations import Answer, Ruling
from coachhub.moderation.queries import AppealLine
from coachhub.permissions import Permission

bp = Blueprint("desk_appeals", __name__, url_prefix="/staff/appeals")
Page = str | Response | tuple[str, int]


@bp.get("/")
@access(Permission.RUN_PLATFORM)
def index() -> str:
    """List the appeals that wait at the desk, over all firms, the soonest due first."""
    waiting = []
    for firm in db.session.scalars(select(Firm).where(Firm.active).order_by(Firm.name)).all():
        with scope(firm.id):
            waiting += [
                (one.appeal.due_at, firm, one.appeal.id) for one in queries.appeals_at_desk()
            ]
    waiting.sort(key=lambda one: one[0])
    return render_template("staff/appeals.html", waiting=waiting)


@bp.route("/<uuid:firm_id>/<uuid:appeal_id>", methods=["GET", "POST"])
@access(Permission.RUN_PLATFORM)
def answer(firm_id: UUID, appeal_id: UUID) -> Page:
    """Show one appeal with its evidence, and answer it. That it was read is written down."""
    firm = db.session.get(Firm, firm_id)
    if firm is None:
        raise NotFoundError
    with scope(firm.id):
        line = _waiting(appeal_id)
        form = AppealForm()
        if form.validate_on_submit():
            chosen = _answer(form, line)
            try:
                operations.answer_appeal(current_actor(), line.appeal, form.seen_version(), chosen)
            except DomainError as error:
                db.session.rollback()
                line = _waiting(appeal_id)
                form.form_errors.append(str(error))
            else:
                db.session.commit()
                flash(gettext("Answered. The author reads it in a moment."), "success")
                return redirect(url_for("desk_appeals.index"), 303)
        elif not form.is_submitted():
            whose = [line.case.author_id] if line.case.author_id else []
            audit.seen(current_actor(), "author", kind="case", subject=line.case.id, whose=whose)
            db.session.commit()
            line = _waiting(appeal_id)
            form.version.data = str(line.case.version)
        page = render_template(
            "staff/appeal.html",
            one=line,
            where=firm,
            form=form,
            rule=house.by_code().get(line.decision.rule),
            words={value: words for value, words, _means in VERDICTS},
        )
    return page, 422 if form.is_submitted() else 200


def _waiting(appeal_id: UUID) -> AppealLine:
    found = next((one for one in queries.appeals_at_desk() if one.appeal.id == appeal_id), None)
    if found is None:
        raise NotFoundError
    return found


def _answer(form: AppealForm, line: AppealLine) -> Answer:
    chosen, text = form.outcome.data, form.text.data or ""
    if chosen in {"upheld", "overturned"}:
        return Answer(chosen, text)
    first = line.decision
    return Answer("amended", text, Ruling("upheld", first.rule, chosen, first.passage, text))
