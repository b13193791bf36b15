"""JSON lines carry ids and no person: twenty made-up names go through pages, jobs and errors."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.core import logs
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.jobs import JOBS, Job, queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.permissions import Permission

PEOPLE = [
    (f"Zorabel{n:02}", f"Quillington{n:02}", f"zq{n:02}@quill.example.com") for n in range(20)
]
WORDS = ["zorabel", "quill", "zq0", "zq1", "kettlesingsatdawn"]


@pytest.fixture
def said() -> Iterator[Callable[[], list[dict[str, Any]]]]:
    """What the process writes as JSON lines, at every level."""
    stream = io.StringIO()
    handler = logging.StreamHandler(stream)
    handler.setFormatter(logs.Lines())
    root = logging.getLogger()
    level = root.level
    root.addHandler(handler)
    root.setLevel(logging.DEBUG)
    yield lambda: [json.loads(line) for line in stream.getvalue().splitlines()]
    root.removeHandler(handler)
    root.setLevel(level)


def test_pages_jobs_and_errors_leave_no_name_in_the_log(
    app: Flask,
    client: Any,
    session: Session,
    firm: Firm,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Any],
    sign_in: Callable[..., None],
    said: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    slug, firm_id = firm.slug, firm.id
    cohort = make_cohort("First light")
    cohort_slug = cohort.slug
    members = [make_member(f"{first} {last}", cohorts=(cohort,)) for first, last, _mail in PEOPLE]
    for member, (_first, _last, mail) in zip(members, PEOPLE, strict=True):
        session.get_one(Person, member.person_id).email = mail
    admin = make_member("Zorabel Quilladmin", role="admin")
    session.commit()
    client.post("/account/login", data={"email": PEOPLE[0][2], "password": "kettlesingsatdawn"})
    sign_in(client, members[0])
    pages = [rule.rule for rule in app.url_map.iter_rules() if rule.arguments <= {"firm", "cohort"}
             and "GET" in (rule.methods or ())]  # fmt: skip
    for rule in pages:
        address = rule.replace("<firm>", slug).replace("<cohort>", cohort_slug)
        client.get(f"{address}?q=Zorabel01+Quillington01")
    for _first, last, mail in PEOPLE:
        form = {"first_name": "Zorabel", "last_name": last, "email": mail, "company": "Quill Ltd"}
        client.post(f"/f/{slug}/contacts/new", data=form)
        client.post(f"/f/{slug}/c/{cohort_slug}/offers/new", data={"title": f"Ask {last}"})
    sign_in(client, admin)
    client.get(f"/f/{slug}/console/people?q=Zorabel")
    client.get(f"/f/{slug}/Zorabel/Quillington/{PEOPLE[0][2]}")

    def broken(*_args: object) -> None:
        db.session.add(Person(email=PEOPLE[1][2], name="Zorabel Quill", fs_uniquifier="q"))
        db.session.flush()

    def impossible(*_args: object) -> None:
        raise DomainError("Zorabel Quillington cannot be found at zq01@quill.example.com.")

    monkeypatch.setitem(JOBS, "try.broken", Job("try.broken", broken))
    monkeypatch.setitem(JOBS, "try.impossible", Job("try.impossible", impossible))
    with scope(firm_id):
        for first, last, mail in PEOPLE:
            named = {"firm": {"name": "Quill"}, "name": f"{first} {last}"}
            once = str(uuid7())
            queue_letter(
                Letter(kind="test", to_address=mail, to_name=first, once=once, context=named)
            )
        session.commit()
    for name in ("try.broken", "try.impossible", "mail.deliver", "digests.write_due"):
        if name in JOBS:
            queue().put(name, str(firm_id), ())
    queue().drain()
    broken.coachhub_permission = Permission.SEE_FIRM  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, "firms.home", broken)
    assert client.get(f"/f/{slug}/").status_code == 500
    lines = said()
    told = json.dumps(lines, ensure_ascii=False).casefold()
    assert [word for word in WORDS if word in told] == []
    assert len({line.get("endpoint") for line in lines}) > 30
    failed = [line for line in lines if line.get("job") == "try.broken" and "error" in line]
    assert failed[0]["error"] == IntegrityError.__qualname__
    assert failed[0]["firm_id"] == str(firm_id)
    assert failed[0]["job_id"]
    assert any("test_logs" in frame for frame in failed[0]["trace"])


def test_a_line_has_the_ids_of_its_request(
    app: Flask,
    client: Any,
    session: Session,
    firm: Firm,
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
    said: Callable[[], list[dict[str, Any]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del session
    slug, firm_id = firm.slug, str(firm.id)
    sign_in(client, make_member("Mia"))

    def broken() -> None:
        raise RuntimeError("Mia was here")

    endpoint = next(one for one in app.view_functions if one == "firms.home")
    view = app.view_functions[endpoint]
    broken.coachhub_permission = view.coachhub_permission  # type: ignore[attr-defined]
    monkeypatch.setitem(app.view_functions, endpoint, broken)
    answer = client.get(f"/f/{slug}/", headers={"X-Request-ID": "0123456789abcdef"})
    assert answer.status_code == 500
    lines = [line for line in said() if line.get("request_id") == "0123456789abcdef"]
    [incident] = [line for line in lines if "incident" in line]
    assert incident["incident"] in answer.get_data(as_text=True)
    assert (incident["level"], incident["error"]) == ("error", "RuntimeError")
    assert incident["firm_id"] == firm_id
    assert "Mia" not in json.dumps(incident)
    [request] = [line for line in lines if line["logger"] == "coachhub.request"]
    assert (request["endpoint"], request["method"], request["status"]) == (endpoint, "GET", 500)
    assert request["ms"] > 0
    assert incident["time"].endswith("+00:00")


def test_an_address_in_a_message_is_taken_out_and_an_error_is_told_by_name() -> None:
    form = logs.Lines()
    record = logging.LogRecord(
        "x",
        logging.ERROR,
        "x.py",
        1,
        "To %s: %s",
        ("a.b+c@example.org", ValueError("Ann Lee")),
        None,
    )
    told = json.loads(form.format(record))
    assert told["message"] == "To (address): ValueError"
