"""A dummy plugin that joins every hook and misbehaves on demand: nothing else may break by it."""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.board.models import Ask, Offer
from coachhub.cohorts.models import Cohort
from coachhub.core import audit, hooks, jobs
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.hooks import HOOKS, ROOMS
from coachhub.core.jobs import Job, queue
from coachhub.core.plugins import Plugin, registry
from coachhub.core.tenancy import scope
from coachhub.digests.operations import write_digest
from coachhub.firms.models import Firm, Membership, PluginSwitch
from coachhub.firms.plugins import enable_plugin
from coachhub.mail.models import FirmMail

DESK = Actor(label="Test")
OPEN = {name: hook for name, hook in HOOKS.items() if not hook.between_rooms}
ENDS = {"commits": "commit", "rolls back": "rollback", "closes": "close"}
WAYS = ("raises", "breaks the database", "leaves a bad row", *ENDS)
LIES = {"lies": 42.0, "says text": "<b>not a list</b>", "lies in a list": [42.0]}


class Misbehaving:
    """What the dummy does wherever it is asked."""

    def __init__(self, session: Session, how: str) -> None:
        self.session = session
        self.how = how
        self.asked = 0

    def __call__(self, *_given: object) -> object:
        self.asked += 1
        if self.how == "raises":
            raise RuntimeError("On purpose")
        if self.how == "breaks the database":
            self.session.connection().exec_driver_sql("SELECT * FROM no_such_table")
        if self.how == "leaves a bad row":
            self.session.add(PluginSwitch(plugin=None))  # type: ignore[arg-type]
        if self.how in {"commits", "rolls back", "closes"}:
            getattr(
                self.session, {"commits": "commit", "rolls back": "rollback"}.get(self.how, "close")
            )()
        if self.how == "slow":
            time.sleep(0.05)
            return []
        return LIES.get(self.how)


SwitchOn = Callable[..., Misbehaving]


