"""Pages of the firms room: the way in, a member's home, what they tell the group."""

from __future__ import annotations

import datetime as dt
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask_login import current_user
from flask_security import login_user
from sqlalchemy import select
from werkzeug.wrappers import Response

from coachhub.accounts import reach
from coachhub.accounts.hooks import PLACES, Place
from coachhub.accounts.operations import PasswordError, add_person, find_person, settle_timezone
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.hooks import listeners
from coachhub.core.pages import MenuItem
from coachhub.core.remember import remembering
from coachhub.core.tenancy import scope
from coachhub.core.words import gettext
from coachhub.firms import invitations, joins, numbers, operations
from coachhub.firms.forms import JoinForm, ProfileForm
from coachhub.firms.hooks import HOME, HOME_SECTION, MENU, PROFILE_FORM, REPORTS, HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Firm, Invitation, Membership, Seat
from coachhub.firms.sso.domains import firm_of
from coachhub.permissions import Permission

bp = Blueprint("firms", __name__)
Page = str | Response | tuple[str, int]
TEN_MINUTES = 10
JOINS = joins  # loaded with the pages, so that its functions are heard


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Put the home page first, and the firm's reports near the end, once there are any."""
    items = [MenuItem(gettext("Home"), url_for("firms.home"), "home", 0, active=here("firms.home"))]
    if actor.may(Permission.SEE_REPORTS) and listeners(REPORTS):
        url = url_for("firms.reports")
        items.append(MenuItem(gettext("Reports"), url, "chart", 80, active=here("firms.reports")))
    return items


@PLACES.from_room
def places(actor: Actor) -> list[Place]:
    """Lead back from the page about sign-in to where somebody belongs."""
    return [Place(firm.name, url_for("firms.home", firm=firm.slug)) for firm in _firms_of(actor)]


@bp.get("/")
@access(Permission.OPEN_LINK)
def index() -> Page:
    """Lead people to their firm, and visitors to the way in."""
    if not current_user.is_authenticated:
        return render_template("firms/welcome.html")
    firms = _firms_of(current_actor())
    firms = [firm for firm in firms if _is_open(firm)]
    if len(firms) == 1 and not current_user.is_staff:
        return redirect(url_for("firms.home", firm=firms[0].slug))
    return render_template("firms/choose.html", firms=firms)


def _firms_of(actor: Actor) -> list[Firm]:
    query = (
        select(Firm)
        .join(Seat, Seat.firm_id == Firm.id)
        .where(Seat.person_id == actor.person_id, Firm.active)
        .order_by(Firm.name)
    )
    only = reach.only_firm()
    return list(db.session.scalars(query.where(Firm.id == only) if only else query))


def _is_open(firm: Firm) -> bool:
    """Say whether the person's membership of a firm is active."""
    with scope(firm.id):
        state = db.session.scalar(
            select(Membership.state).where(Membership.person_id == current_user.id)
        )
    return state == "active"


@bp.get("/f/<firm>/")
@access(Permission.SEE_FIRM)
def home() -> Page:
    """Show a member what they can do in ten minutes."""
    with remembering():
        numbers.read()
        items = [item for items in HOME.call(current_actor()) for item in items]
        items.sort(key=lambda item: (item.due or dt.date.max, item.order))
        sections = [one for given in HOME_SECTION.call(current_actor()) for one in given]
        sections.sort(key=lambda one: one.order)
        first, later = _in_ten_minutes(items)
        page = render_template("firms/home.html", items=first, later=later, sections=sections)
    if operations.note_visit(g.membership):
        db.session.commit()
    return page


def _in_ten_minutes(items: list[HomeItem]) -> tuple[list[HomeItem], list[HomeItem]]:
    """Part what fits into ten minutes, in its order, from what can wait; one thing always fits."""
    spent = 0
    first: list[HomeItem] = []
    later: list[HomeItem] = []
    for item in items:
        spent += item.minutes
        (first if spent <= TEN_MINUTES or not first else later).append(item)
    return first, later


@bp.get("/f/<firm>/reports")
@access(Permission.SEE_REPORTS)
def reports() -> Page:
    """List the reports that the firm's plugins make."""
    found = [report for given in REPORTS.call(current_actor()) for report in given]
    found.sort(key=lambda report: (report.order, report.title))
    return render_template("firms/reports.html", reports=found)


@bp.route("/f/<firm>/join/<token>", methods=["GET", "POST"])
@access(Permission.OPEN_LINK)
def join(token: str) -> Page:
    """Take an invitation: sign up here, or say yes when signed in already."""
    invitation = invitations.find(token, lock=request.method == "POST")
    firm = db.session.get_one(Firm, invitation.firm_id)
    known = find_person(invitation.email)
    if known is not None:
        return _join_known(invitation, firm)
    form = JoinForm(name=invitation.name)
    if form.validate_on_submit():
        try:
            person = add_person(invitation.email, form.name.data or "", form.password.data or "")
            settle_timezone(person, form.zone.data or "")
        except PasswordError as error:
            form.password.errors = [str(error)]
        else:
            invitations.accept(invitation, person)
            db.session.commit()
            login_user(person, authn_via=["password"])
            flash(gettext("Welcome to %(name)s.", name=firm.name), "success")
            return redirect(url_for("firms.home", firm=firm.slug), 303)
    by_firm = firm_of(invitation.email)
    page = render_template(
        "firms/join.html",
        form=form,
        invitation=invitation,
        firm=firm,
        by_firm=by_firm is not None and by_firm.id == firm.id,
    )
    return page, 422 if form.is_submitted() else 200


def _join_known(invitation: Invitation, firm: Firm) -> Page:
    # A firm's sign-in speaks for its own firm alone: nothing is accepted by it elsewhere.
    whole = reach.only_firm() in {None, firm.id}
    same = whole and current_user.is_authenticated and current_user.email == invitation.email
    if same and request.method == "POST":
        invitations.accept(invitation, current_user._get_current_object())  # noqa: SLF001 - the row behind Flask-Login's proxy
        db.session.commit()
        flash(gettext("Welcome to %(name)s.", name=firm.name), "success")
        return redirect(url_for("firms.home", firm=firm.slug), 303)
    return render_template("firms/join_known.html", invitation=invitation, firm=firm, same=same)


@bp.route("/f/<firm>/me", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def me() -> Page:
    """Let a member say what they look for, and where."""
    form = next(iter(PROFILE_FORM.call()), ProfileForm)(obj=g.membership)
    if form.validate_on_submit():
        given: dict[str, Any] = {
            name: tuple(value) if isinstance(value, list) else value or ""
            for name, value in form.data.items()
            if name in operations.Profile.__dataclass_fields__
        }
        operations.update_profile(current_actor(), g.membership, operations.Profile(**given))
        db.session.commit()
        flash(gettext("Saved. The group sees it from now on."), "success")
        return redirect(url_for("firms.me"), 303)
    return render_template("firms/me.html", form=form), 422 if form.is_submitted() else 200
