"""Staff look into a firm: with a reason, for a time, seen by the firm, reading first."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from coachhub.core import audit
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, StaffVisit
from coachhub.mail.models import FirmMail

WHY = "Their imports hang since noon."
SignIn = Callable[[FlaskClient, Any], None]


@pytest.fixture
def ada(make_member: Callable[..., Membership]) -> Membership:
    return make_member("Ada Admin", role="admin")


@pytest.fixture
def staff(app: Flask, session: Session, firm: Firm, ada: Membership) -> FlaskClient:
    del firm, ada
    person = Person(
        email="stella@example.org", name="Stella Staff", fs_uniquifier="stella", is_staff=True
    )
    session.add(person)
    session.commit()
    made = app.test_client()
    with made.session_transaction() as cookie:
        cookie["_user_id"], cookie["_fresh"] = "stella", True
        cookie["fs_paa"] = 4102444800.0
    return made


def look_in(staff: FlaskClient, firm: Firm, **form: str) -> Any:
    given = {"reason": WHY, "minutes": "30"} | form
    return staff.post(f"/staff/firms/{firm.id}/look-in", data=given)


def visit_in(session: Session, firm: Firm) -> StaffVisit:
    session.expire_all()
    with scope(firm.id):
        return session.scalars(select(StaffVisit).order_by(StaffVisit.created_at.desc())).first()  # type: ignore[return-value]


def test_without_a_reason_there_is_no_firm(staff: FlaskClient, firm: Firm) -> None:
    assert staff.get(f"/f/{firm.slug}/console/people").status_code == 404
    assert look_in(staff, firm, reason="because").status_code == 422
    assert look_in(staff, firm, minutes="61").status_code == 422
    assert staff.get(f"/f/{firm.slug}/console/people").status_code == 404


def test_they_read_and_it_is_seen(
    staff: FlaskClient, firm: Firm, session: Session, client: FlaskClient,
    ada: Membership, sign_in: SignIn,
) -> None:  # fmt: skip
    assert look_in(staff, firm).status_code == 303
    page = staff.get(f"/f/{firm.slug}/console/people")
    assert (page.status_code, "You are looking into" in page.text) == (200, True)
    # A member's own pages are nobody's but theirs.
    for own in ("contacts", "me", ""):
        assert staff.get(f"/f/{firm.slug}/{own}").status_code == 403
    refused = staff.post(f"/f/{firm.slug}/console/firm", data={"name": "Ours"})
    assert (refused.status_code, "so you can read" in refused.text) == (403, True)
    with scope(firm.id):
        told = [(one.action, one.details.get("page")) for one in audit.entries(action="staff.")]
        here = f"/f/{firm.slug}"
        assert told == [
            ("staff.refused", f"POST {here}/console/firm"),
            ("staff.refused", f"GET {here}/"),
            ("staff.refused", f"GET {here}/me"),
            ("staff.refused", f"GET {here}/contacts"),
            ("staff.read", f"GET {here}/console/people"),
            ("staff.looked_in", None),
        ]
        mail = session.scalars(select(FirmMail).where(FirmMail.kind == "staff-looks-in")).one()
        assert mail.membership_id == ada.id
        assert b"imports hang" in mail.raw
    assert visit_in(session, firm).pages == 5
    sign_in(client, ada)
    banner = client.get(f"/f/{firm.slug}/console/people").text
    assert "Stella Staff of CoachHub is looking in" in banner
    assert WHY in client.get(f"/f/{firm.slug}/console/visits/").text


def test_changing_wants_a_second_reason(staff: FlaskClient, firm: Firm, session: Session) -> None:
    assert staff.post(f"/staff/firms/{firm.id}/write").status_code == 404
    look_in(staff, firm)
    assert (
        staff.post(f"/staff/firms/{firm.id}/write", data={"write-reason": "so"}).status_code == 422
    )
    form = {"name": "Harbour", "colour": "#123456", "sender_name": "", "language": "fr"}
    assert staff.post(f"/f/{firm.slug}/console/firm", data=form).status_code == 403
    answer = staff.post(
        f"/staff/firms/{firm.id}/write", data={"write-reason": "Their admin asked us by phone."}
    )
    assert answer.status_code == 303
    assert staff.post(f"/f/{firm.slug}/console/firm", data=form).status_code == 303
    session.expire_all()
    assert session.get_one(Firm, firm.id).name == "Harbour"
    with scope(firm.id):
        acted, changed, may, *_ = audit.entries()
        assert [one.action for one in (acted, changed, may)] == [
            "staff.acted", "firm.changed", "staff.may_write",
        ]  # fmt: skip
        assert changed.actor_name == "Stella Staff (CoachHub staff)"
        mails = session.scalars(select(FirmMail).where(FirmMail.kind == "staff-looks-in")).all()
        assert len(mails) == 2


def test_it_ends_by_itself_within_one_request(
    staff: FlaskClient, firm: Firm, session: Session
) -> None:
    look_in(staff, firm)
    assert staff.get(f"/f/{firm.slug}/console/people").status_code == 200
    with scope(firm.id):
        session.execute(update(StaffVisit).values(until=now() - dt.timedelta(seconds=1)))
        session.commit()
    assert staff.get(f"/f/{firm.slug}/console/people").status_code == 404
    assert staff.post(f"/staff/firms/{firm.id}/write").status_code == 404
    look_in(staff, firm)
    assert staff.get(f"/f/{firm.slug}/console/people").status_code == 200


@pytest.mark.parametrize("by", ["staff", "admin", "sign-out of staff"])
def test_it_ends_by_a_button(
    by: str, staff: FlaskClient, firm: Firm, session: Session, client: FlaskClient,
    ada: Membership, sign_in: SignIn,
) -> None:  # fmt: skip
    look_in(staff, firm)
    if by == "staff":
        staff.post(f"/staff/firms/{firm.id}/end")
    elif by == "admin":
        sign_in(client, ada)
        visit = visit_in(session, firm)
        client.post(f"/f/{firm.slug}/console/visits/{visit.id}/end")
    else:
        session.execute(update(Person).where(Person.is_staff).values(is_staff=False))
        session.commit()
    assert staff.get(f"/f/{firm.slug}/console/people").status_code == 404
    if by != "sign-out of staff":
        with scope(firm.id):
            [ended] = audit.entries(action="staff.ended")
            assert ended.actor_name == ("Ada Admin" if by == "admin" else "Stella Staff")


def test_one_firms_door_is_not_anothers(
    staff: FlaskClient, firm: Firm, make_firm: Callable[..., Firm]
) -> None:
    other = make_firm()
    look_in(staff, firm)
    assert staff.get(f"/f/{other.slug}/console/people").status_code == 404
    assert staff.get(f"/f/{firm.slug}/console/people").status_code == 200


@pytest.mark.parametrize(("minutes", "reason"), [(61, WHY), (5, "why")])
def test_the_database_keeps_the_hour_and_the_reason(
    session: Session, firm: Firm, minutes: int, reason: str
) -> None:
    begun = now()
    with scope(firm.id):
        session.add(
            StaffVisit(
                created_at=begun,
                person_id=firm.id,
                name="Stella",
                reason=reason,
                until=begun + dt.timedelta(minutes=minutes),
            )
        )
        with pytest.raises(IntegrityError):
            session.flush()
        session.rollback()


def test_a_closed_firm_is_shut_and_opens_as_it_was(
    staff: FlaskClient, firm: Firm, client: FlaskClient, ada: Membership, sign_in: SignIn
) -> None:
    sign_in(client, ada)
    there = f"/staff/firms/{firm.id}"
    assert staff.post(f"{there}/close").status_code == 422
    assert (
        staff.post(f"{there}/close", data={"close-reason": "They asked us to."}).status_code == 303
    )
    assert client.get(f"/f/{firm.slug}/").status_code == 404
    assert look_in(staff, firm).status_code == 422
    assert "This firm is closed" in staff.get(there).text
    staff.post(f"{there}/open")
    assert client.get(f"/f/{firm.slug}/").status_code == 200
    with scope(firm.id):
        assert [one.action for one in audit.entries()] == ["firm.opened", "firm.closed"]
