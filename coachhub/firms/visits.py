"""Staff look into a firm: with a reason, for an hour at most, reading first, and not unseen.

A visitor sees what the firm's admin sees, no more: never a member's own pages or contacts. Each
page they open is an entry in the firm's audit trail, and the firm's admins get mail at once.
"""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from flask import Flask, Response, g, request
from sqlalchemy import select, update

from coachhub.core import audit
from coachhub.core.access import Actor, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotAllowedError, NotFoundError
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.firms.admins import admins
from coachhub.firms.models import Firm, Membership, Seat, StaffVisit
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.permissions import Standing

LONGEST = 60  # minutes
REASON = 10  # letters, at least
_READING = frozenset({"GET", "HEAD", "OPTIONS"})


def look_in(actor: Actor, reason: str, minutes: int) -> StaffVisit:
    """Let somebody of staff into the firm whose scope is open; its admins are told by mail.

    Raises DomainError without a good reason, for longer than an hour, or for a member of the firm.
    """
    person_id = _staff(actor)
    if not 1 <= minutes <= LONGEST:
        raise DomainError(
            gettext("A look into a firm lasts %(LONGEST)s minutes at most.", LONGEST=LONGEST)
        )
    firm = db.session.get_one(Firm, current_firm_id())
    if db.session.get(Seat, (firm.id, person_id)) is not None:
        raise DomainError(
            gettext("You belong to %(name)s: go in by your own membership.", name=firm.name)
        )
    begun = now()
    for old in _of(person_id):
        old.ended_at, old.ended_by = old.ended_at or min(begun, old.until), old.ended_by or "time"
    visit = StaffVisit(
        created_at=begun,
        person_id=person_id,
        name=actor.label,
        reason=_reason(reason),
        until=begun + dt.timedelta(minutes=minutes),
    )
    db.session.add(visit)
    db.session.flush()
    _tell_admins(firm, visit)
    members = select(Membership.id).where(Membership.state == "active")
    audit.seen(
        actor,
        "break_glass",
        kind="visit",
        subject=visit.id,
        whose=db.session.scalars(members).all(),
    )
    _record(actor, "staff.looked_in", visit, reason=visit.reason, minutes=minutes)
    return visit


def allow_writing(actor: Actor, visit: StaffVisit, reason: str) -> None:
    """Let a visitor change things too, for a reason of its own; the admins are told again."""
    _staff(actor)
    if not visit.is_open():
        raise DomainError(gettext("This look into the firm has ended."))
    visit.writes_since, visit.write_reason = now(), _reason(reason)
    db.session.flush()
    _tell_admins(db.session.get_one(Firm, current_firm_id()), visit)
    _record(actor, "staff.may_write", visit, reason=visit.write_reason)


def end(actor: Actor, visit: StaffVisit) -> None:
    """End a visit: by the visitor, or by an admin of the firm who wants them out."""
    if not visit.is_open():
        return
    visit.ended_at, visit.ended_by = now(), actor.label
    db.session.flush()
    _record(actor, "staff.ended", visit)


def visit_of(person_id: UUID | None) -> StaffVisit | None:
    """Return the visit that lets somebody into the firm whose scope is open, if one does."""
    return next((one for one in _of(person_id) if one.is_open()), None) if person_id else None


def find(visit_id: UUID) -> StaffVisit:
    """Return a visit of this firm; raises NotFoundError."""
    found = db.session.scalar(select(StaffVisit).where(StaffVisit.id == visit_id))
    if found is None:
        raise NotFoundError
    return found


def visits(*, only_open: bool = False) -> list[StaffVisit]:
    """Return who of staff was in this firm, the newest first."""
    query = select(StaffVisit).order_by(StaffVisit.created_at.desc()).limit(200)
    if only_open:
        query = query.where(StaffVisit.ended_at.is_(None), StaffVisit.until > now())
    return list(db.session.scalars(query))


def as_visitor(visit: StaffVisit, person: Actor) -> Actor:
    """Return who somebody of staff is inside: the firm's admin, under their own name."""
    return Actor(
        label=f"{visit.name} (CoachHub staff)",
        person_id=person.person_id,
        standings=person.standings | {Standing.ADMIN},
    )


def init_app(app: Flask) -> None:
    """Refuse what a visitor may not change, and write down each page they open."""
    app.before_request(_refuse)
    app.after_request(_write_down)


def _refuse() -> None:
    visit: StaffVisit | None = g.get("visit")
    if visit is None:
        return
    if request.method not in _READING and visit.writes_since is None:
        raise NotAllowedError(
            gettext(
                "You are looking in, so you can read. To change something, say why first, on the"
                " firm's page of the staff desk."
            )
        )


def _write_down(response: Response) -> Response:
    visit_id: UUID | None = g.pop("visiting", None)
    if visit_id is None:
        return response
    # What the view has not committed must not be committed here.
    db.session.rollback()
    db.session.execute(
        update(StaffVisit)
        .where(StaffVisit.id == visit_id)
        .values(pages=StaffVisit.pages + 1)
        .execution_options(synchronize_session=False)
    )
    action = "read" if request.method in _READING else "acted"
    if response.status_code == 403:  # noqa: PLR2004 - forbidden
        action = "refused"
    audit.record(
        current_actor(),
        f"staff.{action}",
        kind="visit",
        subject=visit_id,
        page=f"{request.method} {request.path}",
        answer=response.status_code,
    )
    db.session.commit()
    return response


def _of(person_id: UUID) -> list[StaffVisit]:
    query = select(StaffVisit).where(StaffVisit.person_id == person_id)
    return list(db.session.scalars(query.where(StaffVisit.ended_at.is_(None))))


def _staff(actor: Actor) -> UUID:
    if Standing.STAFF not in actor.standings or actor.person_id is None:
        raise NotAllowedError
    return actor.person_id


def _reason(reason: str) -> str:
    words = " ".join(reason.split())
    if len(words) < REASON:
        raise DomainError(
            gettext("Please say why, in a sentence that the firm's admins will read.")
        )
    return words[:500]


def _record(actor: Actor, action: str, visit: StaffVisit, **details: str | int) -> None:
    audit.record(actor, action, kind="visit", subject=visit.id, label=visit.name, **details)


def _tell_admins(firm: Firm, visit: StaffVisit) -> None:
    step = "write" if visit.writes_since else "read"
    for admin in admins():
        queue_letter(
            Letter(
                kind="staff-looks-in",
                to_address=admin.email,
                to_name=admin.name,
                once=f"staff-looks-in/{visit.id}/{step}/{admin.id}",
                context={
                    "firm": firm,
                    "name": admin.name,
                    "visit": visit,
                    "minutes": round((visit.until - visit.created_at).total_seconds() / 60),
                    "url": absolute("visits.index"),
                },
                from_name="CoachHub",
                membership_id=admin.id,
                language=admin.language,
            )
        )
