"""Who stands at the door: the firm in the address, the person, and what they are there.

A page under ``/f/<firm>/`` opens the firm's scope for its members, and for everybody where the
page is under an unguessable link. For all others the firm looks as if it did not exist.
"""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any
from uuid import UUID

from flask import Flask, current_app, g, redirect, request, session, url_for
from flask_login import current_user
from flask_security import logout_user
from sqlalchemy import ARRAY, Text, Uuid, any_, func, or_, select
from werkzeug.wrappers import Response

from coachhub.accounts import reach, sessions
from coachhub.core.access import ANONYMOUS, Actor, permission_of
from coachhub.core.db import db
from coachhub.core.jobs import queue
from coachhub.core.plugins import registry
from coachhub.core.tenancy import open_firm_id, scope
from coachhub.firms import plugins, visits
from coachhub.firms.models import Firm, Membership, PluginSwitch, Seat
from coachhub.firms.operations import SECOND_FACTOR
from coachhub.firms.sso.domains import domain_of, proven
from coachhub.permissions import Permission, Standing

# Who looks after other people's affairs.
TRUSTED = frozenset({Standing.COACH, Standing.ADMIN, Standing.STAFF})


def init_app(app: Flask) -> None:
    """Put the entrance before every request."""
    app.url_value_preprocessor(_take_firm)
    app.url_defaults(_give_firm)
    app.before_request(enter)
    app.teardown_request(_leave)


def tell_core(app: Flask) -> None:
    """Tell the queue and the plugin host what only firms know. Call once both are there."""
    with app.app_context():
        queue().firm_ids = active_firm_ids
        registry().switches = plugins.plugins_on
        registry().report = plugins.note_failure


def active_firm_ids() -> list[UUID]:
    """Return the ids of all firms that are running."""
    return list(db.session.scalars(select(Firm.id).where(Firm.active).order_by(Firm.id)))


