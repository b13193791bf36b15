"""The page of people: found, let in, given roles, and out within one request."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.core import audit
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Invitation, Membership

Make = Callable[..., Any]


@pytest.fixture
def admin(client: FlaskClient, make_member: Make, make_cohort: Make, sign_in: Make) -> Membership:
    spring = make_cohort("Spring")
    make_member("Mia Member", cohorts=(spring,))
    make_member("Cem Coach", role="coach")
    make_member("Sam Suspended", state="suspended")
    made: Membership = make_member("Ada Admin", role="admin")
    sign_in(client, made)
    return made


NAMES = ("Mia Member", "Cem Coach", "Sam Suspended")


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("", set(NAMES)),
        ("q=mIA", {"Mia Member"}),
        ("q=%25", set()),
        ("role=coach", {"Cem Coach"}),
        ("state=suspended", {"Sam Suspended"}),
        ("role=member&state=active", {"Mia Member"}),
        ("role=king", set(NAMES)),
        ("q=%00Cem&page=99999999999999999999", set()),
    ],
)
def test_people_are_found(
    query: str, found: set[str], client: FlaskClient, firm: Firm, admin: Membership
) -> None:
    del admin
    page = client.get(f"/f/{firm.slug}/console/people?{query}")
    body = page.text.split('id="people"')[1]
    assert {name for name in NAMES if name in body} == found


def test_by_cohort_and_by_address(
    client: FlaskClient, firm: Firm, admin: Membership, session: Session
) -> None:
    with scope(firm.id):
        mia = session.scalars(select(Membership).where(Membership.name == "Mia Member")).one()
        email = session.get_one(Person, mia.person_id).email
    assert admin.role == "admin"
    slug = (
        client.get(f"/f/{firm.slug}/console/people").text.split(">Spring<")[0].rsplit('value="')[-1]
    )
    for query in (f"q={email}", f"cohort={slug.split(chr(34))[0]}"):
        body = client.get(f"/f/{firm.slug}/console/people?{query}").text.split('id="people"')[1]
        assert {name for name in NAMES if name in body} == {"Mia Member"}


def test_the_list_leaves_as_csv_and_is_written_down(
    client: FlaskClient, firm: Firm, admin: Membership, make_member: Make, session: Session
) -> None:
    make_member("=cmd()")
    answer = client.post(f"/f/{firm.slug}/console/people/export")
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert {line["Name"]: line["Cohort"] for line in lines if line["Cohort"]} == {
        "Mia Member": "Spring"
    }
    assert "'=cmd()" in {line["Name"] for line in lines}
    session.expire_all()
    with scope(firm.id):
        assert audit.entries(action="roster.exported")[0].details == {"members": 5}
        [seen] = audit.entries(action="seen.export")
        assert len(seen.details["whose"]) == 4
        assert str(admin.id) not in seen.details["whose"]


def test_the_last_admin_stays(client: FlaskClient, firm: Firm, admin: Membership) -> None:
    there = f"/f/{firm.slug}/console/people/{admin.id}"
    assert "last admin stays one" in client.get(there).text
    assert client.post(there, data={"role": "member"}).status_code == 409
    for step in ("suspend", "remove"):
        assert client.post(f"{there}/{step}").status_code == 409


def test_an_invitation_is_sent_again_and_the_old_link_ends(
    client: FlaskClient, firm: Firm, admin: Membership, session: Session
) -> None:
    del admin
    client.post(
        f"/f/{firm.slug}/console/people", data={"email": "new@example.org", "role": "coach"}
    )
    with scope(firm.id):
        [first] = session.scalars(select(Invitation)).all()
        first.expires_at = now() - dt.timedelta(days=1)
        there = f"/f/{firm.slug}/console/invitations/{first.id}"
        session.commit()
    assert "Expired" in client.get(f"/f/{firm.slug}/console/people").text
    assert client.post(f"{there}/resend").status_code == 303
    session.expire_all()
    with scope(firm.id):
        made = session.scalars(select(Invitation).order_by(Invitation.created_at)).all()
        assert [one.is_open() for one in made] == [False, True]
        assert (made[1].email, made[1].role) == ("new@example.org", "coach")


@pytest.mark.parametrize("step", ["suspend", "remove"])
def test_out_within_one_request(
    step: str, client: FlaskClient, app: Flask, firm: Firm, admin: Membership,
    make_member: Make, sign_in: Make,
) -> None:  # fmt: skip
    del admin
    leaving = make_member("Lea Leaving")
    theirs = app.test_client()
    sign_in(theirs, leaving)
    assert theirs.get(f"/f/{firm.slug}/").status_code == 200
    there = f"/f/{firm.slug}/console/people/{leaving.id}"
    client.post(f"{there}/{step}", data={"reason": "They asked."})
    assert theirs.get(f"/f/{firm.slug}/").status_code == 404
    with scope(firm.id):
        assert audit.entries(action="member.")[0].details == {"reason": "They asked."}
    client.post(f"{there}/reinstate")
    assert theirs.get(f"/f/{firm.slug}/").status_code == 200


def test_a_role_counts_with_the_next_request(
    client: FlaskClient, app: Flask, firm: Firm, admin: Membership, make_member: Make, sign_in: Make
) -> None:
    del admin
    other = make_member("Bo Admin", role="admin")
    theirs = app.test_client()
    sign_in(theirs, other)
    assert theirs.get(f"/f/{firm.slug}/console/people").status_code == 200
    client.post(f"/f/{firm.slug}/console/people/{other.id}", data={"role": "member"})
    assert theirs.get(f"/f/{firm.slug}/console/people").status_code == 403
