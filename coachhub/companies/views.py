"""Pages of the companies room: the questions that a coach answers once, for everybody."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coachhub.companies import operations, queries, reasons
from coachhub.companies.forms import MergeForm, RenameForm, SplitForm
from coachhub.companies.models import Company
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.forms import choices
from coachhub.core.words import gettext
from coachhub.permissions import Permission

bp = Blueprint("companies", __name__, url_prefix="/f/<firm>/companies")
Page = str | Response | tuple[str, int]
_PER_PAGE = 20


@bp.get("/questions")
@access(Permission.MODERATE)
def questions() -> Page:
    """Ask what only people know: are these two one company?"""
    return render_template(
        "companies/questions.html",
        questions=queries.questions(_PER_PAGE),
        why=reasons.said,
        total=queries.question_count(),
        merges=queries.recent_merges(),
    )


@bp.post("/questions/<uuid:name_id>/same")
@access(Permission.MODERATE)
def same(name_id: UUID) -> Page:
    """Answer yes: everything moves to the known company."""
    joined = operations.confirm_same(current_actor(), name_id)
    db.session.commit()
    undo = url_for(".undo_merge", merge_id=joined.id)
    flash(gettext("They are one company now, everywhere in the firm."), f"undo:{undo}")
    return redirect(url_for(".questions"), 303)


@bp.post("/questions/<uuid:name_id>/different")
@access(Permission.MODERATE)
def different(name_id: UUID) -> Page:
    """Answer no: they are never suggested as one again."""
    other_id = operations.maybe_of(name_id)
    operations.reject_same(current_actor(), name_id)
    db.session.commit()
    undo = url_for(".again", name_id=name_id, other_id=other_id)
    flash(gettext("They stay two companies. You won't be asked again."), f"undo:{undo}")
    return redirect(url_for(".questions"), 303)


@bp.post("/questions/<uuid:name_id>/again/<uuid:other_id>")
@access(Permission.MODERATE)
def again(name_id: UUID, other_id: UUID) -> Page:
    """Take a no back."""
    operations.ask_again(current_actor(), name_id, other_id)
    db.session.commit()
    flash(gettext("The question stands again."), "info")
    return redirect(url_for(".questions"), 303)


@bp.post("/merges/<uuid:merge_id>/undo")
@access(Permission.MODERATE)
def undo_merge(merge_id: UUID) -> Page:
    """Take a merge back."""
    company = operations.undo_merge(current_actor(), merge_id)
    db.session.commit()
    flash(gettext("%(name)s is a company of its own again.", name=company.name), "success")
    return redirect(url_for(".questions"), 303)


@bp.get("/")
@access(Permission.MODERATE)
def listing() -> Page:
    """Find a company by any of its names."""
    words = request.args.get("q", "").strip()
    return render_template("companies/listing.html", q=words, companies=queries.search(words, 50))


@bp.get("/<uuid:company_id>")
@access(Permission.MODERATE)
def names(company_id: UUID) -> Page:
    """Show the ways in which a company is written, and let a coach put them right."""
    return _names_page(queries.find(company_id))


@bp.post("/<uuid:company_id>/split")
@access(Permission.MODERATE)
def split(company_id: UUID) -> Page:
    """Give some names a company of their own."""
    company = queries.find(company_id)
    form = _split_form(company)
    if not form.validate_on_submit():
        return _names_page(company, split_form=form)
    try:
        parted = operations.split(current_actor(), company, form.names.data or [])
    except DomainError as error:
        db.session.rollback()
        form.names.errors = [str(error)]
        return _names_page(queries.find(company_id), split_form=form)
    db.session.commit()
    undo = url_for(".rejoin", company_id=parted.id, other_id=company.id)
    flash(gettext("%(name)s is a company of its own now.", name=parted.name), f"undo:{undo}")
    return redirect(url_for(".names", company_id=parted.id), 303)


@bp.post("/<uuid:company_id>/rejoin/<uuid:other_id>")
@access(Permission.MODERATE)
def rejoin(company_id: UUID, other_id: UUID) -> Page:
    """Take a split back: the parted names and all that hangs on them return."""
    whole = queries.find(other_id)
    operations.merge(current_actor(), queries.find(company_id), whole)
    db.session.commit()
    flash(gettext("They are %(name)s again.", name=whole.name), "success")
    return redirect(url_for(".names", company_id=whole.id), 303)


@bp.post("/<uuid:company_id>/rename")
@access(Permission.MODERATE)
def rename(company_id: UUID) -> Page:
    """Choose the name under which a company is shown."""
    company = queries.find(company_id)
    form = RenameForm()
    if not form.validate_on_submit():
        return _names_page(company, rename_form=form)
    try:
        operations.rename(current_actor(), company, form.name.data or "")
    except DomainError as error:
        db.session.rollback()
        form.name.errors = [str(error)]
        return _names_page(queries.find(company_id), rename_form=form)
    db.session.commit()
    flash(gettext("Renamed."), "success")
    return redirect(url_for(".names", company_id=company_id), 303)


@bp.post("/<uuid:company_id>/merge")
@access(Permission.MODERATE)
def merge(company_id: UUID) -> Page:
    """Say that this company is the same as another one."""
    company = queries.find(company_id)
    form = MergeForm()
    if not form.validate_on_submit():
        return _names_page(company, merge_form=form)
    kept = queries.known_names([form.other.data or ""]).get(form.other.data or "")
    if kept is None or kept == company.id:
        form.other.errors = [
            gettext("No other company here is written like that. Look it up in the list.")
        ]
        return _names_page(company, merge_form=form)
    joined = operations.merge(current_actor(), company, queries.find(kept))
    db.session.commit()
    undo = url_for(".undo_merge", merge_id=joined.id)
    flash(gettext("They are one company now, everywhere in the firm."), f"undo:{undo}")
    return redirect(url_for(".names", company_id=kept), 303)


def _split_form(company: Company) -> SplitForm:
    form = SplitForm()
    form.names.choices = choices((name.id, name.written) for name in queries.names_of(company.id))
    return form


def _names_page(
    company: Company,
    *,
    split_form: SplitForm | None = None,
    rename_form: RenameForm | None = None,
    merge_form: MergeForm | None = None,
) -> Page:
    page = render_template(
        "companies/names.html",
        company=company,
        names=queries.names_of(company.id),
        split_form=split_form or _split_form(company),
        rename_form=rename_form or RenameForm(formdata=None, name=company.name),
        merge_form=merge_form or MergeForm(formdata=None),
    )
    return page, 422 if split_form or rename_form or merge_form else 200
