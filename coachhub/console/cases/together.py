"""Many cases in one go: seen with their evidence, decided once, undone for ten minutes."""

from __future__ import annotations

from collections import Counter
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.console import queue, together
from coachhub.console.cases.entrance import attempted, bp, cohorts_of, queue_url
from coachhub.console.cases.forms import FOLLOWED, VERDICTS, TogetherForm
from coachhub.console.queue import Filters
from coachhub.console.together import MOST, Seen
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext, ngettext
from coachhub.moderation import house
from coachhub.moderation.models import Case
from coachhub.permissions import Permission


@bp.post("/together")
@access(Permission.MODERATE)
def choose() -> Response | tuple[str, int] | str:
    """Show the cases that were chosen, each with its evidence, and the form for all of them."""
    if request.form.get("all") == "1":
        actor = current_actor()
        filters = Filters.read({**request.args, "show": str(MOST)})
        cases = queue.found(filters, cohorts_of(actor), actor.member_id()).items
    else:
        cases = _mine(_chosen())
    if not cases:
        flash(gettext("Please choose the cases first."), "warning")
        return redirect(queue_url(Filters.read(request.args)), 303)
    cases = list(cases)[:MOST]
    named = Counter(code for line in queue.lines(cases) for code in line.reasons)
    rule = named.most_common(1)[0][0] if named else "other"
    return _page(cases, TogetherForm(formdata=None, rule=rule))


@bp.post("/together/decide")
@access(Permission.MODERATE)
def decide_all() -> Response | tuple[str, int]:
    """Decide all that were chosen; each by itself."""
    seen = _chosen()
    cases = _mine(seen)
    form = TogetherForm()
    if not form.validate_on_submit():
        return _page(cases, form), 422
    try:
        row = together.decide_together(current_actor(), cases, seen, form.ruling(""))
    except DomainError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        return _page(cases, form), 422
    row_id, known = row.id, {case.id for case in cases}
    db.session.commit()
    foreign = [one.case_id for one in seen if one.case_id not in known]
    if foreign:
        attempted(foreign)
    return redirect(url_for("cases.done_together", together_id=row_id), 303)


@bp.get("/together/<uuid:together_id>")
@access(Permission.MODERATE)
def done_together(together_id: UUID) -> str:
    """Show what became of each."""
    row = together.find_together(together_id, current_actor())
    return render_template(
        "console/cases/done.html",
        made=row,
        labels=together.labels_of(row, cohorts_of(current_actor())),
        rules=house.by_code(),
        words=FOLLOWED,
        can_undo=row.undone_at is None and row.undo_until > now(),
    )


@bp.post("/together/<uuid:together_id>/undo")
@access(Permission.MODERATE)
def undo_all(together_id: UUID) -> Response:
    """Take back all that was decided in one go."""
    row = together.find_together(together_id, current_actor())
    count = together.undo_together(current_actor(), row)
    db.session.commit()
    flash(
        ngettext(
            "Undone: %(num)s case is yours again.", "Undone: %(num)s cases are yours again.", count
        ),
        "success",
    )
    return redirect(url_for("cases.done_together", together_id=together_id), 303)


def _chosen() -> list[Seen]:
    """Return the cases named in the form as ``id:version``; what cannot be one is left out."""
    found = {}
    for given in request.form.getlist("case"):
        case_id, _, version = given.partition(":")
        try:
            found[UUID(case_id)] = int(version[:9]) if version.isdigit() else 0
        except ValueError:
            continue
    return [Seen(case_id, version) for case_id, version in found.items()]


def _mine(seen: list[Seen]) -> list[Case]:
    """Return those of them that the visitor may see, in the order of their choice."""
    query = select(Case).where(Case.id.in_([one.case_id for one in seen]))
    mine = cohorts_of(current_actor())
    if mine is not None:
        query = query.where(Case.cohort_id.in_(mine))
    by_id = {case.id: case for case in db.session.scalars(query)}
    return [by_id[one.case_id] for one in seen if one.case_id in by_id]


def _page(cases: list[Case], form: TogetherForm) -> str:
    return render_template(
        "console/cases/together.html",
        lines=queue.lines(cases),
        form=form,
        rules=house.by_code(),
        verdicts={value: gettext(means) for value, _words, means in VERDICTS},
        at=now(),
    )
