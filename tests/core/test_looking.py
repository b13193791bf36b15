"""The clock asks in each firm what waits there, and puts nothing on the queue for what does not."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from flask import Flask
from sqlalchemy import Select, select, text
from sqlalchemy.orm import Session

from coachhub.core import jobs, looking
from coachhub.core.db import db, now
from coachhub.core.jobs import JOBS, LOOK, Job, queue
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.firms.plugins import enable_plugin
from coachhub.mail.models import FirmMail
from fixtures_api import admin_actor

DUE = ("mail.deliver", "mail.take", "moderation.tell", "digests.write")


@pytest.fixture
def put(app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """What is put on the queue: (job, firm)."""
    del session
    found: list[tuple[str, str]] = []
    with app.app_context():
        here = queue()
    monkeypatch.setattr(here, "put", lambda name, firm_id, _args: found.append((name, firm_id)))
    return found


def mail(session: Session, firm: Firm, **columns: object) -> None:
    with scope(firm.id):
        given = {"state": "waiting", "due_at": now(), "once": "x"} | columns
        session.add(
            FirmMail(
                kind="test", to_address="a@example.org", subject="Hello", message_id="<a@b>",
                raw=b"Subject: Hello\r\n\r\n", **given,
            )
        )  # fmt: skip
        session.commit()


@pytest.mark.parametrize(
    ("columns", "wanted"),
    [
        ({}, True),
        ({"due_at": now() + dt.timedelta(days=9)}, False),
        ({"due_at": now() + dt.timedelta(days=9), "leased_by": 7}, True),
        ({"state": "sending", "leased_until": now() + dt.timedelta(hours=1)}, True),
        ({"state": "sent"}, False),
        ({"state": "in_doubt"}, False),
    ],
)
def test_one_firms_mail_wakes_that_firm_alone(
    session: Session, make_firm: Callable[..., Firm], put: list[tuple[str, str]],
    columns: dict[str, object], wanted: bool,
) -> None:  # fmt: skip
    busy, idle = make_firm(), make_firm()
    mail(session, busy, **columns)
    ids = [str(busy.id), str(idle.id)]
    looking.look.run(None, " ".join(DUE), " ".join(ids))
    assert ("mail.deliver", ids[0]) in put if wanted else ("mail.deliver", ids[0]) not in put
    # A job that says nothing about what it waits for runs at each turn.
    others = [one for one in put if one[0] != "mail.deliver"]
    assert others == [("digests.write", one) for one in ids]
    assert ("mail.deliver", ids[1]) not in put


def test_a_plugins_job_is_put_where_it_is_on(
    session: Session, make_firm: Callable[..., Firm], put: list[tuple[str, str]]
) -> None:
    on, off = make_firm(), make_firm()
    with scope(on.id):
        enable_plugin(admin_actor(), registry().plugins["huddle"])
        session.commit()
    on_id = str(on.id)
    looking.look.run(None, "huddle.keep_up", f"{on_id} {off.id}")
    assert put == [("huddle.keep_up", on_id)]


def test_what_cannot_be_asked_is_done(
    session: Session, make_firm: Callable[..., Firm], put: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:  # fmt: skip
    def breaks() -> Select[int]:
        return select(text("1")).where(text("1 / 0 = 1"))

    del session
    monkeypatch.setattr(looking.log, "exception", lambda *_a, **_k: None)
    monkeypatch.setitem(JOBS, "core.broken", Job("core.broken", print, 1, waits=breaks))
    first, second = str(make_firm().id), str(make_firm().id)
    db.session.commit()
    looking.look.run(None, "mail.deliver core.broken", f"{first} {second}")
    names = ("mail.deliver", "core.broken")
    assert put == [(name, firm_id) for firm_id in (first, second) for name in names]


def test_each_job_can_be_asked_what_it_waits_for(session: Session, firm: Firm) -> None:
    asking = [one for one in JOBS.values() if one.waits]
    assert {"mail.deliver", "mail.take", "moderation.tell"} <= {one.name for one in asking}
    with scope(firm.id):
        for one in asking:
            assert one.waits is not None
            assert not one.for_platform
            assert session.execute(one.waits()).all() == [], one.name


def test_the_clock_looks_into_all_firms_some_at_a_time(
    app: Flask, put: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = [f"00000000-0000-0000-0000-{number:012}" for number in range(jobs.FIRMS_AT_ONCE + 1)]
    asked: list[tuple[str, str]] = []
    with app.app_context():
        here = queue()
    monkeypatch.setattr(here, "firm_ids", lambda: ids)
    monkeypatch.setattr(here, "_find_lost", lambda: None)
    monkeypatch.setattr(
        here, "put", lambda name, _firm, args: asked.append(args) if name == LOOK else None
    )
    here.huey.flush()
    here._tick()
    assert [len(firms.split()) for _names, firms in asked] == [jobs.FIRMS_AT_ONCE, 1]
    assert " ".join(firms for _names, firms in asked).split() == ids
    assert {"mail.deliver", "mail.take"} <= set(asked[0][0].split())
    assert put == []
