"""Pages of the cohorts room: the list, the coach's dashboard, people, rules."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.accounts.models import Person
from coachhub.cohorts import joins, notes, operations, pulse, queries
from coachhub.cohorts.forms import RIVAL_NOTES, CohortForm, EnrolForm, NoteForm, RulesForm
from coachhub.cohorts.hooks import DASHBOARD_PANEL
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotAllowedError, NotFoundError
from coachhub.core.forms import choices
from coachhub.core.remember import remembering
from coachhub.core.words import gettext
from coachhub.firms import numbers
from coachhub.firms.models import Membership
from coachhub.firms.operations import note_visit
from coachhub.permissions import Permission

bp = Blueprint("cohorts", __name__, url_prefix="/f/<firm>")
Page = str | Response | tuple[str, int]
JOINED = (joins.menu, joins.signals)  # the room's hooks listen once this module is loaded


@bp.get("/cohorts")
@access(Permission.ADMINISTER)
def listing() -> Page:
    """Show every cohort of the firm."""
    return render_template("cohorts/listing.html", lines=queries.listing())


@bp.route("/cohorts/new", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def new() -> Page:
    """Make a cohort."""
    form = CohortForm()
    if form.validate_on_submit():
        draft = operations.CohortDraft(form.name.data or "", form.about.data or "")
        try:
            cohort = operations.create_cohort(current_actor(), draft)
        except DomainError as error:
            form.name.errors = [str(error)]
        else:
            db.session.commit()
            flash(
                gettext("%(name)s is there. Now give it a coach and members.", name=cohort.name),
                "success",
            )
            return redirect(url_for(".people", cohort=cohort.slug), 303)
    page = render_template("cohorts/edit.html", form=form, edited=None)
    return page, 422 if form.is_submitted() else 200


@bp.route("/cohorts/<uuid:cohort_id>/edit", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def edit(cohort_id: UUID) -> Page:
    """Change a cohort's name and what it says about itself."""
    cohort = queries.cohort_of(cohort_id)
    form = CohortForm(obj=cohort)
    if form.validate_on_submit():
        draft = operations.CohortDraft(form.name.data or "", form.about.data or "")
        try:
            operations.edit_cohort(current_actor(), cohort, draft)
        except DomainError as error:
            form.name.errors = [str(error)]
        else:
            db.session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for(".listing"), 303)
    page = render_template("cohorts/edit.html", form=form, edited=cohort)
    return page, 422 if form.is_submitted() else 200


@bp.post("/cohorts/<uuid:cohort_id>/close")
@access(Permission.ADMINISTER)
def close(cohort_id: UUID) -> Page:
    """Close a cohort."""
    cohort = queries.cohort_of(cohort_id)
    operations.close_cohort(current_actor(), cohort)
    db.session.commit()
    undo = url_for(".reopen", cohort_id=cohort_id)
    flash(
        gettext("%(name)s is closed. Its pages can still be read.", name=cohort.name),
        f"undo:{undo}",
    )
    return redirect(url_for(".listing"), 303)


@bp.post("/cohorts/<uuid:cohort_id>/reopen")
@access(Permission.ADMINISTER)
def reopen(cohort_id: UUID) -> Page:
    """Open a closed cohort again."""
    cohort = queries.cohort_of(cohort_id)
    operations.reopen_cohort(current_actor(), cohort)
    db.session.commit()
    flash(gettext("%(name)s is open again.", name=cohort.name), "success")
    return redirect(url_for(".listing"), 303)


@bp.get("/c/<cohort>/")
@access(Permission.SEE_FIRM)
def home() -> Page:
    """Show a coach who needs them today; lead a member to the board."""
    if not current_actor().may(Permission.SEE_COHORT):
        return redirect(url_for("board.board"))
    with remembering():
        numbers.read()
        members = queries.members_of(g.cohort)
        needing = queries.needing(g.cohort)
        panels = [panel for panel in DASHBOARD_PANEL.call(g.cohort) if panel]
        page = render_template(
            "cohorts/dashboard.html",
            needing=needing,
            members=members,
            panels=panels,
            pulse=pulse.pulse_of(g.cohort),
            noted=notes.last_notes([one.membership.id for one in needing]),
        )
    if note_visit(g.membership):
        db.session.commit()
    return page


@bp.get("/c/<cohort>/people")
@access(Permission.SEE_FIRM)
def people() -> Page:
    """Show who is in the cohort."""
    return _people_page(None)


