"""Rounds worked out by workers: claimed, cancelled, taken up after a kill, many side by side."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.cohorts.models import Enrolment
from coachhub.core.db import now
from coachhub.core.errors import NotAllowedError
from coachhub.core.jobs import queue
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import jobs, operations, solving
from coachhub.introductions.rounds.jobs import GIVEN_UP_AFTER, work_out_rounds
from coachhub.introductions.rounds.led import propose_for_all
from coachhub.introductions.rounds.market import RoundSettings
from coachhub.introductions.rounds.operations import RoundError


@pytest.fixture
def waiting(group: Any, monkeypatch: pytest.MonkeyPatch) -> Round:
    monkeypatch.setattr(solving, "LARGE", 2)
    return operations.propose_round(group.actor(), group.cohort)


def work(round_: Round) -> None:
    work_out_rounds.function(round_.firm_id, str(round_.id))


def test_a_worker_works_it_out(group: Any, waiting: Round) -> None:
    assert (waiting.state, waiting.stage) == ("solving", "")
    with pytest.raises(RoundError, match="being worked out"):
        operations.work_out_again(group.actor(), waiting)
    work(waiting)
    assert (waiting.state, waiting.stage, waiting.served) == ("draft", "", 5)
    assert waiting.unlocks
    operations.change_settings(group.actor(), waiting, RoundSettings(max_ring=2))
    assert (waiting.state, waiting.changes[-1]["after"]) == ("solving", None)
    work(waiting)
    assert waiting.changes[-1]["after"] == waiting.worth


def test_the_worker_tells_how_far_it_is(
    waiting: Round, monkeypatch: pytest.MonkeyPatch, pages: Any
) -> None:
    told = []
    really = jobs.try_out

    def looked_at(*args: Any) -> Any:
        told.append((waiting.state, waiting.stage))
        told.append(pages.get(f"/{waiting.id}").find("progress")["value"])
        told.append(pages.get(ALL).find(id="followed").find("progress")["value"])
        return really(*args)

    ALL = pages.prefix.split("/c/")[0] + "/rounds/"  # noqa: N806 - an address, fixed here
    monkeypatch.setattr(jobs, "try_out", looked_at)
    work(waiting)
    assert told == [("solving", "rings"), "2", "2"]
    assert waiting.state == "draft"


def test_a_round_dropped_meanwhile_stays_dropped(
    group: Any, waiting: Round, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = jobs.try_out

    def dropped(*args: Any) -> Any:
        operations.drop_draft(group.actor(), waiting)
        session.commit()
        return really(*args)

    monkeypatch.setattr(jobs, "try_out", dropped)
    work(waiting)
    assert waiting.state == "dropped"
    assert session.scalars(select(Introduction)).all() == []


def test_two_workers_do_not_work_on_one_round(
    waiting: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []
    really = jobs.try_out

    def once(*args: Any) -> Any:
        times.append(1)
        if len(times) == 1:
            work(waiting)
        return really(*args)

    monkeypatch.setattr(jobs, "try_out", once)
    work(waiting)
    assert times == [1]
    assert waiting.state == "draft"


def test_asking_once_more_does_not_disturb_a_worker(
    group: Any, waiting: Round, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = jobs.try_out

    def asked(*args: Any) -> Any:
        operations.start_again(group.actor(), waiting)
        return really(*args)

    monkeypatch.setattr(jobs, "try_out", asked)
    work(waiting)
    assert waiting.state == "draft"


def test_of_two_workers_the_first_to_be_done_counts(
    waiting: Round, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    times = []
    really = jobs.try_out

    def slow(*args: Any) -> Any:
        times.append(waiting.state)
        if len(times) == 1:
            waiting.claimed_at = now() - GIVEN_UP_AFTER - dt.timedelta(seconds=1)
            session.commit()
            work(waiting)
            times.append(waiting.state)
        return really(*args)

    monkeypatch.setattr(jobs, "try_out", slow)
    work(waiting)
    assert times == ["solving", "solving", "draft"]
    assert (waiting.state, waiting.served) == ("draft", 5)


def test_what_a_killed_worker_left_goes_on(
    waiting: Round, session: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    def killed(*_args: Any) -> Any:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(jobs, "try_out", killed)
        with pytest.raises(KeyboardInterrupt):
            work(waiting)
    session.rollback()
    assert (waiting.state, waiting.stage) == ("solving", "rings")
    work(waiting)
    assert waiting.state == "solving", "it may still be another worker's"
    waiting.solving_since = now() - GIVEN_UP_AFTER - dt.timedelta(seconds=2)
    work_out_rounds.function(waiting.firm_id)
    session.commit()
    queue().drain()
    session.refresh(waiting)
    assert waiting.state == "solving", "the claim is a moment old"
    waiting.claimed_at = now() - GIVEN_UP_AFTER - dt.timedelta(seconds=1)
    session.commit()
    work_out_rounds.function(waiting.firm_id)
    session.commit()
    queue().drain()
    session.refresh(waiting)
    assert waiting.state == "draft"


@pytest.fixture
def three(group: Any, make_cohort: Any, session: Any) -> list[Any]:
    """Two more cohorts that Coach Kim leads, and one that somebody else does."""
    others = [make_cohort(name=name) for name in ("Autumn", "Winter", "Not mine")]
    for cohort in others[:2]:
        session.add(Enrolment(cohort_id=cohort.id, membership_id=group.coach.id, role="coach"))
    session.flush()
    return others


def test_a_round_in_each_cohort_side_by_side(group: Any, three: list[Any], session: Any) -> None:
    made = propose_for_all(group.actor())
    assert {one.cohort_id for one in made} == {group.cohort.id, three[0].id, three[1].id}
    assert {one.state for one in made} == {"solving"}
    assert propose_for_all(group.actor()) == []
    session.commit()
    assert queue().drain() >= 3
    for one in made:
        session.refresh(one)
    assert {one.state for one in made} == {"draft"}
    assert sorted(one.served for one in made) == [0, 0, 5]


@pytest.mark.usefixtures("three")
def test_the_page_of_all_cohorts(group: Any, pages: Any) -> None:
    address = pages.prefix.split("/c/")[0] + "/rounds/"
    page = pages.get(address)
    assert "Not mine" not in page.main.text
    assert "No round yet" in page.main.text
    page = pages.post(address)
    assert "3 rounds are being worked out." in page.text
    followed = page.find(id="followed")
    assert followed["hx-get"] == f"{address}?solving=3"
    assert followed.text.count("waiting for its turn") == 3
    assert page.find("noscript").find("meta", {"http-equiv": "refresh"})
    as_it_asks = {"HX-Target": "div#followed"}
    pages.get(followed["hx-get"], headers=as_it_asks)
    assert "HX-Refresh" not in pages.headers
    cancel = next(form for form in page.find_all("form") if "Cancel" in form.text)
    pages.post(cancel["action"])
    # One fewer: the page is shown anew, for its round is another thing now.
    pages.get(followed["hx-get"], headers=as_it_asks)
    assert pages.headers["HX-Refresh"] == "true"
    page = pages.get(address)
    assert page.find(id="followed").text.count("waiting for its turn") == 2
    assert "Make the missing rounds" in page.text
    pages.at(group.ada).get(address)
    assert pages.status == 403


def test_nobody_makes_rounds_where_they_lead_nothing(group: Any) -> None:
    import dataclasses  # noqa: PLC0415 - read here only

    stranger = dataclasses.replace(group.actor(), membership_id=group.ada.id)
    assert propose_for_all(stranger) == []
    plain = dataclasses.replace(group.actor(), standings=frozenset())
    with pytest.raises(NotAllowedError):
        operations.propose_round(plain, group.cohort)
