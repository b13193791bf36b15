"""A post is reported, held back, decided; author and reporter are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.board.models import Offer
from coachhub.cohorts.models import Cohort
from coachhub.core import audit
from coachhub.core.db import now
from coachhub.core.jobs import JOBS
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail
from coachhub.moderation.models import Case
from coachhub.moderation.operations import UNDO


@pytest.fixture
def scene(
    firm: Firm,
    session: Session,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
) -> dict[str, Any]:
    cohort = make_cohort()
    author, reporter = make_member(cohorts=(cohort,)), make_member(cohorts=(cohort,))
    coach = make_member(role="coach", cohorts=(cohort,))
    with scope(firm.id):
        offer = Offer(
            cohort_id=cohort.id,
            owner_id=author.id,
            kind="skill",
            title="Easy money from home",
            body="Send your bank details first.",
            expires_on=dt.date(2100, 1, 1),
        )
        session.add(offer)
        session.commit()
        address = f"/f/{firm.slug}"
        return {
            "address": address,
            "firm": firm.id,
            "offer": offer.id,
            "author": author,
            "reporter": reporter,
            "coach": coach,
        }


def report(client: FlaskClient, scene: dict[str, Any], reason: str) -> int:
    return client.post(
        f"{scene['address']}/report/offer/{scene['offer']}", data={"reason": reason}
    ).status_code


def test_a_safety_report_hides_the_post_and_a_decision_tells_both(
    client: FlaskClient, session: Session, scene: dict[str, Any], sign_in: Callable[..., None]
) -> None:
    sign_in(client, scene["reporter"])
    page = client.get(f"{scene['address']}/report/offer/{scene['offer']}")
    assert "Easy money from home" in page.get_data(as_text=True)
    assert report(client, scene, "scam") == 303
    assert report(client, scene, "scam") == 303  # twice changes nothing
    for data in (None, {"reason": "no such"}):
        way = {"data": data, "method": "POST"} if data else {}
        hidden = client.open(f"{scene['address']}/report/offer/{scene['offer']}", **way)
        assert hidden.status_code == 303
        assert "Easy money" not in hidden.get_data(as_text=True)
    with scope(scene["firm"]):
        case = session.scalars(select(Case)).one()
        case_id, version = case.id, case.version
        assert session.scalars(select(Offer.moderation)).one() == "quarantined"
    sign_in(client, scene["coach"])
    url = f"{scene['address']}/console/cases/{case_id}"
    assert "bank details" in client.get(url).get_data(as_text=True)
    wrong = client.post(url, data={"version": version, "verdict": "redacted", "rule": "scam"})
    assert wrong.status_code == 422
    decided = {"version": version, "verdict": "removed", "rule": "scam", "picked": "1"}
    assert client.post(url, data=decided).status_code == 303
    again = client.post(url, data=decided)
    assert again.status_code == 409
    assert "already been decided" in again.get_data(as_text=True)
    with scope(scene["firm"]):
        assert session.scalars(select(Offer.moderation)).one() == "removed"
    sign_in(client, scene["reporter"])
    gone = client.get(f"{scene['address']}/report/offer/{scene['offer']}", follow_redirects=True)
    assert "taken down already" in gone.get_data(as_text=True)
    assert "Easy money" not in gone.get_data(as_text=True)
    with scope(scene["firm"]), time_machine.travel(now() + UNDO, tick=False):
        JOBS["moderation.tell"].run(scene["firm"])
    with scope(scene["firm"]):
        kinds = sorted(session.scalars(select(FirmMail.kind)))
        assert kinds == ["case-author", "case-held", "case-reporter"]
        actions = [entry.action for entry in audit.entries()]
        assert actions == [
            "case.decided",
            "content.removed",
            "content.quarantined",
            "case.reported",
        ]  # the decision's own steps are one act
        assert audit.first_broken() is None


def test_nobody_reports_their_own_post_or_without_a_reason(
    client: FlaskClient, scene: dict[str, Any], sign_in: Callable[..., None]
) -> None:
    sign_in(client, scene["author"])
    assert report(client, scene, "scam") == 409
    sign_in(client, scene["reporter"])
    assert report(client, scene, "") == 422
    assert report(client, scene, "no such rule") == 422


def test_members_see_no_queue(
    client: FlaskClient, scene: dict[str, Any], sign_in: Callable[..., None]
) -> None:
    sign_in(client, scene["reporter"])
    assert client.get(f"{scene['address']}/console/cases/").status_code == 403
