"""Many invited from one file: read, looked at, sent, taken back."""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.console.rosters import operations
from coachhub.console.rosters.operations import Defaults
from coachhub.console.rosters.reading import Row, UnreadableRoster, read_roster
from coachhub.contacts.formats.entries import BadRow
from coachhub.core import audit
from coachhub.core.errors import NotAllowedError
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms import entrance
from coachhub.firms.models import Firm, Invitation, Membership, Roster, RosterLine
from coachhub.mail.models import FirmMail
from console.rosters_of_all_kinds import BAD, GOOD, HEAD, PAIR, REFUSED

Make = Callable[..., Any]


@pytest.mark.parametrize("name", GOOD)
def test_however_it_is_written(name: str) -> None:
    rows = list(read_roster(io.BytesIO(GOOD[name]), "roster.csv"))
    assert [(row.email, row.name) for row in rows if isinstance(row, Row)] == PAIR
    assert len(rows) == len(PAIR)


def test_old_letters() -> None:
    data = "Email;Name\nzoe@example.org;Zoë Müller\n".encode("cp1252")
    [row] = read_roster(io.BytesIO(data), "roster.csv")
    assert isinstance(row, Row)
    assert row.name == "Zoë Müller"


@pytest.mark.parametrize("name", REFUSED)
def test_refused_with_a_sentence(name: str) -> None:
    make, words = REFUSED[name]
    with pytest.raises(UnreadableRoster) as refused:
        list(read_roster(io.BytesIO(make()), "people.csv"))
    sentence = str(refused.value)
    assert words in sentence
    assert sentence.endswith(".")
    assert "vCard" not in sentence
    assert "address book" not in sentence


def test_a_stray_quotation_mark_costs_one_row() -> None:
    data = b"Email,Name\n" + b'x@example.org,"Xu\n' + GOOD["plain"].split(b"\n", 1)[1] * 3
    rows = list(read_roster(io.BytesIO(data), "roster.csv"))
    assert [type(row) for row in rows] == [BadRow] + [Row] * 6


@pytest.fixture
def admin(make_member: Make, make_cohort: Make, session: Session) -> Membership:
    made: Membership = make_member("Ada Admin", role="admin")
    make_cohort("Spring")
    make_cohort("Last year", state="closed")
    session.commit()
    return made


def staged(firm: Firm, who: Membership, text: str, **defaults: Any) -> list[tuple[int, str, str]]:
    with scope(firm.id):
        actor = entrance.acting(who)
        roster = operations.stage(
            actor, io.BytesIO(text.encode()), "people.csv", Defaults(**defaults)
        )
        lines = select(RosterLine).where(RosterLine.roster_id == roster.id)
        return [
            (one.line, one.state, one.told)
            for one in operations.db.session.scalars(lines.order_by(RosterLine.line))
        ]


@pytest.mark.parametrize("name", BAD)
def test_what_is_wrong_is_told_and_the_good_are_kept(
    name: str, firm: Firm, admin: Membership
) -> None:
    line, words = BAD[name]
    lines = staged(firm, admin, f"{HEAD}{line}\nbo@example.org,Bo Lind,coach,SPRING\n")
    assert [state for _, state, _ in lines] == ["bad", "good"]
    assert words in lines[0][2]


def test_who_is_there_twice_here_or_invited(
    firm: Firm, admin: Membership, make_member: Make
) -> None:
    make_member("Cem Coach", role="coach")
    with scope(firm.id):
        here = operations.db.session.scalars(
            select(operations.Person.email).where(operations.Person.name == "Cem Coach")
        ).one()
    text = f"{HEAD}bo@example.org,Bo,,\nBO@Example.org,Bo Lind,,\n{here},Cem,,\n"
    lines = staged(firm, admin, text)
    assert lines == [
        (2, "good", ""),
        (3, "twice", "The same address stands in line 2."),
        (4, "here", "Cem Coach is here as coach already."),
    ]


