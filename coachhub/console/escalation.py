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
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import day, gettext, in_language
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.moderation import house
from coachhub.moderation.hours import Hours
from coachhub.moderation.models import OPEN, Appeal, Case, Decision

Stage = Literal["half", "due", "late"]
ACTOR = platform("reminders")


@dataclass(frozen=True)
class Item:
    """A case, or an appeal, that waits: since when, until when, and whose it is.

    `keeper` is who took it on; `without` are those who may not decide it: the author, and for an
    appeal who decided first.
    """

    id: UUID
    case_id: UUID
    cohort_id: UUID | None
    came_at: dt.datetime
    due_at: dt.datetime
    keeper: UUID | None
    without: frozenset[UUID]
    second_look: bool = False


@dataclass(frozen=True)
class Clock:
    """When the three reminders about an item begin."""

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
    language: str
    membership_id: UUID | None


def clock(item: Item, hours: Hours) -> Clock:
    """Return when an item's reminders begin: at half, all, and twice of the time it has."""
    whole = hours.between(item.came_at, item.due_at)
    return Clock(
        half=min(hours.after(item.came_at, whole / 2), item.due_at),
        due=item.due_at,
        late=hours.after(item.due_at, whole),
    )


def escalate(at: dt.datetime | None = None) -> int:
    """Write the reminders that are due in the open firm; return how many letters were written."""
    at = at or now()
    hours = house.hours()
    if not hours.is_open(at):
        return 0
    reached = {item: clock(item, hours).stages(at) for item in _waiting()}
    told = _told_today(at, hours)
    return sum(_remind(item, stages, at, hours, told) for item, stages in reached.items() if stages)


def _waiting() -> list[Item]:
    """Return what waits in the firm: open cases, and second looks that nobody has answered."""
    cases = db.session.scalars(
        select(Case).where(Case.state.in_(OPEN)).order_by(Case.due_at, Case.id)
    )
    items = [
        Item(
            one.id, one.id, one.cohort_id, one.created_at, one.due_at, one.claimed_by_id,
            _these(one.author_id),
        )
        for one in cases
    ]  # fmt: skip
    asked = db.session.execute(
        select(Appeal, Case.cohort_id, Decision.decided_by_id)
        .join(Case, Case.id == Appeal.case_id)
        .join(Decision, Decision.id == Appeal.decision_id)
        .where(Appeal.outcome == "", Appeal.at_desk.is_(False))
        .order_by(Appeal.due_at, Appeal.id)
    )
    return items + [
        Item(
            one.id, one.case_id, cohort_id, one.created_at, one.due_at, None,
            _these(one.author_id, first), second_look=True,
        )
        for one, cohort_id, first in asked
    ]  # fmt: skip


def _these(*ids: UUID | None) -> frozenset[UUID]:
    return frozenset(one for one in ids if one is not None)


def _remind(
    item: Item, stages: list[Stage], at: dt.datetime, hours: Hours, told: frozenset[str]
) -> int:
    """Tell everybody concerned, each about the latest stage that is theirs."""
    today = hours.local_day(at)
    heard: set[UUID] = set()
    written = 0
    for stage in stages:
        fresh = []
        for one in _recipients(item, stage):
            once = f"case-{stage}/{item.id}/{today}/{one.key}"
            if one.key not in heard and once not in told:
                fresh.append((once, one))
            heard.add(one.key)
        for once, one in fresh:
            with in_language(one.language):
                _write(once, one, item, stage, hours, late="late" in stages)
        if fresh:
            audit.record(
                ACTOR,
                "case.reminded",
                kind="case",
                subject=item.case_id,
                stage=stage,
                told=len(fresh),
            )
        written += len(fresh)
    return written


def _told_today(at: dt.datetime, hours: Hours) -> frozenset[str]:
    midnight = dt.datetime.combine(hours.local_day(at), dt.time(), ZoneInfo(hours.zone))
    query = select(FirmMail.once).where(
        FirmMail.created_at >= midnight, FirmMail.kind.in_(("case-waits", "case-late"))
    )
    return frozenset(db.session.scalars(query))


def _recipients(item: Item, stage: Stage) -> list[Recipient]:
    if stage == "late":
        staff = select(Person).where(Person.is_staff, Person.active).order_by(Person.id)
        return [
            Recipient(one.id, one.name, one.email, one.language, None)
            for one in db.session.scalars(staff)
        ]
    if stage == "due":
        return _members(_admins(item))
    return _members(_moderators(item)) or _members(_admins(item))


def _moderators(item: Item) -> Iterable[UUID]:
    """Return who looks after an item; if nobody has taken it on, all coaches of its cohort."""
    if item.keeper is not None:
        return [item.keeper]
    return db.session.scalars(
        select(Enrolment.membership_id).where(
            Enrolment.cohort_id == item.cohort_id,
            Enrolment.role == "coach",
            Enrolment.state == "active",
            Enrolment.membership_id.not_in(item.without),
        )
    ).all()


def _admins(item: Item) -> Iterable[UUID]:
    return db.session.scalars(
        select(Membership.id).where(Membership.role == "admin", Membership.id.not_in(item.without))
    ).all()


def _members(ids: Iterable[UUID]) -> list[Recipient]:
    rows = db.session.execute(
        select(Membership.id, Membership.name, Person.email, Person.language)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id.in_(list(ids)), Membership.state == "active")
        .order_by(Membership.id)
    )
    return [Recipient(row.id, row.name, row.email, row.language, row.id) for row in rows]


def _write(
    once: str, one: Recipient, item: Item, stage: Stage, hours: Hours, *, late: bool
) -> None:
    firm = db.session.get_one(Firm, current_firm_id())
    to_desk = one.membership_id is None
    context: dict[str, Any] = {
        "firm": firm,
        "name": one.name,
        "stage": stage,
        "late": late,
        "second_look": item.second_look,
        "overdue": stage == "due" or late or now() >= item.due_at,
        "due": _said(item.due_at, hours),
        "came": _said(item.came_at, hours),
        "url": absolute("staff.desk") if to_desk else absolute("cases.show", case_id=item.case_id),
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
    return gettext(
        "%(day)s at %(time)s (%(zone)s)",
        day=day(local),
        time=f"{local:%H:%M}",
        zone=hours.zone.replace("_", " "),
    )
