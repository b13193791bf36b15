"""The moderators' queue: coaches see their cohorts' cases, admins the whole firm's."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from coachhub.cohorts.models import Enrolment
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.pages import MenuItem
from coachhub.firms.hooks import MENU
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.moderation import operations, queries, sources
from coachhub.moderation.forms import DecisionForm
from coachhub.moderation.hooks import find_reportable
from coachhub.moderation.models import Case
from coachhub.moderation.rules import BY_CODE
from coachhub.permissions import Permission, Standing

bp = Blueprint("cases", __name__, url_prefix="/f/<firm>/console/cases")
Page = str | Response | tuple[str, int]


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show moderators their queue, with how many wait."""
    if not actor.may(Permission.MODERATE):
        return []
    waiting = len(queries.queue(_cohorts(actor)))
    line = MenuItem(
        "Moderation", url_for("cases.index"), "shield", 80, active=here("cases."), badge=waiting
    )
    return [line]


def _cohorts(actor: Actor) -> list[UUID] | None:
    """Return the cohorts whose cases an actor may see; None for all of the firm."""
    if Standing.ADMIN in actor.standings:
        return None
    return list(
        db.session.scalars(
            select(Enrolment.cohort_id).where(
                Enrolment.membership_id == actor.membership_id,
                Enrolment.role == "coach",
                Enrolment.state == "active",
            )
        )
    )


@bp.get("/")
@access(Permission.MODERATE)
def index() -> str:
    """Show the queue, the soonest due first, or what has been decided."""
    decided = request.args.get("decided") == "1"
    lines = queries.queue(_cohorts(current_actor()), decided=decided)
    return render_template(
        "console/cases.html", lines=lines, decided=decided, rules=BY_CODE, at=now()
    )


@bp.get("/<uuid:case_id>")
@access(Permission.MODERATE)
def show(case_id: UUID) -> str:
    """Show one case with its evidence, and the form that decides it."""
    case = queries.find_case(case_id, _cohorts(current_actor()))
    return _case_page(case, DecisionForm(version=str(case.version)))


@bp.post("/<uuid:case_id>")
@access(Permission.MODERATE)
def decide(case_id: UUID) -> Page:
    """Decide a case."""
    case = queries.find_case(case_id, _cohorts(current_actor()))
    form = DecisionForm()
    version = form.version.data or ""
    if not (form.validate_on_submit() and version.isascii() and version[:9].isdigit()):
        return _case_page(case, form), 422
    ruling = operations.Ruling(
        outcome="not_upheld" if form.verdict.data == "none" else "upheld",
        rule=form.rule.data,
        effect=form.verdict.data,
        passage=(form.passage.data or "").replace("\r\n", "\n"),
        message=form.message.data or "",
    )
    try:
        operations.decide(current_actor(), case, int(version[:9]), ruling)
    except DomainError as error:
        db.session.rollback()
        form.form_errors.append(str(error))
        case = queries.find_case(case_id, _cohorts(current_actor()))
        form.version.data = str(case.version)
        return _case_page(case, form), 409
    db.session.commit()
    flash("Decided. Author and reporters are told.", "success")
    return redirect(url_for("cases.index"), 303)


@bp.post("/<uuid:case_id>/<any(hold, release, claim):step>")
@access(Permission.MODERATE)
def step(case_id: UUID, step: str) -> Response:
    """Hide the text until the case is decided, show it again, or take the case on."""
    case = queries.find_case(case_id, _cohorts(current_actor()))
    if step == "hold":
        operations.hold(current_actor(), case)
    elif step == "release":
        operations.release(current_actor(), case)
    else:
        operations.claim(current_actor(), case, case.version)
    db.session.commit()
    words = {"hold": "Hidden.", "release": "Visible again.", "claim": "It is yours."}
    flash(words[step], "success")
    return redirect(url_for("cases.show", case_id=case_id), 303)


def _case_page(case: Case, form: DecisionForm) -> str:
    names = db.session.execute(
        select(Membership.id, Membership.name).where(
            Membership.id.in_([one for one in (case.author_id, case.claimed_by_id) if one])
        )
    )
    earlier = db.session.scalar(
        select(func.count())
        .select_from(Case)
        .where(
            Case.author_id == case.author_id,
            Case.id != case.id,
            Case.outcome == "upheld",
        )
    )
    return render_template(
        "console/case.html",
        case=case,
        form=form,
        thing=find_reportable(case.target_kind, case.target_id),
        reports=queries.reports_of(case),
        sources=sources.named_for(case.target_id),
        sorts=sources.SORTS,
        decision=queries.decision_of(case),
        names={row.id: row.name for row in names},
        earlier=earlier or 0,
        rules=BY_CODE,
    )