def _take_firm(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    g.firm_slug = values.pop("firm", None) if values else None


def _give_firm(endpoint: str, values: dict[str, Any]) -> None:
    if "firm" in values or not current_app.url_map.is_endpoint_expecting(endpoint, "firm"):
        return
    firm = g.get("firm") or _firm_of_scope()
    if firm is not None:
        values["firm"] = firm.slug


def _firm_of_scope() -> Firm | None:
    """Return the firm that a job works for, so that its links lead somewhere."""
    firm_id = open_firm_id()
    if firm_id is None:
        return None
    known: dict[UUID, Firm] = g.setdefault("firms_by_id", {})
    if firm_id not in known:
        known[firm_id] = db.session.get_one(Firm, firm_id)
    return known[firm_id]


def enter() -> Response | None:
    """Find firm and person, open the scope, and set ``g.actor``.

    Who looks after others is sent to set up a second factor, and is signed out sooner. Who came by
    a firm's own sign-in finds that firm open and no other.
    """
    g.firm = g.membership = g.visit = None
    g.actor = _person_outside() if current_user.is_authenticated else ANONYMOUS
    if g.firm_slug is None:
        if request.endpoint and _permission() is Permission.RUN_PLATFORM:
            return _second_factor(g.actor)
        return None
    firm, seats = _firm_and_seats(g.firm_slug, g.actor.person_id)
    by_link = _permission() is Permission.OPEN_LINK
    beyond = _beyond(firm)
    if beyond is not None and not by_link:
        return beyond
    if beyond is not None:
        g.actor = ANONYMOUS
    if firm is None or not _step_in(firm, seated=firm in seats, by_link=by_link):
        g.missing = True
        return None
    g.firm, g.seats = firm, seats
    if Standing.ADMIN in g.actor.standings and sessions.ended_by(sessions.ADMINS):
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    return None if by_link else _by_its_own_sign_in(firm) or _second_factor(g.actor, firm)


def _firm_and_seats(slug: str, person_id: UUID | None) -> tuple[Firm | None, list[Firm]]:
    """Return the firm of an address, and all firms that a person belongs to, by name."""
    mine = func.array(
        select(Seat.firm_id).where(Seat.person_id == person_id).scalar_subquery(),
        type_=ARRAY(Uuid()),
    )
    seated = Firm.id == any_(mine)
    rows = db.session.execute(
        select(Firm, seated.label("seated"))
        .where(Firm.active, or_(Firm.slug == slug, seated))
        .order_by(Firm.name)
    ).all()
    firm = next((row.Firm for row in rows if row.Firm.slug == slug), None)
    return firm, [row.Firm for row in rows if row.seated]


def _membership(firm: Firm, person_id: UUID | None) -> Membership | None:
    """Return a person's active membership; which plugins the firm has on is read with it."""
    on = func.array(
        select(PluginSwitch.plugin).where(PluginSwitch.is_on).scalar_subquery(),
        type_=ARRAY(Text()),
    )
    row = db.session.execute(
        select(Membership, on.label("plugins")).where(
            Membership.person_id == person_id, Membership.state == "active"
        )
    ).first()
    if row is None:
        return None
    registry().know(firm.id, row.plugins)
    found: Membership = row.Membership
    return found


def _step_in(firm: Firm, *, seated: bool, by_link: bool) -> bool:
    """Open the firm's scope for whom it is there, and say so; set who they are in it."""
    person_id = g.actor.person_id
    staff = Standing.STAFF in g.actor.standings
    g.scopes = ExitStack()
    g.scopes.enter_context(scope(firm.id))
    if seated:
        g.membership = _membership(firm, person_id)  # nobody's, where the link's reader is nobody
    elif staff and not by_link:
        g.visit = visits.visit_of(person_id)
    if g.membership is not None:
        g.actor = _member(g.membership, g.actor)
    elif g.visit is not None:
        g.visiting = g.visit.id
        g.actor = visits.as_visitor(g.visit, g.actor)
    elif not by_link:
        _leave(None)
        return False
    return True


def _beyond(firm: Firm | None) -> Response | None:
    """Say that a sign-in made by another firm's provider, or by one that is off, ends here."""
    only = reach.only_firm() if g.actor.person_id else None
    if only is None:
        return None
    if firm is None or firm.id != only:
        return reach.ask_for_own_means()
    if firm.single_sign_on == "off":
        logout_user()
        session.clear()
        return redirect(url_for("security.login", next=request.full_path.rstrip("?")))
    return None


def _by_its_own_sign_in(firm: Firm) -> Response | None:
    """Lead to the firm's provider whoever must come by it. Admins need not: they mend it."""
    if (
        firm.single_sign_on != "required"
        or g.membership is None
        or g.membership.role == "admin"
        or reach.shown_to(firm.id)
        or domain_of(current_user.email) not in proven()
    ):
        return None
    onward = request.full_path.rstrip("?") if request.method == "GET" else ""
    return redirect(url_for("sso.begin", firm=firm.slug, next=onward or None), 303)


def _permission() -> Permission | None:
    return permission_of(current_app.view_functions[str(request.endpoint)])


def _second_factor(actor: Actor, firm: Firm | None = None) -> Response | None:
    """Ask for a second factor from whoever must have one and has not shown it."""
    must = current_app.config["REQUIRE_SECOND_FACTOR"] and bool(actor.standings & TRUSTED)
    must = must or bool(firm and g.membership and firm.house.get(SECOND_FACTOR))
    shown = sessions.is_strong(firm.id if firm else None)
    return sessions.ask_for_second_factor() if must and not shown else None


def _person_outside() -> Actor:
    standings = {Standing.ANYONE, Standing.PERSON}
    # Staff come by their own means: what a firm's provider says does not open the desk.
    if current_user.is_staff and reach.only_firm() is None:
        standings.add(Standing.STAFF)
    return Actor(label=current_user.name, person_id=current_user.id, standings=frozenset(standings))


def acting(membership: Membership) -> Actor:
    """Return a member as who they are now, for what they asked to be done while they are away."""
    return _member(membership, Actor(label=membership.name, person_id=membership.person_id))


def _member(membership: Membership, person: Actor) -> Actor:
    standings = {*person.standings, Standing.MEMBER}
    if membership.role == "admin":
        standings.add(Standing.ADMIN)
    if membership.role == "coach":
        standings.add(Standing.COACH)
    return Actor(
        label=membership.name,
        person_id=person.person_id,
        membership_id=membership.id,
        standings=frozenset(standings),
    )


def _leave(_error: BaseException | None) -> None:
    scopes: ExitStack | None = g.pop("scopes", None)
    if scopes is not None:
        scopes.close()