@bp.post("/c/<cohort>/people")
@access(Permission.SEE_COHORT)
def enrol() -> Page:
    """Put somebody into the cohort; only a firm admin names its coaches."""
    form = _enrol_form()
    if not form.validate_on_submit():
        return _people_page(form)
    member = db.session.get_one(Membership, (g.firm.id, form.membership.data))
    try:
        operations.enrol(current_actor(), g.cohort, member, form.role.data or "member")
    except DomainError as error:
        form.membership.errors = [str(error)]
        return _people_page(form)
    db.session.commit()
    flash(
        gettext("%(name)s is in %(cohort)s now.", name=member.name, cohort=g.cohort.name), "success"
    )
    return redirect(url_for(".people"), 303)


@bp.post("/c/<cohort>/people/<uuid:enrolment_id>/end")
@access(Permission.SEE_COHORT)
def end(enrolment_id: UUID) -> Page:
    """End somebody's time in the cohort."""
    enrolment = queries.enrolment_of(g.cohort, enrolment_id)
    if enrolment.role == "coach" and not current_actor().may(Permission.ADMINISTER):
        raise NotAllowedError(gettext("Only a firm admin names the coaches of a cohort."))
    operations.end_enrolment(current_actor(), g.cohort, enrolment)
    db.session.commit()
    undo = url_for(".resume", enrolment_id=enrolment_id)
    flash(gettext("Their time in this cohort has ended."), f"undo:{undo}")
    return redirect(url_for(".people"), 303)


@bp.post("/c/<cohort>/people/<uuid:enrolment_id>/resume")
@access(Permission.SEE_COHORT)
def resume(enrolment_id: UUID) -> Page:
    """Take the end of somebody's time back."""
    enrolment = queries.enrolment_of(g.cohort, enrolment_id)
    if enrolment.role == "coach" and not current_actor().may(Permission.ADMINISTER):
        raise NotAllowedError(gettext("Only a firm admin names the coaches of a cohort."))
    member = db.session.get_one(Membership, (g.firm.id, enrolment.membership_id))
    operations.enrol(current_actor(), g.cohort, member, enrolment.role)
    db.session.commit()
    flash(
        gettext("%(name)s is back in %(cohort)s.", name=member.name, cohort=g.cohort.name),
        "success",
    )
    return redirect(url_for(".people"), 303)


@bp.route("/c/<cohort>/rules", methods=["GET", "POST"])
@access(Permission.SEE_COHORT)
def rules() -> Page:
    """Let the coach say how rounds and mails go."""
    form = RulesForm(obj=g.cohort)
    if form.validate_on_submit():
        given = {name: value for name, value in form.data.items() if name in _RULES}
        operations.change_rules(current_actor(), g.cohort, operations.CohortRules(**given))
        db.session.commit()
        flash(gettext("Saved. The next round goes by these rules."), "success")
        return redirect(url_for(".rules"), 303)
    page = render_template(
        "cohorts/rules.html",
        form=form,
        rival_notes={key: gettext(text) for key, text in RIVAL_NOTES.items()},
    )
    return page, 422 if form.is_submitted() else 200


@bp.route("/c/<cohort>/people/<uuid:membership_id>/note", methods=["GET", "POST"])
@access(Permission.SEE_COHORT)
def note(membership_id: UUID) -> Page:
    """Write a member a few lines; they go out by mail, in the coach's name."""
    one = queries.enrolled(g.cohort, membership_id)
    if one is None:
        raise NotFoundError
    about = request.args.get("about", "")
    form = NoteForm(text=notes.suggestion(about, one.membership, g.membership))
    if form.validate_on_submit():
        notes.send_note(current_actor(), g.cohort, one.membership, form.text.data or "")
        db.session.commit()
        flash(gettext("Your note to %(name)s is on its way.", name=one.membership.name), "success")
        return redirect(url_for(".home"), 303)
    page = render_template("cohorts/note.html", form=form, member=one.membership)
    return page, 422 if form.is_submitted() else 200


_RULES = operations.CohortRules.__dataclass_fields__


def _enrol_form() -> EnrolForm:
    form = EnrolForm()
    others: list[Membership] = queries.not_in(g.cohort)
    addresses = {
        row.id: row.email
        for row in db.session.execute(
            select(Person.id, Person.email).where(
                Person.id.in_([other.person_id for other in others])
            )
        )
    }
    form.membership.choices = choices(
        (other.id, f"{other.name} ({addresses[other.person_id]})") for other in others
    )
    if not current_actor().may(Permission.ADMINISTER):
        # Only a firm's admin names the coaches of a cohort.
        form.role.choices = choices([("member", "Member")])
    return form


def _people_page(form: EnrolForm | None) -> Page:
    leads = current_actor().may(Permission.SEE_COHORT)
    page = render_template(
        "cohorts/people.html",
        people=queries.people_of(g.cohort),
        form=(form or _enrol_form()) if leads else None,
        leads=leads,
        names_coaches=current_actor().may(Permission.ADMINISTER),
    )
    return page, 422 if form is not None else 200
