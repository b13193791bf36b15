"""The second look: somebody else reads the evidence, the decision and the appeal, and answers."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.console.cases import moderated_cohorts
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.moderation import house, operations, queries, wording
from coachhub.moderation.forms import AnswerForm
from coachhub.moderation.hooks import find_reportable
from coachhub.permissions import Permission

bp = Blueprint("appeals", __name__, url_prefix="/f/<firm>/console/appeals")
Page = str | Response | tuple[str, int]


@bp.get("/<uuid:appeal_id>")
@access(Permission.MODERATE)
def show(appeal_id: UUID) -> str:
    """Show an appeal beside the evidence and the first decision, and the form that answers it."""
    line = queries.find_appeal(appeal_id, moderated_cohorts(current_actor()))
    return _page(line, AnswerForm(version=str(line.case.version)))


@bp.post("/<uuid:appeal_id>")
@access(Permission.MODERATE)
def answer(appeal_id: UUID) -> Page:
    """Answer an appeal."""
    line = queries.find_appeal(appeal_id, moderated_cohorts(current_actor()))
    form = AnswerForm()
    version = form.version.data or ""
    if not (form.validate_on_submit() and version.isascii() and version[:9].isdigit()):
        return _page(line, form), 422
    try:
        operations.answer_appeal(current_actor(), line.appeal, int(version[:9]), form.answer())
    except DomainError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        line = queries.find_appeal(appeal_id, moderated_cohorts(current_actor()))
        form.version.data = str(line.case.version)
        return _page(line, form), error.status
    db.session.commit()
    flash("Answered. The author is told.", "success")
    return redirect(url_for(".show", appeal_id=appeal_id), 303)


def _page(line: queries.AppealLine, form: AnswerForm) -> str:
    return render_template(
        "console/appeal.html",
        line=line,
        form=form,
        rule=house.by_code().get(line.decision.rule),
        thing=find_reportable(line.case.target_kind, line.case.target_id),
        mine=operations.may_answer(current_actor(), line.appeal),
        follows=wording.of_decision(line.decision),
        words=wording,
    )
