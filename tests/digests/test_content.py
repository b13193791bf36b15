"""What a digest says, for thousands of made-up members; and that a preview is what is sent."""

from __future__ import annotations

import datetime as dt
import os
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
import time_machine
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.board.models import Ask, Lead, Offer
from coachhub.cohorts.models import Cohort
from coachhub.core.db import now
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.digests import sections
from coachhub.digests.jobs import write_due
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.news import CohortNews, Post, Progress, Sitting
from coachhub.digests.operations import write_digest
from coachhub.digests.preferences import preference_of
from coachhub.digests.readers import Reader
from coachhub.digests.views import preview_of
from coachhub.firms.hooks import HomeItem
from coachhub.firms.models import Firm, Membership
from coachhub.introductions.models import Introduction
from coachhub.mail.delivery import deliver
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import suppress

MONDAY = dt.date(2026, 3, 2)
NOON = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
TABLES: dict[str, type[Ask | Lead | Offer]] = {"ask": Ask, "lead": Lead, "offer": Offer}


@pytest.fixture
def two(
    make_cohort: Callable[..., Cohort], make_member: Callable[..., Membership]
) -> tuple[Cohort, Cohort, Membership, Membership]:
    one, other = make_cohort("Spring", cadence="daily"), make_cohort("Autumn", cadence="weekly")
    both = (one, other)
    return one, other, make_member("Mia Moss", cohorts=both), make_member("Max", cohorts=both)


@pytest.fixture
def post(session: Session, firm: Firm) -> Callable[..., Any]:
    def make(cohort: Cohort, owner: Membership, title: str = "Your view", **more: Any) -> Any:
        table = TABLES[more.pop("table", "ask")]
        kind = {"ask": "skill", "lead": "opening", "offer": "skill"}[table.__name__.lower()]
        with scope(firm.id):
            made = table(
                cohort_id=cohort.id,
                owner_id=owner.id,
                title=title,
                expires_on=dt.date(2100, 1, 1),
                **{"kind": kind} | more,
            )
            session.add(made)
            session.flush()
        return made

    return make


def titles(digest: Digest | None) -> list[str]:
    assert digest is not None
    return [item["title"] for item in digest.items]


def test_what_changed_is_told_again_and_labelled(
    app: Flask, session: Session, firm: Firm, two: Any, post: Any
) -> None:
    cohort, _, mia, max_ = two
    secret = app.config["SECRET_KEY"]
    ask = post(cohort, max_)
    with scope(firm.id):
        asked = "Max asks: Your view"
        assert titles(write_digest(mia, MONDAY, secret)).count(asked) == 1
        second = write_digest(mia, MONDAY + dt.timedelta(days=1), secret)
        assert asked not in titles(second)
        session.add(ask)
        ask.revision += 1
        session.flush()
        third = titles(write_digest(mia, MONDAY + dt.timedelta(days=2), secret))
        assert f"Changed: {asked}" in third


def test_what_was_posted_before_the_last_visit_is_no_news(
    app: Flask, session: Session, firm: Firm, two: Any, post: Any
) -> None:
    cohort, _, mia, max_ = two
    post(cohort, max_, "Before")
    with scope(firm.id):
        session.add(mia)
        mia.seen_at = now()
        session.flush()
    post(cohort, max_, "After")
    with scope(firm.id):
        said = " ".join(titles(write_digest(mia, MONDAY, app.config["SECRET_KEY"])))
    assert "After" in said
    assert "Before" not in said


def test_what_waits_for_an_answer_is_not_told_as_news_too(
    app: Flask, session: Session, firm: Firm, two: Any, post: Any
) -> None:
    cohort, _, mia, max_ = two
    lead = post(cohort, max_, "A planner is wanted", table="lead")
    post(cohort, max_, "Another lead", table="lead")
    with scope(firm.id):
        row = Introduction(
            cohort_id=cohort.id,
            giver_id=max_.id,
            receiver_id=mia.id,
            need="target",
            need_id=uuid7(),
            asset="lead",
            asset_id=lead.id,
            reason="It fits.",
            key="one",
            state_since=now(),
        )
        session.add(row)
        session.flush()
        for state in ("giver_asked", "receiver_asked"):
            row.state = state
            setattr(row, f"{state}_at", now())
            session.flush()
        digest = write_digest(mia, MONDAY, app.config["SECRET_KEY"])
    assert digest is not None
    assert [item["key"] for item in digest.items if str(lead.id) in item["key"]] == []
    assert sum(str(row.id) in item["url"] for item in digest.items) == 1
    assert any("Another lead" in title for title in titles(digest))


