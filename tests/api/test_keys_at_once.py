"""One Idempotency-Key, many hands: real threads on connections of their own, one thing is made."""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from flask import Flask, Response
from sqlalchemy import func, select
from werkzeug.test import TestResponse

from coachhub.api import kept_answers, operations
from coachhub.api.kept_answers import KeptAnswer
from coachhub.api.operations import TokenDraft
from coachhub.app import create_app
from coachhub.board.models import Offer
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import db
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import acting
from coachhub.firms.models import Firm, Membership
from fixtures_api import EVERYTHING, OFFER, Caller
from fixtures_app import config_for
from walls.world import Place, make_membership

HANDS = 8
SAME = {"Idempotency-Key": "one-and-the-same"}
PATIENCE = 60  # seconds until a test that hangs gives up


class Desk:
    """A member's program on a database of its own, where what is committed stays."""

    def __init__(self, app: Flask) -> None:
        self.app = app
        with app.app_context():
            firm = Firm(name="Firm", slug="firm")
            db.session.add(firm)
            db.session.flush()
            self.firm_id = firm.id
            with scope(firm.id):
                cohort = Cohort(name="Group", slug="group")
                db.session.add(cohort)
                db.session.flush()
                who = make_membership(db.session(), Place(firm.id, "firm"), "Mona")
                db.session.add(Enrolment(cohort_id=cohort.id, membership_id=who.id))
                db.session.flush()
                mona = db.session.get_one(Membership, (firm.id, who.id))
                made = operations.make_own(acting(mona), TokenDraft("Sheet", EVERYTHING))
                self.caller, self.path = Caller(app, made.text), f"/cohorts/{cohort.id}/offers"
                db.session.commit()
                db.session.remove()

    def post(self, body: dict[str, Any] = OFFER) -> TestResponse:
        return self.caller.post(self.path, body, headers=SAME)

    def rows(self) -> tuple[int, int]:
        """How many offers there are, and how many kept answers."""
        with self.app.app_context(), scope(self.firm_id):
            counts = [
                db.session.scalar(select(func.count()).select_from(table)) or 0
                for table in (Offer, KeptAnswer)
            ]
            db.session.remove()
        return counts[0], counts[1]


@pytest.fixture
def desk(fresh_database: Callable[..., Any]) -> Iterator[Desk]:
    made = create_app(config_for(fresh_database()))
    yield Desk(made)
    with made.app_context():
        db.engine.dispose()


def test_many_at_once_make_one_and_hear_of_that_one(desk: Desk) -> None:
    start = threading.Barrier(HANDS)

    def knock(_number: int) -> TestResponse:
        start.wait(PATIENCE)
        return desk.post()

    with ThreadPoolExecutor(HANDS) as hands:
        answers = list(hands.map(knock, range(HANDS)))
    told = Counter(answer.status_code for answer in answers)
    assert set(told) <= {201, 409}, told
    assert told[201] >= 1
    assert desk.rows() == (1, 1)
    good = [answer for answer in answers if answer.status_code == 201]
    assert len({answer.data for answer in good}) == 1
    assert sum("Idempotent-Replayed" not in answer.headers for answer in good) == 1
    again = desk.post()
    assert (again.status_code, again.data) == (201, good[0].data)
    assert again.headers["Location"] == good[0].headers["Location"]
    assert again.headers["Idempotent-Replayed"] == "true"


def test_the_second_is_asked_to_come_again_while_the_first_is_under_way(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    made, go_on, keep = threading.Event(), threading.Event(), kept_answers.keep

    def slowly(key: str, answer: Response) -> None:
        made.set()
        assert go_on.wait(PATIENCE)
        keep(key, answer)

    monkeypatch.setattr(kept_answers, "keep", slowly)
    with ThreadPoolExecutor(1) as hands:
        first = hands.submit(desk.post)
        assert made.wait(PATIENCE)
        second, other = desk.post(), desk.post({**OFFER, "field": "Food"})
        go_on.set()
        one = first.result(PATIENCE)
    for early in (second, other):
        assert (early.status_code, early.mimetype) == (409, "application/problem+json")
        assert "Ask again" in json.loads(early.data)["detail"]
        assert early.headers["Retry-After"] == "1"
    assert one.status_code == 201
    assert desk.rows() == (1, 1)
    assert desk.post().data == one.data
    assert desk.post({**OFFER, "field": "Food"}).status_code == 422
    assert desk.rows() == (1, 1)


def test_a_first_one_that_fails_leaves_the_key_to_the_next(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    keep = kept_answers.keep

    def breaks(_key: str, _answer: Response) -> None:
        raise RuntimeError("The process is at its end.")

    monkeypatch.setattr(kept_answers, "keep", breaks)
    assert desk.post().status_code == 500
    assert desk.rows() == (0, 0)
    monkeypatch.setattr(kept_answers, "keep", keep)
    assert desk.post().status_code == 201
    assert desk.rows() == (1, 1)
