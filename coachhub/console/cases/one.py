"""One case: the evidence, what is known around it, and what follows."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coachhub.console import history, queue
from coachhub.console.cases.entrance import bp, case_here, cohorts_of, queue_url
from coachhub.console.cases.forms import (
    FOLLOWED,
    LIKE_ANOTHER,
    LIKE_ANOTHER_MEANS,
    VERDICT_KEYS,
    VERDICTS,
    AppealForm,
    DecisionForm,
    sentences,
    sentences_by_line,
)
from coachhub.console.queue import Filters
from coachhub.console.together import beginning
from coachhub.core import audit
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import day, gettext, gettext_noop
from coachhub.firms.numbers import number
from coachhub.moderation import house, operations, queries, sources
from coachhub.moderation.hooks import find_reportable
from coachhub.moderation.models import OPEN, Case
from coachhub.permissions import Permission

Page = str | Response | tuple[str, int]
STEPS = {
    "hold": gettext_noop("Hidden until it is decided. Its author knows."),
    "release": gettext_noop("Visible again."),
    "claim": gettext_noop("It is yours."),
    "give_back": gettext_noop("Back in the queue."),
}


@bp.get("/<uuid:case_id>")
@access(Permission.MODERATE)
def show(case_id: UUID) -> str:
    """Show one case with its evidence, and the form that decides it."""
    case = case_here(case_id)
    return case_page(case, _fresh(case))


@bp.post("/<uuid:case_id>")
@access(Permission.MODERATE)
def decide(case_id: UUID) -> Page:
    """Decide a case; the next one that waits comes up."""
    case = case_here(case_id)
    form = DecisionForm(case.evidence, twins=_twins(case))
    if not form.validate_on_submit():
        return case_page(case, form), 422
    if form.verdict.data == "redacted" and not form.passage():
        form.picked.errors = [gettext("Please choose what is to be masked.")]
        return case_page(case, form), 422
    try:
        ruling = form.ruling(form.passage() or _all_of(case))
        operations.decide(current_actor(), case, form.seen_version(), ruling)
    except DomainError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        case = case_here(case_id)
        form.version.data = str(case.version)
        return case_page(case, form), 409
    db.session.commit()
    flash(
        gettext(
            "Decided. Author and reporters hear of it in ten minutes; until then you can undo it."
        ),
        "undo:" + url_for("cases.undo", case_id=case_id),
    )
    return redirect(_next(case_id), 303)


@bp.post("/<uuid:case_id>/undo")
@access(Permission.MODERATE)
def undo(case_id: UUID) -> Response:
    """Take a decision back while nobody has been told of it."""
    operations.undo(current_actor(), case_here(case_id))
    db.session.commit()
    flash(gettext("Undone. Nobody was told, and the case is yours again."), "success")
    return redirect(url_for("cases.show", case_id=case_id), 303)


@bp.post("/<uuid:case_id>/<any(hold, release, claim, give_back):step>")
@access(Permission.MODERATE)
def step(case_id: UUID, step: str) -> Response:
    """Hold the text until the case is decided, show it again, take the case on or give it back."""
    case = case_here(case_id)
    if step == "hold":
        operations.hold(current_actor(), case)
    elif step == "release":
        operations.release(current_actor(), case)
    elif step == "claim":
        operations.claim(current_actor(), case, case.version)
    else:
        operations.give_back(current_actor(), case, case.version)
    db.session.commit()
    flash(gettext(STEPS[step]), "success")
    if request.form.get("back") == "queue":
        filters = Filters.read(request.args)
        return redirect(queue_url(filters, _anchor=f"case-{case_id}"), 303)
    return redirect(url_for("cases.show", case_id=case_id), 303)


@bp.post("/<uuid:case_id>/reporters")
@access(Permission.MODERATE)
def reporters(case_id: UUID) -> Response:
    """Show who reported, and write down that it was shown."""
    case = case_here(case_id)
    for reporter_id in {report.reporter_id for report in queries.reports_of(case)}:
        audit.record(
            current_actor(), "reporter.shown", kind="membership", subject=reporter_id,
            case=str(case.id),
        )  # fmt: skip
    db.session.commit()
    return redirect(url_for("cases.show", case_id=case_id, _anchor="why"), 303)


def case_page(case: Case, form: DecisionForm | None, appeal_form: AppealForm | None = None) -> str:
    """Return the page of a case."""
    actor = current_actor()
    reports = queries.reports_of(case)
    appeal = queries.appeal_of(case)
    decision = queries.decision_of(case)
    if appeal is not None and appeal_form is None and not appeal.outcome:
        appeal_form = AppealForm(formdata=None, version=str(case.version))
    is_own = actor.membership_id == case.author_id
    about = [case.author_id, case.claimed_by_id, decision and decision.decided_by_id]
    known = history.reporters_known(actor, case)
    context: dict[str, Any] = {
        "evidence": sentences_by_line(case.evidence),
        "names": queue.names_of([one for one in (*about, *known) if one]),
        "accuracy": queries.accuracy({report.reporter_id for report in reports}),
        "earlier": history.cases_about(case.author_id, cohorts_of(actor), but=case.id),
        "strikes": queries.strikes_of(case.author_id) if case.author_id else [],
        "told": history.story_of(case),
        "may_answer": appeal is not None and operations.may_answer(actor, appeal),
        "is_own": is_own,
    }
    return render_template(
        "console/cases/case.html",
        case=case,
        form=form,
        appeal=appeal,
        appeal_form=appeal_form,
        decision=decision,
        thing=find_reportable(case.target_kind, case.target_id),
        reports=reports,
        known=known,
        rules=house.by_code(),
        usual=[(gettext(rule.title), gettext(rule.advice)) for rule in house.rules()],
        verdicts={value: gettext(means) for value, _words, means in VERDICTS}
        | {LIKE_ANOTHER[0]: gettext(LIKE_ANOTHER_MEANS)},
        verdict_words=FOLLOWED,
        verdict_keys=VERDICT_KEYS,
        waits=case.state in OPEN,
        more_wait=number("cases.waiting") > 1,
        sources=sources.named_for(case.target_id),
        sorts=sources.SORTS,
        picking=form is not None and case.state in OPEN and not is_own,
        at=now(),
        **context,
    )


def _fresh(case: Case) -> DecisionForm | None:
    """Return the form as it is first shown: the likeliest rule, and what guards found, chosen."""
    if case.state not in OPEN:
        return None
    reasons = queue.reasons_of(case, queries.reports_of(case))
    found = [str(one["passage"]) for one in case.found if one.get("passage")]
    picked = [
        number
        for number, part in enumerate(sentences(case.evidence))
        if any(one in part or part in one for one in found)
    ]
    return DecisionForm(
        case.evidence,
        version=str(case.version),
        twins=_twins(case),
        rule=reasons[0] if reasons else "other",
        picked=picked,
    )


def _twins(case: Case) -> list[tuple[str, str]]:
    """Return the cases that this one can be decided like, the same author's first."""
    return [
        (str(one.case.id), f"{begin(one.case.label)} · {day(one.decision.created_at)} · {what}")
        for one in history.decided_cases(case, cohorts_of(current_actor()))
        if one.decision is not None
        for what in [gettext(FOLLOWED[one.decision.effect])]
    ]


def begin(label: str) -> str:
    """Return what something is called, at the beginning of a line."""
    return label[:1].upper() + label[1:]


def _all_of(case: Case) -> str:
    """Return what stands for all of a text: the text, or its beginning if it is long."""
    return beginning(case.evidence)


def _next(case_id: UUID) -> str:
    """Return the next case that waits for this moderator, or the queue."""
    actor = current_actor()
    pages = queue.found(Filters(), cohorts_of(actor), actor.membership_id)
    following = [case.id for case in pages.items if case.id != case_id]
    if following and request.form.get("then") == "next":
        return url_for("cases.show", case_id=following[0])
    return url_for("cases.index")
