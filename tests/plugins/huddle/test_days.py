"""When a cohort meets: the clock, single changes, mails, calendars that follow."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st
from icalendar import Calendar
from sqlalchemy import select, update

from coachhub.core.errors import DomainError, NotAllowedError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.mail.models import FirmMail
from coachhub_huddle import weeks
from coachhub_huddle.jobs import keep_up
from coachhub_huddle.models import Series
from coachhub_huddle.operations import series
from plugins.huddle.weekly import BERLIN, MONDAYS, TODAY, Group


def mails(group: Group, kind: str) -> list[FirmMail]:
    with scope(group.firm.id):
        return list(group.session.scalars(select(FirmMail).where(FirmMail.kind == kind)))


def the_series(group: Group) -> Series:
    return group.session.scalars(select(Series)).one()


def test_the_clock_stays_when_summer_time_ends(group: Group) -> None:
    huddles = group.meets()
    clocks = {f"{one.starts_at.astimezone(BERLIN):%a %H:%M}" for one in huddles}
    assert clocks == {"Mon 09:30"}
    assert [one.starts_at.astimezone(dt.UTC).hour for one in huddles[:3]] == [7, 8, 8]
    assert len(huddles) == series.AHEAD_WEEKS


@given(st.dates(dt.date(2025, 1, 1), dt.date(2030, 1, 1)), st.integers(0, 6), st.times())
def test_a_huddle_is_on_its_weekday_in_any_zone(day: dt.date, weekday: int, at: dt.time) -> None:
    monday = weeks.monday_of(day)
    for zone in ("Europe/Berlin", "America/New_York", "Australia/Lord_Howe", "Asia/Kathmandu"):
        moment = weeks.starts_at(monday, weekday, at, zone)
        shown = weeks.local_day(moment, zone), weeks.local_time(moment, zone)
        wanted = monday + dt.timedelta(days=weekday)
        # Only a time that the clock skips is another: later by what was skipped.
        skipped = dt.datetime.combine(*shown) - dt.datetime.combine(wanted, at)
        assert skipped in {dt.timedelta(), dt.timedelta(hours=1), dt.timedelta(minutes=30)}


def test_weeks_ahead_are_made_by_the_clock_and_once(group: Group) -> None:
    group.meets()
    for _again in range(2):
        keep_up.run(group.firm.id)
    assert len(group.huddles()) == series.AHEAD_WEEKS
    group.clock.move_to(TODAY + dt.timedelta(weeks=3))
    keep_up.run(group.firm.id)
    assert len(group.huddles()) == series.AHEAD_WEEKS + 3


def test_those_ahead_follow_a_new_day_and_one_moved_by_hand_does_not(group: Group) -> None:
    first, second, *_rest = group.meets()
    uids = [one.uid for one in group.huddles()]
    coach = group.actor(group.coach)
    with scope(group.firm.id):
        first, second = group.again(first), group.again(second)
        moved = dt.datetime(2026, 10, 20, 17, 0, tzinfo=BERLIN)
        series.move_huddle(coach, first, series.HuddleDraft(moved, 45, "The café"))
        thursdays = dataclasses.replace(MONDAYS, weekday=3, at=dt.time(18, 0))
        series.set_series(coach, group.cohort, thursdays)
        assert (first.starts_at, first.sequence) == (moved, 1)
        assert f"{second.starts_at.astimezone(BERLIN):%a %d %H:%M}" == "Thu 29 18:00"
        assert second.sequence == 1
        series.set_series(coach, group.cohort, thursdays)
        assert second.sequence == 1
    assert set(uids) <= {one.uid for one in group.huddles()}


def test_the_end_cancels_what_is_ahead_and_a_new_day_brings_it_back(group: Group) -> None:
    huddles = group.meets()
    coach = group.actor(group.coach)
    with scope(group.firm.id):
        huddles = [group.again(one) for one in huddles]
        series.cancel_huddle(coach, huddles[0], "Holiday")
        series.end_series(coach, the_series(group))
        assert all(one.cancelled_at for one in huddles)
        with pytest.raises(DomainError, match="The series has ended"):
            series.hold_huddle(coach, huddles[1])
        series.set_series(coach, group.cohort, MONDAYS)
    assert [bool(one.cancelled_at) for one in group.huddles()][:2] == [True, False]


def test_only_who_leads_sets_days(group: Group) -> None:
    [first, *_rest] = group.meets()
    with scope(group.firm.id), pytest.raises(NotAllowedError):
        series.cancel_huddle(group.actor(group.ada), group.again(first))
    member = group.as_(group.ada)
    assert member.get(group.page("when")).status_code == 403
    assert member.post(group.page(f"{first.id}/cancel")).status_code == 403


def test_a_day_is_set_on_a_page_that_keeps_bad_input(group: Group) -> None:
    coach = group.as_(group.coach)
    assert "When do you meet?" in coach.get(group.page()).text
    typed = {
        "title": "Huddle at dawn", "weekday": "1", "at": "", "timezone": "Asia/Tokyo",
        "minutes": "45", "place": "Room 9",
    }  # fmt: skip
    refused = coach.post(group.page("when"), data=typed)
    assert refused.status_code == 422
    assert "At what time does it begin?" in refused.text
    assert 'value="Huddle at dawn"' in refused.text
    assert coach.post(group.page("when"), data=typed | {"at": "08:00"}).status_code == 303
    shown = coach.get(group.page()).text
    assert "Every Tuesday at 08:00 Tokyo time, 45 minutes." in " ".join(shown.split())


def test_a_cancelled_huddle_is_told_once_each_with_its_reason(group: Group) -> None:
    [first, *_rest] = group.meets()
    coach = group.as_(group.coach)
    coach.post(group.page(f"{first.id}/cancel"), data={"why": "The lift is broken"})
    told = mails(group, "huddle-changed")
    assert sorted(mail.membership_id for mail in told) == sorted(
        one.id for one in (group.coach, group.ada, group.ben)
    )
    assert all(b"The lift is broken" in mail.raw for mail in told)
    assert "Cancelled" in group.as_(group.ada).get(group.page(str(first.id))).text
    coach.post(group.page(f"{first.id}/hold"))
    assert len(mails(group, "huddle-changed")) == 6


def test_moving_is_refused_kindly_for_a_time_that_is_over(group: Group) -> None:
    [first, *_rest] = group.meets()
    coach = group.as_(group.coach)
    where = group.page(f"{first.id}/day")
    typed = {"day": "2026-10-14", "at": "08:00", "minutes": "60", "place": "Roof"}
    refused = coach.post(where, data=typed)
    assert refused.status_code == 422
    assert "Please choose a time ahead" in refused.text
    assert 'value="Roof"' in refused.text
    assert coach.post(where, data=typed | {"day": "2026-10-20"}).status_code == 303
    assert group.huddles()[0].sequence == 1


def test_the_reminder_goes_once_to_those_who_come_and_want_it(group: Group) -> None:
    [first, *_rest] = group.meets()
    group.as_(group.ben).post(f"/f/{group.firm.slug}/huddle/reminders", data={"sent_once": ""})
    group.clock.move_to(first.starts_at - dt.timedelta(hours=20))
    for _again in range(2):
        keep_up.run(group.firm.id)
    found = mails(group, "huddle-reminder")
    assert len(found) == 2
    told = {mail.membership_id: b"If you cannot come" in mail.raw for mail in found}
    assert told == {group.coach.id: False, group.ada.id: True}


def test_somebody_excused_is_not_reminded(group: Group) -> None:
    [first, *_rest] = group.meets()
    ada = group.as_(group.ada)
    assert "I cannot come" in ada.get(group.page()).text
    ada.post(group.page(f"{first.id}/away"))
    assert "I can come after all" in ada.get(group.page()).text
    group.clock.move_to(first.starts_at - dt.timedelta(hours=20))
    keep_up.run(group.firm.id)
    reminded = {mail.membership_id for mail in mails(group, "huddle-reminder")}
    assert group.ada.id not in reminded


def calendar(group: Group, address: str) -> dict[str, tuple[str, int, dt.datetime]]:
    answer = group.client.application.test_client().get(address)
    assert answer.mimetype == "text/calendar"
    found = Calendar.from_ical(answer.get_data())
    return {
        str(event["uid"]): (str(event["status"]), int(event["sequence"]), event.decoded("dtstart"))
        for event in found.walk("VEVENT")
    }


def address_of(group: Group, page: str) -> str:
    return page.partition(f"/f/{group.firm.slug}/huddle/calendar/")[2].partition('"')[0]


def test_a_calendar_follows_moves_and_cancellations(group: Group) -> None:
    first, second, *_rest = group.meets()
    ada = group.as_(group.ada)
    mine = f"/f/{group.firm.slug}/huddle/"
    ada.post(f"{mine}calendar/new-address")
    address = f"{mine}calendar/{address_of(group, ada.get(mine).text)}"
    assert calendar(group, address)[first.uid] == ("CONFIRMED", 0, first.starts_at)
    coach = group.actor(group.coach)
    with scope(group.firm.id):
        later = first.starts_at + dt.timedelta(hours=3)
        series.move_huddle(coach, group.again(first), series.HuddleDraft(later, 60))
        series.cancel_huddle(coach, group.again(second))
        group.session.commit()
    shown = calendar(group, address)
    assert shown[first.uid] == ("CONFIRMED", 1, later)
    assert shown[second.uid] == ("CANCELLED", 1, second.starts_at)
    assert len(shown) == series.AHEAD_WEEKS


def test_a_calendar_address_ends_when_it_is_renewed_ended_or_its_owner_leaves(
    group: Group,
) -> None:
    group.meets()
    ada = group.as_(group.ada)
    mine = f"/f/{group.firm.slug}/huddle/"
    visitor = group.client.application.test_client()
    found = []
    for act in ("new-address", "new-address"):
        ada.post(f"{mine}calendar/{act}")
        found.append(f"{mine}calendar/{address_of(group, ada.get(mine).text)}")
    assert [visitor.get(one).status_code for one in found] == [404, 200]
    answer = visitor.get(found[1])
    assert answer.headers["X-Robots-Tag"] == "noindex, nofollow"
    for state, status in (("suspended", 404), ("active", 200)):
        with scope(group.firm.id):
            group.session.execute(
                update(Membership).where(Membership.id == group.ada.id).values(state=state)
            )
            group.session.commit()
        assert visitor.get(found[1]).status_code == status
    ada.post(f"{mine}calendar/end")
    assert visitor.get(found[1]).status_code == 404
