"""Digests: the right local hour, one per period, never empty, ended by one click."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.board.models import Ask
from coachhub.cohorts.models import Cohort
from coachhub.core.tenancy import scope
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.operations import write_digest
from coachhub.digests.preferences import leave_token, preference_of
from coachhub.digests.schedule import Rhythm, due_moment, due_period
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail

DAY = dt.date(2026, 3, 2)


@pytest.mark.parametrize(
    ("zone", "day", "local"),
    [
        ("Europe/Berlin", dt.date(2026, 3, 29), "03:00"),  # 02:00 does not exist
        ("Europe/Berlin", dt.date(2026, 10, 25), "02:00"),  # twice: the first
        ("Asia/Kathmandu", DAY, "02:00"),
        ("Australia/Lord_Howe", dt.date(2026, 10, 4), "02:30"),  # half an hour is skipped
    ],
)
def test_the_hour_is_local_whatever_the_clocks_do(zone: str, day: dt.date, local: str) -> None:
    moment = due_moment(Rhythm("daily", 0, 2, zone), day)
    there = moment.astimezone(ZoneInfo(zone))
    assert (there.date(), f"{there:%H:%M}", there.fold) == (day, local, 0)


def test_exactly_one_period_is_due_on_each_local_day_of_the_rhythm() -> None:
    rhythm = Rhythm("weekly", 0, 8, "America/Santiago")
    start = dt.datetime(2026, 1, 1, tzinfo=dt.UTC)
    seen = {due_period(rhythm, start + dt.timedelta(minutes=30 * step)) for step in range(48 * 60)}
    days = sorted(day for day in seen if day)
    assert all(day.weekday() == 0 for day in days)
    assert [b - a for a, b in pairwise(days)] == [dt.timedelta(7)] * 7
    assert due_period(Rhythm("off", 0, 8, "UTC"), start) is None


@pytest.fixture
def pair(
    make_cohort: Callable[..., Cohort], make_member: Callable[..., Membership]
) -> tuple[Cohort, Membership, Membership]:
    cohort = make_cohort("Spring")
    return cohort, make_member("Mia", cohorts=(cohort,)), make_member("Max", cohorts=(cohort,))


def ask(session: Session, cohort: Cohort, owner: Membership) -> None:
    session.add(
        Ask(
            cohort_id=cohort.id,
            owner_id=owner.id,
            kind="skill",
            title="Would you hear my pitch?",
            expires_on=dt.date(2100, 1, 1),
        )
    )
    session.flush()


def test_one_digest_per_period_never_with_ones_own_posts(
    app: Flask, session: Session, firm: Firm, pair: tuple[Cohort, Membership, Membership]
) -> None:
    cohort, mia, max_ = pair
    secret = app.config["SECRET_KEY"]
    with scope(firm.id):
        ask(session, cohort, max_)
        first = write_digest(mia, DAY, secret)
        assert first is not None
        assert any("Would you hear my pitch?" in item["title"] for item in first.items)
        assert write_digest(mia, DAY, secret) is None
        own = write_digest(max_, DAY, secret)
        assert own is not None
        assert not any("Would you hear my pitch?" in item["title"] for item in own.items)
        # What she was told is not told again.
        second = write_digest(mia, DAY + dt.timedelta(days=7), secret)
        assert second is not None
        assert not any("Would you hear my pitch?" in item["title"] for item in second.items)
        mail = session.scalars(select(FirmMail).where(FirmMail.membership_id == mia.id)).first()
        assert mail is not None
        assert b"List-Unsubscribe-Post: List-Unsubscribe=One-Click" in mail.raw
        written = session.scalars(select(Digest)).all()
        assert all(bool(row.mail_id) != bool(row.skipped) for row in written)


def test_one_click_ends_the_digests_and_opening_the_page_does_not(
    app: Flask,
    client: FlaskClient,
    session: Session,
    firm: Firm,
    pair: tuple[Cohort, Membership, Membership],
) -> None:
    _cohort, mia, _max = pair
    secret, slug = app.config["SECRET_KEY"], firm.slug
    firm_id = firm.id
    with scope(firm_id):
        preference_of(mia, secret)
        token = leave_token(mia, secret)
        session.commit()
    page = f"/f/{slug}/digest/leave/{token}"

    def cadence() -> str:
        with scope(firm_id):
            return session.scalars(select(DigestPreference.cadence)).one()

    assert client.get(page).status_code == 200
    assert client.get(f"{page}/now").status_code == 405
    assert cadence() == "cohort"
    assert client.post(f"{page}/now", data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert cadence() == "off"
    assert client.get(f"/f/{slug}/digest/leave/wrong").status_code == 404
