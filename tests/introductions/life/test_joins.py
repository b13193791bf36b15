"""Where introductions join in elsewhere, with and without a page around."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import time_machine

from coachhub.board.models import Ask, Lead
from coachhub.cohorts.hooks import DASHBOARD, ENROLMENT_ENDED
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.db import now
from coachhub.firms.hooks import HOME
from coachhub.introductions import joins, promises
from fixtures_circle import RECEIVER, Circle


def late(cohort: Cohort) -> list[Any]:
    found = [one for signals in DASHBOARD.call(cohort) for one in signals]
    return [(one.membership_id, one.text) for one in found if one.kind == "late_promises"]


def test_home_works_in_a_job_too_for_the_digest(here: Circle) -> None:
    made = here.asked()
    (item,) = [
        item for items in HOME.call(here.act("giver")) for item in items if RECEIVER in item.title
    ]
    assert item.url == f"/f/{here.firm.slug}/introductions/{made.id}"
    assert (item.action, item.due) == ("Give an answer", None)


def test_a_promise_stands_on_the_home_page_with_its_day(here: Circle) -> None:
    made = here.at("introduced", "insider")
    ((item,),) = joins.homes([here.act("giver")])
    assert (item.due, item.action) == (made.due_on, "Your promise")
    assert joins.homes([here.act("receiver")]) == [[]]


def test_coach_sees_whose_promises_are_late(here: Circle) -> None:
    here.at("introduced", "insider")
    assert late(here.cohort) == []
    with time_machine.travel(now() + dt.timedelta(days=10)):
        assert late(here.cohort) == [(here.giver.id, "Has a promise that is 3 days late")]


def test_leaving_a_cohort_ends_what_is_open_there_and_keeps_promises(here: Circle) -> None:
    met = here.at("introduced", "insider")
    asked = here.asked(need_id=here.company.id)
    enrolment = here.session.query(Enrolment).filter_by(membership_id=here.giver.id).one()
    ENROLMENT_ENDED.call(enrolment)
    assert (met.state, asked.state) == ("introduced", "withdrawn")


def test_only_its_owner_is_offered_to_pass_a_lead_on(
    here: Circle, post: Callable[..., Any]
) -> None:
    lead, ask = post(Lead, here.giver), post(Ask, here.giver)
    assert f"/leads/{lead.id}/pass-on" in str(joins.pass_on(lead, here.act("giver")))
    assert joins.pass_on(lead, here.act("receiver")) is None
    assert joins.pass_on(ask, here.act("giver")) is None


def test_the_coach_hears_of_few_promises_kept_once_there_are_enough(here: Circle) -> None:
    for number, let_go in enumerate((False, True, True)):
        assert not [one for one in joins.signals(here.cohort) if one.kind == "few_promises_kept"]
        made = here.at("introduced", "insider")
        end = promises.let_go if let_go else promises.keep
        end(here.act("giver"), made)
        assert number < 3
    (signal,) = [one for one in joins.signals(here.cohort) if one.kind == "few_promises_kept"]
    assert signal.membership_id == here.giver.id
    assert signal.text == "Has kept 1 of 3 promises"