@pytest.mark.parametrize(("role", "states"), [("coach", ["good", "bad", "bad"]), ("admin", None)])
def test_never_above_the_inviters_role(
    role: str, states: list[str] | None, firm: Firm, make_member: Make
) -> None:
    text = "Email,Role\na@example.org,member\nb@example.org,coach\nc@example.org,firm admin\n"
    lines = staged(firm, make_member("Somebody", role=role), text)
    assert [state for _, state, _ in lines] == (states or ["good"] * 3)
    with pytest.raises(NotAllowedError):
        staged(firm, make_member("A member"), text)


def bring(client: FlaskClient, firm: Firm, data: bytes) -> Any:
    return client.post(
        f"/f/{firm.slug}/console/rosters/",
        data={"file": (io.BytesIO(data), "people.csv"), "role": "member", "cohort": ""},
        content_type="multipart/form-data",
    )


def states(session: Session, firm: Firm) -> list[str]:
    session.expire_all()
    with scope(firm.id):
        return list(session.scalars(select(RosterLine.state).order_by(RosterLine.line)))


def test_from_the_file_to_the_mails_and_back(
    client: FlaskClient, firm: Firm, admin: Membership, session: Session, sign_in: Make
) -> None:
    sign_in(client, admin)
    people = "".join(f"p{n}@example.org,P{n},,Spring\n" for n in range(60))
    answer = bring(client, firm, f"{HEAD}{people}nobody,,,\n=x@example.org,=cmd(),boss,\n".encode())
    there = answer.headers["Location"]
    page = client.get(there).text
    assert "Send 60 invitations" in page
    assert "nobody" in client.get(f"{there}?show=trouble").text
    with scope(firm.id):
        assert session.scalars(select(Invitation)).all() == []

    assert client.post(f"{there}/send").status_code == 303
    as_it_asks = {"HX-Target": "div#followed"}
    waiting = client.get(there, headers=as_it_asks)
    assert '<noscript><meta http-equiv="refresh"' in waiting.text
    assert "0 of 60" in waiting.text
    assert "HX-Refresh" not in waiting.headers
    queue().drain()
    assert client.get(there, headers=as_it_asks).headers["HX-Refresh"] == "true"
    assert states(session, firm) == ["invited"] * 60 + ["bad"] * 2
    page = client.get(there).text
    assert "Sent. Each invitation works once" in page
    with scope(firm.id):
        invited = session.scalars(select(Invitation)).all()
        spring = session.scalars(select(Cohort.id).where(Cohort.name == "Spring")).one()
        assert {one.cohort_id for one in invited} == {spring}
        assert (
            len(session.scalars(select(FirmMail).where(FirmMail.kind == "invitation")).all()) == 60
        )
        assert {one.email for one in session.scalars(select(RosterLine))} == {""}
        assert len(audit.entries(action="member.invited")) == 60
        assert audit.entries(action="roster.sent")[0].details == {"invited": 60}
        invited[0].accepted_at = invited[0].created_at
        session.commit()

    assert client.post(f"{there}/send").status_code == 409
    client.post(f"{there}/undo")
    with scope(firm.id):
        session.expire_all()
        assert sum(one.is_open() for one in session.scalars(select(Invitation))) == 0
        assert audit.entries(action="roster.undone")[0].details == {"withdrawn": 59}
        assert session.scalars(select(Roster)).one().state == "undone"
    assert states(session, firm).count("withdrawn") == 59


def test_an_undo_stops_what_has_not_left(
    client: FlaskClient, firm: Firm, admin: Membership, session: Session, sign_in: Make
) -> None:
    sign_in(client, admin)
    there = bring(client, firm, GOOD["plain"]).headers["Location"]
    client.post(f"{there}/send")
    client.post(f"{there}/undo")
    queue().drain()
    assert states(session, firm) == ["withdrawn"] * 2
    with scope(firm.id):
        assert session.scalars(select(Invitation)).all() == []


def test_a_bad_file_is_told_beside_its_field(
    client: FlaskClient, firm: Firm, admin: Membership, sign_in: Make
) -> None:
    sign_in(client, admin)
    answer = bring(client, firm, REFUSED["a workbook"][0]())
    assert (answer.status_code, "is an Excel workbook" in answer.text) == (422, True)
    there = bring(client, firm, b"Email\nnobody\n").headers["Location"]
    assert client.post(f"{there}/send").status_code == 409
    assert client.post(f"{there}/drop").status_code == 303
    assert client.get(there).status_code == 404
