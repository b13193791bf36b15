"""People of the firm and who is invited: found, let in, given roles, suspended, let go."""

from __future__ import annotations

import csv
from collections.abc import Callable
from dataclasses import asdict, dataclass
from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, make_response, redirect, render_template, request, url_for
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, or_, select
from werkzeug.wrappers import Response

from coachhub.accounts.freshness import fresh, show_it_is_you
from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.console.forms import ROLE_WORDS, InviteForm, RoleForm
from coachhub.core import audit
from coachhub.core.access import access, current_actor
from coachhub.core.cells import as_csv
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.forms import choices
from coachhub.core.words import gettext, gettext_noop, ngettext
from coachhub.firms import invitations, operations
from coachhub.firms.models import LOOKING_AFTER, ROLES, Invitation, Membership
from coachhub.firms.sso.operations import identity_of
from coachhub.permissions import Permission

Page = str | Response | tuple[str, int]
PER_PAGE = 50
STATES = ("active", "suspended", "left")
# What a role means, beside the choice of it.
MEANINGS = {
    "member": gettext_noop(
        "Looks for work: sees the boards of their cohorts, posts, and is introduced."
    ),
    "coach": gettext_noop(
        "Leads cohorts: sees their members, runs rounds, looks at what was reported."
    ),
    "admin": gettext_noop(
        "Looks after the firm: people, rules, plugins, audit trail. Needs a second factor."
    ),
}


def add_to(bp: Blueprint) -> None:
    """Give the pages their addresses."""
    routes: list[tuple[str, Callable[..., Page], list[str]]] = [
        ("/people", people, ["GET"]),
        ("/people", invite, ["POST"]),
        ("/people/export", export, ["POST"]),
        ("/people/<uuid:membership_id>", person, ["GET", "POST"]),
        (
            "/people/<uuid:membership_id>/<any(suspend, reinstate, remove):step>",
            change_state,
            ["POST"],
        ),
        ("/invitations/<uuid:invitation_id>/withdraw", withdraw, ["POST"]),
        ("/invitations/<uuid:invitation_id>/resend", resend, ["POST"]),
    ]
    for address, view, methods in routes:
        bp.add_url_rule(address, view_func=view, methods=methods)


@dataclass(frozen=True)
class Wanted:
    """Whom to show; what is empty asks for nothing."""

    q: str = ""
    role: str = ""
    state: str = ""
    cohort: str = ""

    @classmethod
    def read(cls) -> Wanted:
        """Read it from the address."""
        words = request.args.get("q", "").replace("\0", "").strip()[:100]
        role, state = request.args.get("role", ""), request.args.get("state", "")
        return cls(
            words,
            role if role in ROLES else "",
            state if state in STATES else "",
            request.args.get("cohort", "")[:60],
        )

    def address(self) -> dict[str, str]:
        """Return it as it stands in an address."""
        return {name: value for name, value in asdict(self).items() if value}


@dataclass(frozen=True)
class Invited:
    """What became of one line of a roster."""

    line: int
    text: str
    problem: str = ""


@access(Permission.ADMINISTER)
def people() -> str:
    """List everybody in the firm, and the invitations that are open."""
    return _people_page(_invite_form())


@access(Permission.ADMINISTER)
def invite() -> Page:
    """Invite one person or a roster; what is wrong is told line by line, the rest goes out."""
    form = _invite_form()
    if not form.validate_on_submit():
        return _people_page(form), 422
    lines = _roster(form)
    if not lines:
        form.email.errors = [gettext("Whom would you like to invite?")]
        return _people_page(form), 422
    if form.role.data in LOOKING_AFTER:
        asked = show_it_is_you(current_user, url_for("console.people"))
        if asked is not None:
            return asked
    cohort = db.session.scalar(select(Cohort).where(Cohort.slug == (form.cohort.data or "")))
    results = [_invite_one(number, line, form.role.data, cohort) for number, line in lines]
    db.session.commit()
    good = sum(not one.problem for one in results)
    bad = [one for one in results if one.problem]
    if good:
        flash(
            ngettext(
                "%(num)s invitation is on the way.", "%(num)s invitations are on the way.", good
            ),
            "success",
        )
    if not bad:
        return redirect(url_for("console.people"), 303)
    form.roster.data = "\n".join(one.text for one in bad)
    form.email.data = form.name.data = ""
    form.roster.errors = [
        gettext("Line %(number)s: %(problem)s", number=one.line, problem=one.problem) for one in bad
    ]
    return _people_page(form), 422


@access(Permission.ADMINISTER)
@fresh("console.people")
def export() -> Response:
    """Give everybody in the firm as CSV; that it left is an entry, and members can see it."""
    rows = db.session.execute(
        select(Membership, Person.email)
        .join(Person, Person.id == Membership.person_id)
        .order_by(Membership.state, Membership.name)
    ).all()
    cohorts = _cohorts_of([row[0].id for row in rows])
    lines = [
        (
            gettext("Email"), gettext("Name"), gettext("Role here"), gettext("Cohort"),
            gettext("State"), gettext("Member since"), gettext("Last here"),
        )
    ]  # fmt: skip
    lines += [
        (
            email,
            one.name,
            one.role,
            "; ".join(cohorts.get(one.id, ())),
            one.state,
            f"{one.created_at:%Y-%m-%d}",
            f"{one.seen_at:%Y-%m-%d}" if one.seen_at else "",
        )
        for one, email in rows
    ]
    actor = current_actor()
    whose = [row[0].id for row in rows]
    audit.seen(actor, "export", kind="roster", subject=g.firm.id, whose=whose)
    audit.record(actor, "roster.exported", kind="roster", label=g.firm.name, members=len(rows))
    db.session.commit()
    answer = make_response(as_csv(lines))
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"people-{g.firm.slug}-{now():%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


