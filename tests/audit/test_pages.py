"""The audit trail's pages: searched, checked, taken along."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.core import audit, chain
from coachhub.core.access import Actor
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership


@pytest.fixture
def admin(
    client: FlaskClient,
    session: Session,
    firm: Firm,
    make_member: Callable[..., Membership],
    sign_in: Callable[[FlaskClient, Membership], None],
) -> FlaskClient:
    """The firm's admin, and a trail with something of everything."""
    with scope(firm.id):
        ida, bo = Actor(label="Ida Coach"), Actor(label="Bo Admin")
        audit.record(ida, "cohort.created", kind="cohort", label="Spring 100%")
        audit.record(bo, "member.invited", kind="invitation", label="x@example.org", role="admin")
        audit.record(bo, "member.suspended", kind="membership", label="=cmd()", reason="a <b> word")
        audit.record(bo, "chat_notify.channel_added", kind="channel", label="News")
        session.commit()
    sign_in(client, make_member("Ada Admin", role="admin"))
    return client


def page(admin: FlaskClient, firm: Firm, **asked: Any) -> str:
    answer = admin.get(f"/f/{firm.slug}/console/audit/", query_string=asked)
    assert answer.status_code == 200
    [_, body] = answer.text.split('id="entries"')
    return body


def test_it_reads_as_sentences(admin: FlaskClient, firm: Firm) -> None:
    body = page(admin, firm)
    for words in (
        "made the cohort Spring 100%",
        "invited x@example.org as firm admin",
        "suspended =cmd()",
        "channel added “News” (chat notify)",
    ):
        assert words in body


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ({"q": "100%"}, {"Spring"}),
        ({"q": "<b> WORD"}, {"=cmd()"}),
        ({"q": "%"}, {"Spring"}),
        ({"who": "Ida Coach"}, {"Spring"}),
        ({"what": "member."}, {"x@example.org", "=cmd()"}),
        ({"what": "member.suspended"}, {"=cmd()"}),
        ({"subject": "channel"}, {"News"}),
        ({"since": "2100-01-01"}, set()),
        ({"until": "2100-01-01", "what": "cohort."}, {"Spring"}),
        ({"until": "2001-01-01"}, set()),
        ({"since": "no day", "q": "News"}, {"News"}),
        ({"who": "Ida Coach", "what": "member."}, set()),
        ({"q": "\0News", "page": "99999999999999999999"}, set()),
    ],
)
def test_it_is_narrowed(
    admin: FlaskClient, firm: Firm, asked: dict[str, str], found: set[str]
) -> None:
    body = page(admin, firm, **asked)
    assert {one for one in ("Spring", "x@example.org", "=cmd()", "News") if one in body} == found


def test_long_trails_have_pages(admin: FlaskClient, session: Session, firm: Firm) -> None:
    with scope(firm.id):
        for number in range(60):
            audit.record(Actor(label="Ida Coach"), "thing.done", kind="thing", label=f"T{number}.")
        session.commit()
    assert "T59." in page(admin, firm)
    second = page(admin, firm, page=2, q="T")
    assert "T9." in second
    assert "T59." not in second
    assert "q=T" in second


def test_a_copy_is_harmless_whole_and_itself_an_entry(
    admin: FlaskClient, firm: Firm, session: Session
) -> None:
    answer = admin.post(f"/f/{firm.slug}/console/audit/copy", data={"what": "member."})
    assert answer.mimetype == "text/csv"
    lines = list(csv.DictReader(io.StringIO(answer.text.removeprefix("\ufeff"))))
    assert [line["On what"] for line in lines] == ["'=cmd()", "x@example.org"]
    assert len(lines[0]["Seal"]) == 64
    session.expire_all()
    with scope(firm.id):
        [entry] = audit.entries(action="audit.exported")
        assert entry.details == {"entries": 2, "what": "member."}
        assert entry.actor_name == "Ada Admin"


def test_the_check_says_so(admin: FlaskClient, firm: Firm) -> None:
    there = f"/f/{firm.slug}/console/audit/check"
    with scope(firm.id):
        end = chain.head()
    assert "The trail is whole" in admin.get(there).text
    assert "still the one it was" in admin.get(there, query_string={"seal": str(end)}).text
    foreign = admin.get(there, query_string={"seal": f"99:{'a' * 64}"})
    assert "its end is cut off" in foreign.text
    wrong = admin.get(there, query_string={"seal": "12:abc"})
    assert (wrong.status_code, "That is no seal" in wrong.text) == (422, True)