@pytest.fixture
def failed(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
    """Return what is reported of plugins, as (hook, how)."""
    told: list[tuple[str, str]] = []
    monkeypatch.setattr(registry(), "report", lambda _plugin, hook, how: told.append((hook, how)))
    return told


@pytest.fixture
def misbehaving(
    app: Flask, session: Session, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> SwitchOn:
    del app

    def switch_on(how: str) -> Misbehaving:
        function = Misbehaving(session, how)
        bad = Plugin("bad", "Bad", "1", on=dict.fromkeys(OPEN.values(), function))
        monkeypatch.setitem(registry().plugins, "bad", bad)
        monkeypatch.setattr(registry(), "_resting", {})
        with scope(firm.id):
            enable_plugin(DESK, bad)
            session.commit()
        return function

    return switch_on


@pytest.mark.parametrize("how", WAYS)
def test_no_hook_lets_it_spoil_what_was_done_before(
    session: Session,
    firm: Firm,
    misbehaving: SwitchOn,
    failed: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    misbehaving(how)
    with scope(firm.id):
        for name, hook in OPEN.items():
            monkeypatch.setitem(ROOMS, name, [])
            audit.record(DESK, f"test.{name}", kind="test")
            assert hook.call(*[None] * 4) == []
            assert audit.entries()[0].action == f"test.{name}"
    assert [name for name, _how in failed] == list(OPEN)
    session.rollback()
    with scope(firm.id):
        assert not audit.entries(action="test.")


@pytest.mark.parametrize("how", LIES)
def test_no_hook_takes_what_it_did_not_ask_for(
    firm: Firm,
    misbehaving: SwitchOn,
    failed: list[tuple[str, str]],
    monkeypatch: pytest.MonkeyPatch,
    how: str,
) -> None:
    misbehaving(how)
    asked = [hook for hook in OPEN.values() if hook.gives and hook.gives is not str]
    with scope(firm.id):
        for hook in asked:
            monkeypatch.setitem(ROOMS, hook.name, [])
            assert hook.call(*[None] * 4) == []
    assert failed == [(hook.name, "AnswerError") for hook in asked]


@pytest.mark.parametrize("how", ["raises", "commits", "lies", "says text"])
@pytest.mark.parametrize("role", ["member", "coach", "admin"])
def test_no_page_breaks(
    client: FlaskClient,
    firm: Firm,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
    misbehaving: SwitchOn,
    how: str,
    role: str,
) -> None:
    cohort = make_cohort()
    member = make_member(role=role, cohorts=(cohort,), welcomed_at=now())
    sign_in(client, member)
    base, inside = f"/f/{firm.slug}/", f"/f/{firm.slug}/c/{cohort.slug}/"
    paths = [base, f"{base}your-data", f"{base}contacts/bring"]
    paths += [f"{base}console/plugins"] if role == "admin" else [f"{inside}board"]
    paths += [inside] if role == "coach" else []
    function = misbehaving(how)
    for path in paths:
        answer = client.get(path)
        assert (path, answer.status_code) == (path, 200)
        assert "not a list" not in answer.text
    assert function.asked > len(paths)


@pytest.mark.parametrize("how", [*WAYS, "lies"])
def test_what_people_do_is_done(
    client: FlaskClient,
    session: Session,
    firm: Firm,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
    misbehaving: SwitchOn,
    how: str,
) -> None:
    cohort = make_cohort()
    sign_in(client, make_member(cohorts=(cohort,), welcomed_at=now()))
    page = f"/f/{firm.slug}/c/{cohort.slug}/new/offer?kind=skill"
    misbehaving(how)
    typed = {"kind": "skill", "title": "Half an hour on pivots in Excel", "revision": "1"}
    assert client.post(page, data=typed).status_code == 303
    with scope(firm.id):
        assert session.scalar(select(func.count(Offer.id))) == 1


def test_a_slow_one_is_left_out_of_pages_for_a_while(
    client: FlaskClient,
    firm: Firm,
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
    misbehaving: SwitchOn,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(hooks, "SLOW", 0.01)
    sign_in(client, make_member())
    function = misbehaving("slow")
    assert client.get(f"/f/{firm.slug}/").status_code == 200
    first = function.asked
    assert first > 0
    assert "Plugin bad is slow in hook menu" in caplog.text
    assert client.get(f"/f/{firm.slug}/").status_code == 200
    assert function.asked == first


@pytest.mark.parametrize(
    "how", ["raises", "breaks the database", "rolls back", "lies", "says text"]
)
def test_a_digest_is_written_as_without_it(
    app: Flask,
    session: Session,
    firm: Firm,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    misbehaving: SwitchOn,
    how: str,
) -> None:
    cohort = make_cohort()
    other, member = make_member("Max", cohorts=(cohort,)), make_member("Mia", cohorts=(cohort,))
    function = misbehaving(how)
    with app.app_context(), scope(firm.id):
        session.add(
            Ask(
                cohort_id=cohort.id,
                owner_id=other.id,
                kind="skill",
                title="Would you hear my pitch?",
                expires_on=dt.date(2100, 1, 1),
            )
        )
        session.flush()
        written = write_digest(member, now().date(), app.config["SECRET_KEY"])
        assert written is not None
        session.commit()
        [mail] = session.scalars(select(FirmMail).where(FirmMail.id == written.mail_id))
        assert b"Would you hear my pitch?" in mail.raw
    assert function.asked > 0


def test_another_firm_never_hears_of_it(
    client: FlaskClient,
    make_firm: Callable[..., Firm],
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
    misbehaving: SwitchOn,
) -> None:
    function = misbehaving("raises")
    other = make_firm()
    sign_in(client, make_member(firm=other))
    assert client.get(f"/f/{other.slug}/").status_code == 200
    assert function.asked == 0


def test_its_job_fails_alone(
    app: Flask, session: Session, firm: Firm, misbehaving: SwitchOn, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = misbehaving("breaks the database")
    ran: list[Any] = []
    monkeypatch.setitem(jobs.JOBS, "bad.work", Job("bad.work", bad))  # type: ignore[arg-type]
    monkeypatch.setitem(jobs.JOBS, "core.work", Job("core.work", ran.append))
    with scope(firm.id):
        firm_id = firm.id
        for name in ("bad.work", "core.work", "bad.work"):
            jobs.later(name, firm_id)
        session.commit()
    with app.app_context():
        queue().drain()
    assert (bad.asked, ran) == (1, [firm_id])
