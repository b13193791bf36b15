"""The staff desk: firms in numbers, appeals with their evidence, and nothing of a firm besides."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import uuid4

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.board.models import Ask
from coachhub.core import audit
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms import entrance
from coachhub.firms.models import Firm, Membership, PluginFailure
from coachhub.mail.models import FirmMail
from coachhub.moderation import operations
from coachhub.moderation.models import Appeal, Case, Decision
from coachhub.moderation.operations import Ruling

Make = Callable[..., Any]


@pytest.fixture
def staff(app: Flask, session: Session) -> FlaskClient:
    person = Person(
        email="stella@example.org", name="Stella", fs_uniquifier="stella", is_staff=True
    )
    session.add(person)
    session.commit()
    made = app.test_client()
    with made.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = "stella", True
        cookie["fs_paa"] = 4102444800.0
    return made


def test_firms_are_found_and_counted(
    staff: FlaskClient, make_firm: Make, make_member: Make, session: Session
) -> None:
    quiet, busy = make_firm("Quiet Harbour"), make_firm("Busy 100%")
    make_member("Secret Name", firm=busy)
    with scope(busy.id):
        session.add(
            FirmMail(
                kind="test", to_address="x@example.org", subject="Secret subject", once="x",
                message_id="<x@y>", raw=b"", state="failed",
            )
        )  # fmt: skip
        session.add(PluginFailure(plugin="gifts", hook="home", how="KeyError", last_at=now()))
        session.commit()
    quiet.active = False
    session.commit()
    page = staff.get("/staff/").text
    assert (
        "1 member, nobody here yet. Mails: 0 late, 1 failed, 0 in doubt. Plugins failed 1" in page
    )
    assert "Needs a look" in page
    for secret in ("Secret Name", "Secret subject", "x@example.org"):
        assert secret not in page
    for query, found in (
        ("q=harbour", {"Quiet"}),
        ("q=100%25", {"Busy"}),
        ("q=%25", {"Busy"}),
        ("state=closed", {"Quiet"}),
        ("state=open", {"Busy"}),
        ("q=no", set()),
    ):
        body = staff.get(f"/staff/?{query}").text.split('id="firms"')[1]
        assert {name for name in ("Quiet", "Busy") if name in body} == found, query
    assert "Secret" not in staff.get(f"/staff/firms/{busy.id}").text
    assert staff.get(f"/staff/firms/{uuid4()}").status_code == 404
    assert staff.post("/staff/plugins/huddle/mended").status_code == 404


def test_an_appeal_is_answered_by_its_evidence_alone(
    staff: FlaskClient, firm: Firm, make_member: Make, make_cohort: Make, session: Session
) -> None:
    author: Membership = make_member("Anna Author")
    judge: Membership = make_member("Jon Judge", role="admin")
    cohort = make_cohort()
    with scope(firm.id):
        ask = Ask(
            cohort_id=cohort.id, owner_id=author.id, kind="time", title="You are all lazy.",
            expires_on=now().date(),
        )  # fmt: skip
        session.add(ask)
        session.flush()
        case = Case(
            target_kind="ask", target_id=ask.id, cohort_id=cohort.id, author_id=author.id,
            evidence="You are all lazy.", due_at=now(),
        )  # fmt: skip
        session.add(case)
        session.flush()
        ruling = Ruling("upheld", "attack", "removed", "lazy", "It hurts.")
        operations.decide(entrance.acting(judge), case, case.version, ruling)
        [decision] = session.scalars(select(Decision))
        appeal = operations.appeal(entrance.acting(author), decision, "I was joking.")
        assert appeal.at_desk
        version = case.version
        session.commit()
        there = f"/staff/appeals/{firm.id}/{appeal.id}"
    assert firm.name in staff.get("/staff/appeals/").text
    page = staff.get(there).text
    for words in ("You are all lazy.", "I was joking.", "It hurts."):
        assert words in page
    for name in ("Anna Author", "Jon Judge"):
        assert name not in page
    assert staff.get(f"/f/{firm.slug}/console/cases/").status_code == 404
    assert staff.post(there, data={"version": "1"}).status_code == 422
    form = {"version": str(version), "outcome": "upheld", "text": "A joke that hurts is no joke."}
    assert staff.post(there, data=form).status_code == 303
    assert staff.get(there).status_code == 404
    session.expire_all()
    with scope(firm.id):
        [answered] = session.scalars(select(Appeal))
        assert (answered.outcome, answered.answered_by_id) == ("upheld", None)
        actions = [one.action for one in audit.entries()]
        assert {"seen.author", "case.closed"} <= set(actions)
