"""Many cases in one go: one that fails stops no other, and all of it is undone.

With two dozen of them; `MANY_CASES=200` is as many as there can be.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import html
import os
import re
from collections.abc import Iterator
from uuid import UUID

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import event, func, select
from uuid_utils.compat import uuid7

from coachhub.board.models import Offer
from coachhub.console import together
from coachhub.console.models import Together
from coachhub.core import audit
from coachhub.core.hooks import ROOMS
from coachhub.core.tenancy import scope
from coachhub.mail.models import FirmMail
from coachhub.moderation import operations
from coachhub.moderation.hooks import REPORTABLE
from coachhub.moderation.models import Case, Decision, Notice, Report
from console.conftest import Desk

MANY = int(os.environ.get("MANY_CASES", "24"))
FORM = {"verdict": "returned", "rule": "selling", "message": "Please give instead."}


def many(desk: Desk, count: int) -> list[str]:
    """Put cases of as many offers into the queue, every third one hidden; return ``id:version``."""
    group = desk.group
    made = []
    with scope(group.firm.id):
        ada, ben, cohort = group.people["ada"].id, group.people["ben"].id, group.cohort.id
        for number in range(count):
            offer = Offer(
                cohort_id=cohort, owner_id=ada, kind="time", expires_on=dt.date(2100, 1, 1),
                title=f"Watch {number:03}", body="Two hundred each.\nCash only.",
            )  # fmt: skip
            group.session.add(offer)
            group.session.flush()
            case = Case(
                target_kind="offer", target_id=offer.id, cohort_id=cohort, author_id=ada,
                label=f"the offer “Watch {number:03}”", evidence=f"{offer.title}\n{offer.body}",
                due_at=dt.datetime(2100, 1, 1, tzinfo=dt.UTC),
            )  # fmt: skip
            group.session.add(case)
            group.session.flush()
            group.session.add(Report(case_id=case.id, reporter_id=ben, reason="selling"))
            made.append(f"{case.id}:1")
        group.session.flush()
        for given in made[::3]:
            operations.hold(group.actor("ida"), desk.case(UUID(given[:36])))
        group.session.commit()
    return made


def count(desk: Desk, table: type, *wanted: object) -> int:
    with scope(desk.group.firm.id):
        query = select(func.count()).select_from(table).where(*wanted)  # type: ignore[arg-type]
        return desk.group.session.scalar(query) or 0


def decide_all(client: FlaskClient, desk: Desk, cases: list[str], **form: str) -> str:
    """Decide them all; return the address where what became of each stands."""
    answer = client.post(f"{desk.base}/together/decide", data={**FORM, **form, "case": cases})
    assert answer.status_code == 303, html.unescape(answer.text)
    return str(answer.location)


def undo_address(client: FlaskClient, url: str) -> str:
    found = re.search(r'action="([^"]*/together/[^"]*/undo)"', client.get(url).text)
    assert found is not None
    return found.group(1)


def test_many_with_a_failing_one_and_all_undone(desk: Desk) -> None:
    cases = many(desk, MANY)
    before = desk.states()
    assert before.count("quarantined") == -(-MANY // 3)
    with scope(desk.group.firm.id):
        # Somebody else decides one of them while the page is open.
        broken = desk.case(UUID(cases[17][:36]))
        operations.decide(
            desk.group.actor("ana"), broken, 1, operations.Ruling("not_upheld", "selling")
        )
        desk.group.session.commit()
    url = decide_all(desk.coach, desk, cases)
    page = html.unescape(desk.coach.get(url).text)
    assert f"{MANY - 1} of {MANY} decided" in page
    assert "already been decided by Ana Admin" in page
    assert page.index("Not decided") < page.index(">Decided<")
    assert count(desk, Case, Case.outcome == "upheld") == MANY - 1
    assert desk.states().count("returned") == MANY - 1
    with scope(desk.group.firm.id):
        passages = set(desk.group.session.scalars(select(Decision.passage)))
        assert "Watch 000\nTwo hundred each.\nCash only." in passages
    undo = undo_address(desk.coach, url)
    assert desk.coach.post(undo).status_code == 303
    assert f"{MANY - 1} undone" in html.unescape(desk.coach.get(url).text)
    assert desk.states() == before
    assert count(desk, Case, Case.state == "claimed") == MANY - 1
    assert count(desk, Case, Case.outcome == "not_upheld") == 1  # the other moderator's stands
    told = count(desk, Notice, Notice.kind.in_(("case-author", "case-reporter")))
    assert told == 1  # of the one that stands
    assert count(desk, FirmMail, FirmMail.kind == "case-author") == 0
    with scope(desk.group.firm.id):
        assert audit.entries(action="cases.decided_together")[0].details["done"] == MANY - 1
        assert audit.entries(action="cases.undone_together")[0].details["undone"] == MANY - 1
        assert audit.first_broken() is None
    again = desk.coach.post(undo)
    assert again.status_code == 409
    assert "has been undone already" in again.text


def test_each_more_costs_little(desk: Desk) -> None:
    """Reads and writes are taken for all at once: what is asked of the database hardly grows."""
    costs: dict[str, list[int]] = {"decided": [], "undone": []}
    for size in (10, 50):
        cases = many(desk, size)
        with asked(desk) as statements:
            url = decide_all(desk.coach, desk, cases, strike="y")
        costs["decided"].append(len(statements))
        undo = undo_address(desk.coach, url)
        with asked(desk) as statements:
            desk.coach.post(undo)
        costs["undone"].append(len(statements))
        with scope(desk.group.firm.id):
            entries = audit.entries(limit=1000)
            for action in ("case.decided", "case.decision_undone"):
                mine = {str(one.subject_id) for one in entries if one.action == action}
                assert mine >= {case[:36] for case in cases}, action
    for what, (ten, fifty) in costs.items():
        assert fifty - ten <= 3 * 40, (what, ten, fifty)
        assert ten <= 100, what


@contextlib.contextmanager
def asked(desk: Desk) -> Iterator[list[str]]:
    """Collect the statements that the database is asked meanwhile."""
    statements: list[str] = []
    connection = desk.group.session.connection()

    def hear(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        statements.append(statement)

    event.listen(connection.engine, "before_cursor_execute", hear)
    yield statements
    event.remove(connection.engine, "before_cursor_execute", hear)


def test_what_breaks_altogether_stops_no_other(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    cases = many(desk, 3)
    with scope(desk.group.firm.id):
        bad = desk.case(UUID(cases[1][:36])).target_id
    honest = list(ROOMS[REPORTABLE.name])

    def broken(_kind: str, thing_id: UUID) -> None:
        if thing_id == bad:
            raise RuntimeError("A plugin is broken")

    monkeypatch.setitem(ROOMS, REPORTABLE.name, [broken, *honest])
    url = decide_all(desk.coach, desk, cases)
    monkeypatch.setitem(ROOMS, REPORTABLE.name, honest)
    page = desk.coach.get(url).text
    assert "2 of 3 decided" in page
    assert together.BROKE in page
    assert "A case could not be decided" in caplog.text
    assert desk.states() == ["returned", "visible", "returned"]


def test_ten_minutes_and_no_longer(desk: Desk) -> None:
    cases = many(desk, 2)
    url = decide_all(desk.coach, desk, cases, verdict="none")
    undo = undo_address(desk.coach, url)
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(minutes=11), tick=False):
        assert "Undo all" not in desk.coach.get(url).text
        late = desk.coach.post(undo)
        assert late.status_code == 409
        assert "too late" in late.text
    assert count(desk, Case, Case.outcome == "not_upheld") == 2


def test_they_are_shown_with_their_texts_first(desk: Desk) -> None:
    cases = many(desk, 3)
    page = html.unescape(desk.coach.post(f"{desk.base}/together", data={"case": cases[:2]}).text)
    assert "2 cases together" in page
    assert page.count("Two hundred each.") == 2
    assert "Watch 002" not in page
    assert page.count('" checked>') == 2
    everything = desk.coach.post(f"{desk.base}/together?q=watch", data={"all": "1"}).text
    assert "3 cases together" in everything
    nothing = desk.coach.post(f"{desk.base}/together?q=watch")
    assert nothing.status_code == 303
    assert nothing.location.endswith("?q=watch")


def test_what_was_typed_is_kept_if_something_is_missing(desk: Desk) -> None:
    cases = many(desk, 1)
    typed = {"message": "Please give instead.", "case": cases}
    answer = desk.coach.post(f"{desk.base}/together/decide", data=typed)
    assert answer.status_code == 422
    assert "Please give instead." in answer.text
    assert "Two hundred each." in answer.text
    redacted = {**FORM, "verdict": "redacted", "case": cases}
    assert desk.coach.post(f"{desk.base}/together/decide", data=redacted).status_code == 422


def test_more_than_two_hundred_are_too_many(desk: Desk) -> None:
    one = many(desk, 1)
    chosen = one + [f"{uuid7()}:1" for _number in range(200)]
    answer = desk.coach.post(f"{desk.base}/together/decide", data={**FORM, "case": chosen})
    assert answer.status_code == 422
    assert "Up to 200 at a time" in answer.text


def test_others_neither_decide_nor_see_nor_undo(desk: Desk, elsewhere: FlaskClient) -> None:
    cases = many(desk, 2)
    url = decide_all(elsewhere, desk, cases)
    page = elsewhere.get(url).text
    assert "We could not find this case." in page
    assert "Watch" not in page
    assert desk.states() == ["quarantined", "visible"]
    with scope(desk.group.firm.id):
        assert len(audit.entries(action="case.refused")) == 2
    url = decide_all(desk.coach, desk, cases)
    for client in (elsewhere, desk.admin):
        assert client.get(url).status_code == 404
        assert client.post(f"{url}/undo").status_code == 404
    assert count(desk, Together) == 2
