"""A member's own address book: list, add, change, rate, delete."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coachhub.contacts import operations, queries
from coachhub.contacts.forms import STRENGTH_NOTES, STRENGTH_WORDS, ContactForm, RateForm
from coachhub.contacts.models import Contact
from coachhub.contacts.operations import ContactDraft, KnownAlreadyError, Rating
from coachhub.contacts.queries import Wanted
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext, gettext_noop, ngettext
from coachhub.permissions import Permission

Page = str | Response | tuple[str, int]
_AT_A_TIME = 20
SAYINGS = {
    "3": (gettext_noop("I know them well"), Rating(strength=3)),
    "2": (gettext_noop("I know them somewhat"), Rating(strength=2)),
    "1": (gettext_noop("I hardly know them"), Rating(strength=1)),
    "together": (gettext_noop("We worked together"), Rating(worked_together=True)),
    "hide": (gettext_noop("Not for introductions"), Rating(hidden=True)),
    "show": (gettext_noop("For introductions again"), Rating(hidden=False)),
}


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    routes: list[tuple[str, Callable[..., Page], list[str]]] = [
        ("", listing, ["GET"]),
        ("/new", new, ["GET", "POST"]),
        ("/rate", rate, ["GET", "POST"]),
        ("/many", many, ["POST"]),
        ("/all/delete", delete_all, ["POST"]),
        ("/<uuid:contact_id>", edit, ["GET", "POST"]),
        ("/<uuid:contact_id>/delete", delete, ["POST"]),
    ]
    for address, view, methods in routes:
        bp.add_url_rule(address, view_func=view, methods=methods)


@access(Permission.MANAGE_OWN_THINGS)
def listing() -> Page:
    """Show a member their own contacts."""
    actor = current_actor()
    wanted = Wanted.of(request.args)
    counts = queries.counts(actor)
    if not counts.total:
        return render_template("contacts/empty.html", imports=queries.imports_of(actor))
    return render_template(
        "contacts/listing.html",
        counts=counts,
        wanted=wanted,
        pages=queries.page_of(actor, wanted, request.args.get("page", 1, int)),
        named=[(name, f"{name} ({many})") for name, many in queries.companies_of(actor)],
        words=STRENGTH_WORDS,
        said=[(value, gettext(words)) for value, (words, _) in SAYINGS.items()],
    )


@access(Permission.MANAGE_OWN_THINGS)
def new() -> Page:
    """Write somebody in by hand."""
    form = ContactForm(company=request.args.get("company", ""))
    if form.validate_on_submit():
        try:
            contact = operations.add_contact(current_actor(), _draft(form))
        except DomainError as error:
            return _with_error(form, error)
        db.session.commit()
        flash(
            gettext(
                "%(email)s is in your address book.", email=contact.full_name() or contact.email
            ),
            "success",
        )
        again = "again" in request.form
        return redirect(url_for(".new" if again else ".listing"), 303)
    return _form_page(form), 422 if form.is_submitted() else 200


@access(Permission.MANAGE_OWN_THINGS)
def edit(contact_id: UUID) -> Page:
    """Change one contact."""
    contact = queries.find(current_actor(), contact_id)
    form = ContactForm(obj=contact, company=contact.company_name)
    if not form.is_submitted():
        form.strength.data = str(contact.strength or "")
    if form.validate_on_submit():
        try:
            operations.edit_contact(current_actor(), contact, _draft(form))
        except DomainError as error:
            return _with_error(form, error, contact_id)
        db.session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for(".listing"), 303)
    return _form_page(form, contact), 422 if form.is_submitted() else 200


@access(Permission.MANAGE_OWN_THINGS)
def delete(contact_id: UUID) -> Page:
    """Delete one contact."""
    contact = queries.find(current_actor(), contact_id)
    name = contact.full_name() or contact.email
    operations.delete_contacts(current_actor(), [contact.id])
    db.session.commit()
    flash(gettext("%(name)s is deleted.", name=name), "success")
    return redirect(url_for(".listing"), 303)


@access(Permission.MANAGE_OWN_THINGS)
def delete_all() -> Page:
    """Delete the whole address book."""
    number = operations.delete_everything(current_actor())
    db.session.commit()
    flash(
        ngettext(
            "Your address book is empty: %(num)s contact is deleted.",
            "Your address book is empty: %(num)s contacts are deleted.",
            number,
        ),
        "success",
    )
    return redirect(url_for(".listing"), 303)


@access(Permission.MANAGE_OWN_THINGS)
def many() -> Page:
    """Say the same of many contacts: those ticked, or all that match."""
    actor, wanted = current_actor(), Wanted.of(request.form)
    ids = [UUID(one) for one in request.form.getlist("contact") if _is_id(one)]
    _, rating = SAYINGS.get(request.form.get("say", ""), ("", None))
    if rating is None:
        flash(gettext("Choose what you want to say of them first."), "warning")
    elif request.form.get("all"):
        _said(operations.rate_all(actor, wanted, rating))
    elif ids:
        _said(operations.rate(actor, ids, rating))
    else:
        flash(gettext("Tick the people you mean first."), "warning")
    db.session.commit()
    where: dict[str, Any] = {**wanted.address(), "page": request.form.get("page", 1, int)}
    return redirect(url_for(".listing", **where), 303)


@access(Permission.MANAGE_OWN_THINGS)
def rate() -> Page:
    """Rate contacts, twenty at a time."""
    actor = current_actor()
    passed = max(request.args.get("passed", 0, int), 0)
    contacts = queries.to_rate(actor, _AT_A_TIME, passed)
    forms = {contact.id: RateForm(prefix=str(contact.id)) for contact in contacts}
    if request.method == "POST":
        said = {one: _rating(form) for one, form in forms.items()}
        said = {one: rating for one, rating in said.items() if rating.values()}
        number = operations.rate_each(actor, said)
        db.session.commit()
        if number:
            flash(
                ngettext(
                    "%(num)s rated. Its doors count for what they are now.",
                    "%(num)s rated. Their doors count for what they are now.",
                    number,
                ),
                "success",
            )
        passed += len(contacts) - number
        return redirect(url_for(".rate", passed=passed or None), 303)
    return render_template(
        "contacts/rate.html",
        counts=queries.counts(actor),
        lines=[(contact, forms[contact.id]) for contact in contacts],
        passed=passed,
        notes={key: gettext(note) for key, note in STRENGTH_NOTES.items()},
    )


def _rating(form: RateForm) -> Rating:
    if not form.validate():
        return Rating()
    return Rating(
        strength=int(form.strength.data) if form.strength.data else None,
        worked_together=form.worked_together.data or None,
    )


def _said(number: int) -> None:
    flash(ngettext("Saved for %(num)s person.", "Saved for %(num)s people.", number), "success")


def _is_id(text: str) -> bool:
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def _draft(form: ContactForm) -> ContactDraft:
    return ContactDraft(
        first_name=form.first_name.data or "",
        last_name=form.last_name.data or "",
        email=form.email.data or "",
        url=form.url.data or "",
        company=form.company.data or "",
        position=form.position.data or "",
        connected_on=form.connected_on.data,
        strength=int(form.strength.data) if form.strength.data else None,
        worked_together=bool(form.worked_together.data),
        hidden=bool(form.hidden.data),
        note=form.note.data or "",
    )


def _with_error(form: ContactForm, error: DomainError, contact_id: UUID | None = None) -> Page:
    known = error.contact.id if isinstance(error, KnownAlreadyError) else None
    message = str(error)
    db.session.rollback()
    form.form_errors = [message]
    contact = queries.find(current_actor(), contact_id) if contact_id else None
    return _form_page(form, contact, known), 422


def _form_page(form: ContactForm, contact: Contact | None = None, known: UUID | None = None) -> str:
    return render_template(
        "contacts/edit.html",
        form=form,
        contact=contact,
        known=known,
        notes={key: gettext(note) for key, note in STRENGTH_NOTES.items()},
    )
