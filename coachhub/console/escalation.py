"""What waits too long is said aloud: to the moderators, then the firm's admins, then our desk.

At half of the time that a case has, its moderators are reminded; when the time is over, the firm's
admins are; at twice the time, the platform's desk. While nobody decides, each hears of it once on
every working day. Nothing is sent outside of business hours.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal
from uuid import UUID
from zoneinfo import ZoneInfo

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Enrolment
from coachhub.core import audit
from coachhub.core.access import platform
from coachhub.core.db import db, now
from coachhub.core.links import absolute
from coachhub.core.pages import day
from coachhub.core.tenancy import current_firm_id
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.moderation import house
from coachhub.moderation.hours import Hours
from coachhub.moderation.models import Case

Stage = Literal["half", "due", "late"]
ACTOR = platform("reminders")
WAITING = ("open", "claimed")


@dataclass(frozen=True)
class Clock:
    """When the three reminders about a case begin."""

    half: dt.datetime
    due: dt.datetime
    late: dt.datetime

    def stages(self, at: dt.datetime) -> list[Stage]:
        """Return the stages that have been reached, the latest first."""
        order: tuple[Stage, ...] = ("late", "due", "half")
        return [stage for stage in order if getattr(self, stage) <= at]


@dataclass(frozen=True)
class Recipient:
    """Somebody to be told; `membership_id` is None for the platform's desk."""

    key: UUID
    name: str
    address: str
    membership_id: UUID | None


def clock(case: Case, hours: Hours) -> Clock:
    """Return when a case's reminders begin: at half, all, and twice of the time it has."""
    whole = hours.between(case.created_at, case.due_at)
    return Clock(
        half=min(hours.after(case.created_at, whole / 2), case.due_at),
        due=case.due_at,
        late=hours.after(case.due_at, whole),
    )


def escalate(at: dt.datetime | None = None) -> int:
    """Write the reminders that are due in the open firm; return how many letters were written."""
    at = at or now()
    hours = house.hours()
    if not hours.is_open(at):
        return 0
    cases = db.session.scalars(
        select(Case).where(Case.state.in_(WAITING)).order_by(Case.due_at, Case.id)
    ).all()
    reached = {case: clock(case, hours).stages(at) for case in cases}
    told = _told_today(at, hours)
    return sum(_remind(case, stages, at, hours, told) for case, stages in reached.items() if stages)


def _remind(
    case: Case, stages: list[Stage], at: dt.datetime, hours: Hours, told: frozenset[str]
) -> int:
    """Tell everybody concerned, each about the latest stage that is theirs."""
    today = hours.local_day(at)
    heard: set[UUID] = set()
    written = 0
    for stage in stages:
        fresh = []
        for one in _recipients(case, stage):
            once = f"case-{stage}/{case.id}/{today}/{one.key}"
            if one.key not in heard and once not in told:
                fresh.append((once, one))
            heard.add(one.key)
        for once, one in fresh:
            _write(once, one, case, stage, hours, late="late" in stages)
        if fresh:
            audit.record(
                ACTOR, "case.reminded", kind="case", subject=case.id, stage=stage, told=len(fresh)
            )
        written += len(fresh)
    return written


def _told_today(at: dt.datetime, hours: Hours) -> frozenset[str]:
    midnight = dt.datetime.combine(hours.local_day(at), dt.time(), ZoneInfo(hours.zone))
    query = select(FirmMail.once).where(
        FirmMail.created_at >= midnight, FirmMail.kind.in_(("case-waits", "case-late"))
    )
    return frozenset(db.session.scalars(query))


def _recipients(case: Case, stage: Stage) -> list[Recipient]:
    if stage == "late":
        staff = select(Person).where(Person.is_staff, Person.active).order_by(Person.id)
        return [Recipient(one.id, one.name, one.email, None) for one in db.session.scalars(staff)]
    if stage == "due":
        return _members(_admins(case))
    return _members(_moderators(case)) or _members(_admins(case))


def _moderators(case: Case) -> Iterable[UUID]:
    """Return who looks after a case; if nobody has taken it on, all coaches of its cohort."""
    if case.claimed_by_id is not None:
        return [case.claimed_by_id]
    return db.session.scalars(
        select(Enrolment.membership_id).where(
            Enrolment.cohort_id == case.cohort_id,
            Enrolment.role == "coach",
            Enrolment.state == "active",
            Enrolment.membership_id.is_distinct_from(case.author_id),
        )
    ).all()


def _admins(case: Case) -> Iterable[UUID]:
    return db.session.scalars(
        select(Membership.id).where(
            Membership.role == "admin", Membership.id.is_distinct_from(case.author_id)
        )
    ).all()


def _members(ids: Iterable[UUID]) -> list[Recipient]:
    rows = db.session.execute(
        select(Membership.id, Membership.name, Person.email)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id.in_(list(ids)), Membership.state == "active")
        .order_by(Membership.id)
    )
    return [Recipient(row.id, row.name, row.email, row.id) for row in rows]


def _write(
    once: str, one: Recipient, case: Case, stage: Stage, hours: Hours, *, late: bool
) -> None:
    firm = db.session.get_one(Firm, current_firm_id())
    to_desk = one.membership_id is None
    context: dict[str, Any] = {
        "firm": firm,
        "name": one.name,
        "stage": stage,
        "late": late,
        "overdue": stage == "due" or late or now() >= case.due_at,
        "due": _said(case.due_at, hours),
        "came": _said(case.created_at, hours),
        "url": absolute("staff.desk") if to_desk else absolute("cases.show", case_id=case.id),
    }
    queue_letter(
        Letter(
            kind="case-late" if to_desk else "case-waits",
            to_address=one.address,
            to_name=one.name,
            once=once,
            context=context,
            from_name=firm.sender_name or firm.name,
            membership_id=one.membership_id,
        )
    )


def _said(at: dt.datetime, hours: Hours) -> str:
    local = at.astimezone(ZoneInfo(hours.zone))
    return f"{day(local)} at {local:%H:%M} ({hours.zone.replace('_', ' ')})"
