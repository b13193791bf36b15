"""Due times and who hears when they pass: thirty days, every half hour, with a free day."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest
import time_machine
from sqlalchemy import select
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.console.escalation import escalate
from coachhub.core import audit
from coachhub.core.jobs import JOBS
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.mail.models import FirmMail
from coachhub.moderation import house
from coachhub.moderation.hours import Hours
from coachhub.moderation.models import Case
from coachhub.moderation.operations import Ruling, appeal, claim, decide
from fixtures_group import Group

ZONE = ZoneInfo("Europe/Lisbon")
FREE = dt.date(2026, 4, 3)
HOURS = Hours(zone="Europe/Lisbon", free=frozenset({FREE}))
MONDAY = dt.datetime(2026, 3, 16, tzinfo=ZONE)  # the clocks change on 29 March
HALF_AN_HOUR = dt.timedelta(minutes=30)


@dataclass
class Month:
    """Thirty days in which cases come, wait and are decided; who heard what, and when."""

    group: Group
    names: dict[UUID, str]
    heard: dict[tuple[str, str], list[dt.datetime]] = field(
        default_factory=lambda: defaultdict(list)
    )
    cases: dict[str, UUID] = field(default_factory=dict)

    def come(self, name: str, *, safety: bool, at: dt.datetime) -> None:
        """Let a case come in."""
        case = Case(
            target_kind="ask",
            target_id=uuid7(),
            cohort_id=self.group.cohort.id,
            author_id=self.group.people["ada"].id,
            evidence="x",
            created_at=at,
            due_at=HOURS.due(at, safety=safety),
        )
        self.group.session.add(case)
        self.group.session.flush()
        self.cases[name] = case.id

    def decide(self, name: str) -> None:
        """Have a case decided."""
        case = self.group.session.scalars(select(Case).where(Case.id == self.cases[name])).one()
        decide(self.group.actor("ida"), case, case.version, Ruling("not_upheld"))

    def tick(self, at: dt.datetime) -> None:
        """Run the job, twice, and write down who heard."""
        with time_machine.travel(at, tick=False):
            written = escalate()
            assert escalate() == 0, "the second of two workers tells nobody again"
        fresh = self.group.session.scalars(
            select(FirmMail).where(FirmMail.created_at == at).order_by(FirmMail.id)
        ).all()
        assert len(fresh) == written
        by_id = {str(case): name for name, case in self.cases.items()}
        for mail in fresh:
            stage, case, _day, who = mail.once.split("/")
            name = self.names[UUID(who)]
            self.heard[by_id[case], f"{stage.removeprefix('case-')} {name}"].append(at)


@pytest.fixture
def month(group: Group, make_member: Callable[..., Membership]) -> Iterator[Month]:
    with scope(group.firm.id):
        admin = make_member("Ana Admin", role="admin")
        staff = Person(
            email="desk@example.org", name="Dee Desk", fs_uniquifier="desk", is_staff=True
        )
        group.session.add(staff)
        house.set_hours(group.actor("ida"), HOURS)
        names = {admin.id: "admin", staff.id: "desk", group.people["ida"].id: "coach"}
        yield Month(group, names)


def at(day: int, hour: int, minute: int = 0) -> dt.datetime:
    """Return a moment, counted in days from the first Monday."""
    local = (MONDAY + dt.timedelta(days=day)).date()
    return dt.datetime.combine(local, dt.time(hour, minute), ZONE).astimezone(dt.UTC)


def run(month: Month, events: dict[dt.datetime, Callable[[], None]]) -> None:
    moment = MONDAY.astimezone(dt.UTC)
    while moment < MONDAY.astimezone(dt.UTC) + dt.timedelta(days=30):
        if moment in events:
            events[moment]()
        month.tick(moment)
        moment += HALF_AN_HOUR


def working_days(first: int, last: int) -> list[dt.date]:
    days = [(MONDAY + dt.timedelta(days=day)).date() for day in range(first, last + 1)]
    return [day for day in days if day.weekday() < 5 and day != FREE]


def days_of(moments: list[dt.datetime]) -> list[dt.date]:
    return [moment.astimezone(ZONE).date() for moment in moments]


def test_thirty_days(month: Month) -> None:
    events: dict[dt.datetime, Callable[[], None]] = {
        at(0, 10): lambda: month.come("scam", safety=True, at=at(0, 10)),
        at(4, 16): lambda: month.come("friday", safety=False, at=at(4, 16)),
        at(17, 15): lambda: month.come("before a free day", safety=True, at=at(17, 15)),
        at(1, 12): lambda: month.decide("scam"),
        at(25, 9): lambda: month.come("quick", safety=True, at=at(25, 9)),
        at(25, 10): lambda: month.decide("quick"),
    }
    run(month, events)
    first: dict[Any, dt.datetime] = {key: told[0] for key, told in month.heard.items()}
    # Half of four hours, all of them, and eight, which are over on Tuesday at ten.
    assert first["scam", "half coach"] == at(0, 12)
    assert first["scam", "due admin"] == at(0, 14)
    assert first["scam", "late desk"] == at(1, 10)
    # One working day from Friday at four is Monday at four; half of it is Monday at noon.
    assert first["friday", "half coach"] == at(7, 12)
    assert first["friday", "due admin"] == at(7, 16)
    assert first["friday", "late desk"] == at(8, 16)
    # Two hours on Thursday, none on the free Friday, two on Monday.
    # (half of it is over when the day is: that is said the next working morning).
    assert first["before a free day", "half coach"] == at(21, 9)
    assert first["before a free day", "due admin"] == at(21, 11)
    assert first["before a free day", "late desk"] == at(21, 15)
    # Then each of them once on every working day, until somebody decides.
    assert days_of(month.heard["scam", "half coach"]) == working_days(0, 1)
    assert days_of(month.heard["scam", "due admin"]) == working_days(0, 1)
    assert days_of(month.heard["friday", "half coach"]) == working_days(7, 29)
    assert days_of(month.heard["friday", "due admin"]) == working_days(7, 29)
    assert days_of(month.heard["friday", "late desk"]) == working_days(8, 29)
    assert not [key for key in month.heard if key[0] == "quick"]
    told = [moment.astimezone(ZONE) for moments in month.heard.values() for moment in moments]
    assert all(dt.time(9) <= moment.time() < dt.time(17) for moment in told)
    assert len(month.heard) == 9
    assert len(audit.entries(action="case.reminded", limit=1000)) == len(told)


def test_who_took_a_case_on_is_reminded_alone_and_nobody_of_their_own(
    month: Month, make_member: Callable[..., Membership]
) -> None:
    session, group = month.group.session, month.group
    other = make_member("Otto Coach", role="coach", cohorts=(group.cohort,))
    month.names[other.id] = "other"
    group.people["otto"] = other
    for name in ("taken", "own", "nobody's"):
        month.come(name, safety=True, at=at(0, 10))
    case = {
        name: session.scalars(select(Case).where(Case.id == key)).one()
        for name, key in month.cases.items()
    }
    claim(group.actor("otto"), case["taken"], 1)
    case["own"].author_id = other.id
    case["nobody's"].cohort_id = None
    session.flush()
    month.tick(at(0, 13))
    assert set(month.heard) == {
        ("taken", "half other"), ("own", "half coach"), ("nobody's", "half admin"),
    }  # fmt: skip


def test_the_desk_learns_that_a_case_waits_and_nothing_of_it(month: Month) -> None:
    month.come("scam", safety=True, at=at(0, 10))
    case = month.group.session.scalars(select(Case)).one()
    case.evidence = "Send your bank details"
    month.group.session.flush()
    month.tick(at(1, 12))
    by_kind = {
        mail.kind: bytes(mail.raw).decode()
        for mail in month.group.session.scalars(select(FirmMail))
    }
    assert month.group.firm.name in by_kind["case-late"]
    assert str(case.id) not in by_kind["case-late"]
    assert str(case.id) in by_kind["case-waits"]
    assert not any("bank details" in raw for raw in by_kind.values())


def test_it_is_a_job() -> None:
    assert JOBS["console.escalate"].every_minutes == 10


def test_a_second_look_waits_too_and_who_decided_first_does_not_hear(
    month: Month, make_member: Callable[..., Membership]
) -> None:
    session, group = month.group.session, month.group
    other = make_member("Otto Coach", role="coach", cohorts=(group.cohort,))
    month.names[other.id] = "other"
    month.come("scam", safety=True, at=at(0, 9))
    case = session.scalars(select(Case)).one()
    with time_machine.travel(at(0, 10), tick=False):
        decision = decide(group.actor("ida"), case, 1, Ruling("upheld", "scam", "removed"))
        asked = appeal(group.actor("ada"), decision, "I only asked")
    month.cases["appeal"] = asked.id
    assert asked.due_at == at(0, 14)
    for moment in (at(0, 12), at(0, 14), at(1, 10)):
        month.tick(moment)
    assert {name: told[0] for (_item, name), told in month.heard.items()} == {
        "half other": at(0, 12), "due admin": at(0, 14), "late desk": at(1, 10),
    }  # fmt: skip
