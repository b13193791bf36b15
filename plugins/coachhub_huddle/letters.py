"""The mails of the huddle: homework set, looked at, a huddle that changes, and the day before."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import coaches_of, people_of
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import day, in_language
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter
from coachhub_huddle import weeks
from coachhub_huddle.models import Attendance, Comment, Feed, HandIn, Homework, Huddle, Series


def homework_set(cohort: Cohort, homework: Homework, actor: Actor) -> None:
    """Tell every member what is set, and until when."""
    for member, person in _people(cohort, role="member"):
        with in_language(person.language):
            _write(
                "huddle-homework",
                member,
                person,
                cohort,
                once=f"huddle/homework/{homework.id}/{member.id}",
                link=absolute("huddle.homework", cohort=cohort.slug, homework_id=homework.id),
                homework=homework,
                due=day(homework.due_on),
                coach=actor.label,
            )


def reviewed(homework: Homework, handed: HandIn, comment: Comment, actor: Actor) -> None:
    """Tell a member what the coach thinks of their hand-in."""
    cohort = db.session.scalars(select(Cohort).where(Cohort.id == homework.cohort_id)).one()
    found = db.session.execute(
        select(Membership, Person)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id == handed.owner_id, Membership.state == "active")
    ).one_or_none()
    if found is None:
        return
    with in_language(found.Person.language):
        _write(
            "huddle-reviewed",
            found.Membership,
            found.Person,
            cohort,
            once=f"huddle/reviewed/{comment.id}",
            link=absolute("huddle.homework", cohort=cohort.slug, homework_id=homework.id),
            homework=homework,
            comment=comment.text,
            back=comment.verdict == "back",
            coach=actor.label,
        )


def changed(huddle: Huddle, what: str) -> None:
    """Tell everybody that a huddle is ``moved``, ``cancelled``, or ``on`` after all."""
    cohort, series = _place_of(huddle)
    for member, person in _people(cohort):
        with in_language(person.language):
            _write(
                "huddle-changed",
                member,
                person,
                cohort,
                once=f"huddle/changed/{huddle.id}/{huddle.sequence}/{member.id}",
                link=absolute("huddle.show", cohort=cohort.slug, huddle_id=huddle.id),
                what=what,
                title=series.title,
                place=huddle.place,
                why_cancelled=huddle.why,
                **_when(huddle, series, person),
            )


def reminder(huddle: Huddle, waiting: dict[UUID, list[str]]) -> int:
    """Remind those who come of a huddle, with the homework that waits for each; return how many."""
    cohort, series = _place_of(huddle)
    not_wanted = set(db.session.scalars(select(Feed.owner_id).where(Feed.reminders.is_(False))))
    excused = set(
        db.session.scalars(
            select(Attendance.membership_id).where(
                Attendance.huddle_id == huddle.id, Attendance.state == "excused"
            )
        )
    )
    leading = {one.membership.id for one in coaches_of(cohort)}
    written = 0
    for member, person in _people(cohort):
        if member.id in not_wanted | excused:
            continue
        written += 1
        with in_language(person.language):
            _write(
                "huddle-reminder",
                member,
                person,
                cohort,
                once=f"huddle/reminder/{huddle.id}/{huddle.sequence}/{member.id}",
                link=absolute("huddle.show", cohort=cohort.slug, huddle_id=huddle.id),
                title=series.title,
                place=huddle.place,
                homework=waiting.get(member.id, []),
                leads=member.id in leading,
                **_when(huddle, series, person),
            )
    return written


def _people(cohort: Cohort, role: str = "") -> list[tuple[Membership, Person]]:
    there = [one.membership for one in people_of(cohort) if not role or one.enrolment.role == role]
    people = {
        one.id: one
        for one in db.session.scalars(
            select(Person).where(Person.id.in_([one.person_id for one in there]))
        )
    }
    return [(one, people[one.person_id]) for one in there]


def _place_of(huddle: Huddle) -> tuple[Cohort, Series]:
    row = db.session.execute(
        select(Cohort, Series)
        .join(Series, Series.cohort_id == Cohort.id)
        .where(Series.id == huddle.series_id)
    ).one()
    return row.Cohort, row.Series


def _when(huddle: Huddle, series: Series, person: Person) -> dict[str, Any]:
    """Return day and time in the reader's own zone, and in the series' where that differs."""
    own = f"{weeks.clock(huddle.starts_at, person.timezone)} {weeks.zone_name(person.timezone)}"
    there = f"{weeks.clock(huddle.starts_at, series.timezone)} {weeks.zone_name(series.timezone)}"
    same = _offset(huddle, person.timezone) == _offset(huddle, series.timezone)
    return {
        "day": weeks.whole_day(weeks.local_day(huddle.starts_at, person.timezone)),
        "time": weeks.clock(huddle.starts_at, person.timezone) if same else own,
        "there": "" if same else there,
        "minutes": huddle.minutes,
    }


def _offset(huddle: Huddle, timezone: str) -> tuple[dt.date, str]:
    return weeks.local_day(huddle.starts_at, timezone), weeks.clock(huddle.starts_at, timezone)


def _write(
    kind: str,
    member: Membership,
    person: Person,
    cohort: Cohort,
    *,
    once: str,
    link: str,
    **context: Any,
) -> None:
    firm = db.session.get_one(Firm, current_firm_id())
    queue_letter(
        Letter(
            kind=kind,
            to_address=person.email,
            to_name=member.name,
            once=once,
            context={
                "firm": firm,
                "cohort": cohort,
                "name": (member.name.split() or [member.name])[0],
                "link": link,
                "wishes": absolute("huddle.mine"),
                **context,
            },
            from_name=firm.sender_name or firm.name,
            membership_id=member.id,
        )
    )
