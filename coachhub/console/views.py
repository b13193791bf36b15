"""The firm admin's pages: people, invitations, plugins, the firm's look."""

from __future__ import annotations

import csv
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort
from coachhub.console.forms import FirmForm, InviteForm, RoleForm
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.forms import choices
from coachhub.core.pages import MenuItem
from coachhub.core.plugins import Plugin, registry
from coachhub.firms import invitations, operations
from coachhub.firms import plugins as firm_plugins
from coachhub.firms.hooks import MENU, VISITORS_MENU
from coachhub.firms.layout import here
from coachhub.firms.models import Invitation, Membership, PluginFailure
from coachhub.permissions import Permission

bp = Blueprint("console", __name__, url_prefix="/f/<firm>/console")
Page = str | Response | tuple[str, int]


@MENU.from_room
@VISITORS_MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the firm's admins what they look after."""
    if not actor.may(Permission.ADMINISTER):
        return []
    pages = (
        ("People", "console.people", "people", "console.people"),
        ("Plugins", "console.plugins", "plug", "console.plugins"),
        ("The firm", "console.firm", "settings", "console.firm"),
        ("Audit trail", "trail.index", "book", "trail."),
    )
    return [
        MenuItem(label, url_for(endpoint), icon, 82 + number, active=here(mark))
        for number, (label, endpoint, icon, mark) in enumerate(pages)
    ]


@dataclass(frozen=True)
class Invited:
    """What became of one line of a roster."""

    line: int
    text: str
    problem: str = ""


@bp.get("/people")
@access(Permission.ADMINISTER)
def people() -> str:
    """List everybody in the firm, and the invitations that are open."""
    return _people_page(_invite_form())


@bp.post("/people")
@access(Permission.ADMINISTER)
def invite() -> Page:
    """Invite one person or a roster; what is wrong is told line by line, the rest goes out."""
    form = _invite_form()
    if not form.validate_on_submit():
        return _people_page(form), 422
    lines = _roster(form)
    if not lines:
        form.email.errors = ["Whom would you like to invite?"]
        return _people_page(form), 422
    cohort = db.session.scalar(select(Cohort).where(Cohort.slug == (form.cohort.data or "")))
    results = [_invite_one(number, line, form.role.data, cohort) for number, line in lines]
    db.session.commit()
    good = sum(not one.problem for one in results)
    bad = [one for one in results if one.problem]
    if good:
        flash(f"{good} invitation{'s are' if good > 1 else ' is'} on the way.", "success")
    if not bad:
        return redirect(url_for("console.people"), 303)
    form.roster.data = "\n".join(one.text for one in bad)
    form.email.data = form.name.data = ""
    form.roster.errors = [f"Line {one.line}: {one.problem}" for one in bad]
    return _people_page(form), 422


def _roster(form: InviteForm) -> list[tuple[int, list[str]]]:
    text = form.roster.data or ""
    if form.email.data:
        text = f"{form.email.data},{form.name.data or ''}\n{text}"
    lines = []
    for number, line in enumerate(text.splitlines(), 1):
        # Each line by itself: an open quotation mark must not swallow the people below it.
        delimiter = next((mark for mark in "\t;" if mark in line), ",")
        cells = next(csv.reader([line.replace('"', "")], delimiter=delimiter), [])
        if any(cell.strip() for cell in cells):
            lines.append((number, [cell.strip() for cell in cells]))
    return lines


def _invite_one(number: int, cells: list[str], role: str, cohort: Cohort | None) -> Invited:
    text = ", ".join(cells)
    address = next((cell for cell in cells if "@" in cell), cells[0])
    name = " ".join(cell for cell in cells if cell and cell != address)
    invitee = invitations.Invitee(address, name, role, cohort.id if cohort else None)
    try:
        with db.session.begin_nested():
            invitations.invite(current_actor(), invitee, cohort.name if cohort else "")
    except DomainError as error:
        return Invited(number, text, str(error))
    return Invited(number, text)


def _invite_form() -> InviteForm:
    form = InviteForm()
    cohorts = db.session.scalars(
        select(Cohort).where(Cohort.state == "running").order_by(Cohort.name)
    )
    form.cohort.choices = choices(
        [("", "No cohort yet"), *((one.slug, one.name) for one in cohorts)]
    )
    return form


def _people_page(form: InviteForm) -> str:
    rows = db.session.execute(
        select(Membership, Person.email)
        .join(Person, Person.id == Membership.person_id)
        .order_by(Membership.state, Membership.name)
    ).all()
    open_ones = [
        one
        for one in db.session.scalars(select(Invitation).order_by(Invitation.created_at.desc()))
        if one.is_open()
    ]
    return render_template("console/people.html", form=form, people=rows, invitations=open_ones)


