"""A second look: answered by somebody else than who decided first."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, url_for
from werkzeug.wrappers import Response

from coachhub.console.cases.entrance import bp, case_here
from coachhub.console.cases.forms import AppealForm
from coachhub.console.cases.one import case_page
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Decision
from coachhub.moderation.operations import Answer, Ruling
from coachhub.permissions import Permission


@bp.post("/<uuid:case_id>/appeal")
@access(Permission.MODERATE)
def answer(case_id: UUID) -> Response | tuple[str, int]:
    """Answer the appeal of a case."""
    case = case_here(case_id)
    asked = queries.appeal_of(case)
    if asked is None:
        raise NotFoundError
    first = db.session.get_one(Decision, (asked.firm_id, asked.decision_id))
    form = AppealForm()
    if not form.validate_on_submit():
        return case_page(case, None, form), 422
    try:
        operations.answer_appeal(current_actor(), asked, form.seen_version(), _answer(form, first))
    except DomainError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        case = case_here(case_id)
        form.version.data = str(case.version)
        return case_page(case, None, form), 409
    db.session.commit()
    flash(gettext("Answered. The author reads it in a moment."), "success")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _answer(form: AppealForm, first: Decision) -> Answer:
    chosen, text = form.outcome.data, form.text.data or ""
    if chosen in {"upheld", "overturned"}:
        return Answer(chosen, text)
    instead = Ruling("upheld", first.rule, chosen, first.passage, text)
    return Answer("amended", text, instead)