@access(Permission.ADMINISTER)
@fresh(methods={"POST"})
def person(membership_id: UUID) -> Page:
    """Show one membership; change its role."""
    membership = _membership(membership_id)
    form = RoleForm(obj=membership)
    if form.validate_on_submit():
        operations.change_role(current_actor(), membership, form.role.data)
        db.session.commit()
        flash(gettext("Saved: %(data)s", data=gettext(MEANINGS[form.role.data])), "success")
        return redirect(url_for("console.person", membership_id=membership_id), 303)
    email = db.session.scalars(select(Person.email).where(Person.id == membership.person_id)).one()
    page = render_template(
        "console/person.html",
        form=form,
        one=membership,
        email=email,
        meanings={role: gettext(words) for role, words in MEANINGS.items()},
        cohorts=_cohorts_of([membership.id]).get(membership.id, ()),
        last_admin=membership.role == "admin" and _number_of_admins() == 1,
        identity=identity_of(membership.id),
    )
    return page, 422 if form.is_submitted() else 200


@access(Permission.ADMINISTER)
def change_state(membership_id: UUID, step: str) -> Response:
    """Suspend a member, take them back, or end the membership."""
    membership = _membership(membership_id)
    reason = request.form.get("reason", "").strip()[:500]
    if step == "suspend":
        operations.suspend(current_actor(), membership, reason)
    elif step == "remove":
        operations.end_membership(current_actor(), membership, reason)
    else:
        operations.reinstate(current_actor(), membership)
    db.session.commit()
    said = {"suspend": gettext("Suspended."), "remove": gettext("Ended.")}
    flash(said.get(step, gettext("Back in.")), "success")
    return redirect(url_for("console.person", membership_id=membership_id), 303)


@access(Permission.ADMINISTER)
def withdraw(invitation_id: UUID) -> Response:
    """Take an invitation back."""
    invitations.withdraw(current_actor(), _invitation(invitation_id))
    db.session.commit()
    flash(gettext("The invitation no longer works."), "success")
    return redirect(url_for("console.people", _anchor="invited"), 303)


@access(Permission.ADMINISTER)
def resend(invitation_id: UUID) -> Response:
    """Send an invitation again, with a new link for seven more days."""
    found = _invitation(invitation_id)
    cohort = db.session.scalar(select(Cohort.name).where(Cohort.id == found.cohort_id))
    invitations.resend(current_actor(), found, cohort or "")
    email = found.email
    db.session.commit()
    flash(
        gettext("Sent to %(email)s again. The link of before no longer works.", email=email),
        "success",
    )
    return redirect(url_for("console.people", _anchor="invited"), 303)


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
    running = select(Cohort).where(Cohort.state == "running").order_by(Cohort.name)
    listed = ((one.slug, one.name) for one in db.session.scalars(running))
    form.cohort.choices = choices([("", gettext("No cohort yet")), *listed])
    return form


def _people_page(form: InviteForm) -> str:
    wanted = Wanted.read()
    found = _found(wanted)
    emails = select(Person.id, Person.email).where(
        Person.id.in_([one.person_id for one in found.items])
    )
    waiting = select(Invitation).where(
        Invitation.accepted_at.is_(None), Invitation.withdrawn_at.is_(None)
    )
    cohorts = db.session.scalars(select(Cohort).order_by(Cohort.name)).all()
    return render_template(
        "console/people.html",
        form=form,
        people=found,
        emails={row.id: row.email for row in db.session.execute(emails)},
        roles=ROLE_WORDS,
        in_cohorts=_cohorts_of([one.id for one in found.items]),
        invitations=db.session.scalars(waiting.order_by(Invitation.created_at.desc())).all(),
        wanted=wanted,
        cohorts=[(one.slug, one.name) for one in cohorts],
        at=now(),
    )


def _found(wanted: Wanted) -> Pagination:
    query = select(Membership).order_by(Membership.state, Membership.name, Membership.id)
    if wanted.q:
        by_address = select(Person.id).where(Person.email.icontains(wanted.q, autoescape=True))
        query = query.where(
            or_(
                Membership.name.icontains(wanted.q, autoescape=True),
                Membership.person_id.in_(by_address),
            )
        )
    if wanted.role:
        query = query.where(Membership.role == wanted.role)
    if wanted.state:
        query = query.where(Membership.state == wanted.state)
    if wanted.cohort:
        enrolled = (
            select(Enrolment.membership_id)
            .join(Cohort, Cohort.id == Enrolment.cohort_id)
            .where(Cohort.slug == wanted.cohort, Enrolment.state == "active")
        )
        query = query.where(Membership.id.in_(enrolled))
    page = min(max(request.args.get("page", 1, int), 1), 1_000_000)
    return db.paginate(query, page=page, per_page=PER_PAGE, error_out=False)


def _cohorts_of(membership_ids: list[UUID]) -> dict[UUID, list[str]]:
    rows: Any = db.session.execute(
        select(Enrolment.membership_id, Cohort.name)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.membership_id.in_(membership_ids), Enrolment.state == "active")
        .order_by(Cohort.name)
    )
    found: dict[UUID, list[str]] = {}
    for membership_id, name in rows:
        found.setdefault(membership_id, []).append(name)
    return found


def _number_of_admins() -> int:
    query = select(func.count()).where(Membership.role == "admin", Membership.state == "active")
    return db.session.scalar(query) or 0


def _membership(membership_id: UUID) -> Membership:
    found = operations.membership_of(membership_id)
    if found is None:
        raise NotFoundError
    return found


def _invitation(invitation_id: UUID) -> Invitation:
    found = db.session.scalar(select(Invitation).where(Invitation.id == invitation_id))
    if found is None:
        raise NotFoundError
    return found