def _membership(membership_id: UUID) -> Membership:
    found = operations.membership_of(membership_id)
    if found is None:
        raise NotFoundError
    return found


@bp.route("/people/<uuid:membership_id>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def person(membership_id: UUID) -> Page:
    """Show one membership; change its role."""
    membership = _membership(membership_id)
    form = RoleForm(obj=membership)
    if form.validate_on_submit():
        operations.change_role(current_actor(), membership, form.role.data)
        db.session.commit()
        flash("Saved.", "success")
        return redirect(url_for("console.person", membership_id=membership_id), 303)
    page = render_template("console/person.html", form=form, one=membership)
    return page, 422 if form.is_submitted() else 200


@bp.post("/people/<uuid:membership_id>/<any(suspend, reinstate, remove):step>")
@access(Permission.ADMINISTER)
def change_state(membership_id: UUID, step: str) -> Response:
    """Suspend a member, take them back, or end the membership."""
    membership = _membership(membership_id)
    reason = request.form.get("reason", "").strip()
    if step == "suspend":
        operations.suspend(current_actor(), membership, reason)
    elif step == "remove":
        operations.end_membership(current_actor(), membership, reason)
    else:
        operations.reinstate(current_actor(), membership)
    db.session.commit()
    flash({"suspend": "Suspended.", "remove": "Ended."}.get(step, "Back in."), "success")
    return redirect(url_for("console.person", membership_id=membership_id), 303)


@bp.post("/invitations/<uuid:invitation_id>/withdraw")
@access(Permission.ADMINISTER)
def withdraw(invitation_id: UUID) -> Response:
    """Take an invitation back."""
    found = db.session.scalar(select(Invitation).where(Invitation.id == invitation_id))
    if found is None:
        raise NotFoundError
    invitations.withdraw(current_actor(), found)
    db.session.commit()
    flash("The invitation no longer works.", "success")
    return redirect(url_for("console.people"), 303)


@bp.get("/plugins")
@access(Permission.ADMINISTER)
def plugins() -> str:
    """List what can be switched on."""
    on = {name for name, switch in firm_plugins.switches().items() if switch.is_on}
    failed: dict[str, PluginFailure] = {}
    for failure in firm_plugins.failures():
        failed.setdefault(failure.plugin, failure)
    shelf = list(registry().plugins.values())
    return render_template("console/plugins.html", shelf=shelf, on=on, failed=failed)


def _plugin(name: str) -> Plugin:
    if name not in registry().plugins:
        raise NotFoundError
    return registry().plugins[name]


@bp.post("/plugins/<name>/<any(enable, disable):step>")
@access(Permission.ADMINISTER)
def switch(name: str, step: str) -> Response:
    """Switch a plugin on or off for the firm."""
    plugin = _plugin(name)
    if step == "enable":
        firm_plugins.enable_plugin(current_actor(), plugin)
        flash(f"{plugin.title} is on.", "success")
    else:
        firm_plugins.disable_plugin(current_actor(), plugin)
        flash(f"{plugin.title} is off. What it holds comes back when you switch it on.", "success")
    db.session.commit()
    if step == "enable" and plugin.settings_form is not None:
        return redirect(url_for("console.plugin_settings", name=name), 303)
    return redirect(url_for("console.plugins"), 303)


@bp.route("/plugins/<name>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def plugin_settings(name: str) -> Page:
    """Change a plugin's settings for the firm."""
    plugin = _plugin(name)
    found = firm_plugins.switches().get(name)
    if found is None or not found.is_on or plugin.settings_form is None:
        raise NotFoundError
    form = plugin.settings_form(data=found.settings)
    if form.validate_on_submit():
        given: dict[str, Any] = {
            field.name: field.data for field in form if field.name != "csrf_token"
        }
        firm_plugins.enable_plugin(current_actor(), plugin, given)
        db.session.commit()
        flash("Saved.", "success")
        return redirect(url_for("console.plugins"), 303)
    page = render_template("console/plugin.html", plugin=plugin, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/firm", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def firm() -> Page:
    """Change how the firm is called, looks, and signs its mails."""
    form = FirmForm(obj=g.firm)
    if form.validate_on_submit():
        operations.change_firm(
            current_actor(),
            g.firm,
            form.name.data or "",
            form.sender_name.data or "",
            form.colour.data or "",
        )
        db.session.commit()
        flash("Saved.", "success")
        return redirect(url_for("console.firm"), 303)
    return render_template("console/firm.html", form=form), 422 if form.is_submitted() else 200