@pytest.mark.parametrize(
    "hide",
    [
        {"moderation": "quarantined"},
        {"closed_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
        {"expires_on": dt.date(2026, 1, 1)},
    ],
)
def test_what_is_not_on_the_board_is_not_told(
    app: Flask, session: Session, firm: Firm, two: Any, post: Any, hide: dict[str, Any]
) -> None:
    cohort, _, mia, max_ = two
    made = post(cohort, max_, "Hidden")
    with scope(firm.id):
        session.add(made)
        for name, value in hide.items():
            setattr(made, name, value)
        session.flush()
        assert "Hidden" not in " ".join(titles(write_digest(mia, MONDAY, app.config["SECRET_KEY"])))


def test_each_cohort_speaks_on_its_own_days_in_one_mail(
    app: Flask, session: Session, firm: Firm, two: Any, post: Any
) -> None:
    daily, weekly, mia, max_ = two
    with scope(firm.id):
        preference_of(mia, app.config["SECRET_KEY"]).timezone = "UTC"
        preference_of(max_, app.config["SECRET_KEY"]).cadence = "off"
        session.commit()
    tuesday = dt.datetime(2026, 3, 3, 8, 1, tzinfo=dt.UTC)
    with time_machine.travel(tuesday, tick=True):
        post(daily, max_, "From the daily one")
        post(weekly, max_, "From the weekly one")
        write_due.run(firm.id)
        write_due.run(firm.id)
    with time_machine.travel(tuesday + dt.timedelta(days=6), tick=True):
        post(daily, max_, "Daily again")
        write_due.run(firm.id)
    with scope(firm.id):
        first, second = session.scalars(select(Digest).order_by(Digest.period)).all()
        assert (first.period, second.period) == (dt.date(2026, 3, 3), dt.date(2026, 3, 9))
        assert "weekly" not in " ".join(titles(first))
        both = " ".join(titles(second))
        assert "weekly" in both
        assert "Daily again" in both
        assert session.scalars(select(FirmMail)).all() != []


def test_a_preview_is_what_is_sent_to_the_byte(
    app: Flask, session: Session, firm: Firm, two: Any, post: Any
) -> None:
    cohort, _, mia, max_ = two
    sunday = dt.datetime(2026, 3, 1, 17, tzinfo=dt.UTC)
    with time_machine.travel(sunday, tick=False) as clock:
        with scope(firm.id):
            preference_of(mia, app.config["SECRET_KEY"]).timezone = "Europe/Berlin"
            session.commit()
        write_due.run(firm.id)  # today's
        post(cohort, max_, "Grüße 😀, would you look at my letter?")
        with scope(firm.id):
            letter = preview_of(mia)
            assert letter is not None
            session.commit()
        clock.move_to(dt.datetime(2026, 3, 2, 7, 4, tzinfo=dt.UTC))
        write_due.run(firm.id)
    with scope(firm.id):
        query = select(FirmMail).where(FirmMail.membership_id == mia.id)
        mail = session.scalars(query.order_by(FirmMail.created_at.desc())).first()
        assert mail is not None
        assert mail.raw == letter.raw
        assert b"Date: Mon, 02 Mar 2026 07:00:00 +0000" in mail.raw  # eight in Berlin


def test_every_member_who_was_due_is_accounted_for(
    app: Flask, session: Session, firm: Firm, two: Any, post: Any
) -> None:
    """Sent, skipped, failed, in doubt: together as many as were due, also after a stop."""
    cohort, _, mia, max_ = two
    post(cohort, max_)
    with scope(firm.id):
        for one in (mia, max_):
            preference_of(one, app.config["SECRET_KEY"]).timezone = "UTC"
        suppress("nobody@example.org", "never")
        session.commit()
    with time_machine.travel(dt.datetime(2026, 3, 2, 9, tzinfo=dt.UTC), tick=True):
        write_due.run(firm.id)
    with scope(firm.id):
        rows = session.scalars(select(Digest)).all()
        assert len(rows) == 2
        assert all(bool(row.mail_id) != bool(row.skipped) for row in rows)
        assert session.scalars(select(FirmMail.state)).all() == ["waiting"] * sum(
            bool(row.mail_id) for row in rows
        )


def test_what_is_taken_down_after_the_writing_is_not_sent(
    app: Flask,
    session: Session,
    firm: Firm,
    two: Any,
    post: Any,
    smtp_server: Any,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    config = app.extensions["coachhub.config"]
    changed = type(config)(
        **vars(config)
        | {"mail_host": "127.0.0.1", "mail_port": str(smtp_server.port), "mail_tls": "none"}
    )
    monkeypatch.setitem(app.extensions, "coachhub.config", changed)
    cohort, _, mia, max_ = two
    bad = post(cohort, max_, "Secret list of customers")
    post(cohort, max_, "Fine")
    with scope(firm.id):
        write_digest(mia, MONDAY, app.config["SECRET_KEY"])
        session.add(bad)
        bad.moderation = "quarantined"
        session.commit()
    deliver.run(firm.id)
    queue().drain()
    [sent] = smtp_server.deliveries
    assert b"Secret list" not in sent.raw
    assert b"Fine" in sent.raw
    with scope(firm.id):
        mails = session.scalars(select(FirmMail).order_by(FirmMail.created_at)).all()
        assert [mail.state for mail in mails] == ["withheld", "sent"]
        [digest] = session.scalars(select(Digest))
        assert digest.mail_id == mails[1].id
        assert "Secret list" not in " ".join(titles(digest))


# `make soak-digests` makes ten thousand of them.
MADE_UP_MEMBERS = int(os.environ.get("MADE_UP_MEMBERS", "300"))
# Of each post: its kind, its owner, how many hours old, and the revision that I was told of.
_POSTS = st.lists(
    st.tuples(
        st.sampled_from(sorted(TABLES)),
        st.integers(0, 5),
        st.integers(0, 40),
        st.sampled_from(["", "", "0", "1"]),
    ),
    max_size=12,
)


@settings(
    max_examples=MADE_UP_MEMBERS,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(posts=_POSTS, seen=st.integers(0, 40), due=st.lists(st.integers(-3, 9), max_size=4))
def test_thousands_of_made_up_members(
    no_rows: None, posts: list[tuple[str, int, int, str]], seen: int, due: list[int]
) -> None:
    del no_rows
    moment = NOON
    people = [_id(number) for number in range(6)]
    me = Membership(id=people[0], name="Me", seen_at=moment - dt.timedelta(hours=seen))
    cohort = Cohort(id=_id(99), name="Spring", slug="spring")
    news = [
        Post(kind, _id(1000 + n), people[owner], f"P{owner}", f"T{n}", 1, _ago(moment, h), cohort)
        for n, (kind, owner, h, _told) in enumerate(posts)
    ]
    told = {post.key: one[3] for post, one in zip(news, posts, strict=True) if one[3]}
    waiting = [
        HomeItem(f"W{n}", "why", "/", "go", due=MONDAY + dt.timedelta(days=d), order=10)
        for n, d in enumerate(due)
    ]
    sitting = Sitting({cohort.id: CohortNews(news, {}, {}, {}, {}, Progress(1, 2, 3))})
    since = moment - dt.timedelta(hours=30)
    wish = DigestPreference()
    reader = Reader(me, "me@example.org", wish, MONDAY, [cohort], since, told, waiting)
    content = sections.content_for(reader, sitting)
    by_key = {post.key: post for post in news}
    assert len(content.items) <= 7
    assert len({item.key for item in content.items}) == len(content.items)
    assert [bool(item.due) for item in content.items] == sorted(
        (bool(item.due) for item in content.items), reverse=True
    )
    for item in content.items:
        assert item.title
        assert item.why
        assert item.action
        if item.key in by_key:
            found = by_key[item.key]
            assert found.owner_id != me.id
            changed = told.get(found.key) == "0"
            assert changed or found.key not in told
            assert item.title.startswith("Changed: ") == changed
            assert changed or me.seen_at is None or found.created_at > me.seen_at
    expected = [
        post for post in news
        if post.owner_id != me.id
        and (post.created_at > me.seen_at if post.key not in told else told[post.key] == "0")
    ]  # fmt: skip
    assert len(content.items) == min(7, len(expected) + len(due))
    assert content.progress == Progress(1, 2, 3)


def _id(number: int) -> UUID:
    return UUID(int=number)


def _ago(moment: dt.datetime, hours: int) -> dt.datetime:
    return moment - dt.timedelta(hours=hours)


@pytest.fixture
def no_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    """Content made from what the test gives alone."""
    monkeypatch.setattr(sections, "now", lambda: NOON)
    monkeypatch.setattr(sections, "path", lambda _endpoint, **values: f"/{values['cohort']}")
    monkeypatch.setattr(
        sections, "DIGEST_SECTION", type("No", (), {"call": staticmethod(lambda *_a: [])})
    )
