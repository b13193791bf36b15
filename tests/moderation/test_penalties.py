"""Strikes are forgotten, penalties overlap, and lifting one leaves the others alone."""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from coachhub.core.db import now
from coachhub.core.errors import DomainError
from coachhub.core.jobs import JOBS
from coachhub.firms import operations as firms
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Decision
from moderation.scene import Scene, penalty

RUNS = int(os.environ.get("PENALTY_RUNS", "5"))  # `make soak-moderation` runs more
KINDS = ("held", "paused", "suspended")
DAYS = st.integers(min_value=1, max_value=40)
THREE = st.lists(
    st.tuples(st.sampled_from(KINDS), DAYS, st.integers(min_value=0, max_value=10)),
    min_size=3,
    max_size=3,
)


@settings(max_examples=RUNS, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(three=THREE, lifted=st.permutations([0, 1, 2]), looks=st.lists(DAYS, min_size=1, max_size=4))
def test_of_three_that_overlap_lifting_one_lifts_only_that(
    scene: Scene, three: list[tuple[str, int, int]], lifted: list[int], looks: list[int]
) -> None:
    """Each is given some days after the one before; then appeals take them back, one by one."""
    session, ada = scene.group.session, scene.group.id("ada")
    savepoint = session.begin_nested()
    began, decisions, ends = now(), [], []
    moment = began
    for index, (kind, days, wait) in enumerate(three):
        moment += dt.timedelta(hours=wait)
        with time_machine.travel(moment, tick=False):
            decisions.append(given_by(scene, index, kind, days))
            ends.append(moment + dt.timedelta(days=days))
    still = {0, 1, 2}
    for index in [None, *lifted]:
        if index is not None:
            still.discard(index)
            with time_machine.travel(moment, tick=False):
                take_back(scene, decisions[index])
        for look in [0, *sorted(looks)]:
            with time_machine.travel(moment + dt.timedelta(days=look, seconds=1), tick=False):
                for kind in KINDS:
                    wanted = [
                        ends[one] for one in still if three[one][0] == kind and ends[one] > now()
                    ]
                    found = queries.penalty_in_force(ada, kind)
                    assert (found.ends_at if found else None) == max(wanted, default=None)
        with time_machine.travel(moment, tick=False):
            shut = any(three[one][0] == "suspended" and ends[one] > moment for one in still)
            assert scene.standing("ada") == ("suspended" if shut else "active")
    savepoint.rollback()
    session.expire_all()


def given_by(scene: Scene, index: int, kind: str, days: int) -> Decision:
    other = Scene(scene.group, scene.post_another())
    case = other.report("ben" if index % 2 else "chiara")
    return other.decide(case, "removed", strike=True, penalties=(penalty(kind, days),))


def take_back(scene: Scene, decision: Decision) -> None:
    scene.answer(scene.appeal(decision), "overturned")


def test_a_strike_is_forgotten_after_ninety_days(scene: Scene) -> None:
    ada = scene.group.id("ada")
    decision = scene.decided(strike=True)
    [strike] = queries.strikes_of(ada)
    assert (strike.rule, strike.decision_id) == ("scam", decision.id)
    assert strike.expires_at - strike.created_at == pytest.approx(
        dt.timedelta(days=90), abs=dt.timedelta(seconds=9)
    )
    with time_machine.travel(strike.expires_at - dt.timedelta(seconds=1), tick=False):
        assert queries.strikes_of(ada) == [strike]
    with time_machine.travel(strike.expires_at, tick=False):
        assert queries.strikes_of(ada) == []
        assert queries.strikes_of(ada, expired=True) == [strike]


@pytest.mark.parametrize("table", ["strike", "penalty"])
def test_a_message_is_no_strike_for_the_database_either(scene: Scene, table: str) -> None:
    decision = scene.decided("message")
    columns: dict[str, Any] = {
        "strike": "rule, expires_at) VALUES (:f, gen_random_uuid(), now(), :d, :m, 'scam', now())",
        "penalty": "case_id, kind, starts_at, ends_at, shuts) VALUES (:f, gen_random_uuid(), now(),"
        " :d, :m, :c, 'held', now(), now() + interval '1 day', false)",
    }
    statement = f"INSERT INTO moderation_{table} (firm_id, id, created_at, decision_id, member_id,"
    values = {"f": decision.firm_id, "d": decision.id, "c": decision.case_id}
    inner = scene.group.session.begin_nested()
    with pytest.raises(IntegrityError, match="not a strike"):
        scene.group.session.connection().execute(
            text(f"{statement} {columns[table]}"), values | {"m": scene.group.id("ada")}
        )
    inner.rollback()


def test_a_suspension_ends_by_itself(scene: Scene) -> None:
    decision = scene.decided(penalties=(penalty("suspended", 3),))
    assert scene.standing("ada") == "suspended"
    end = queries.penalties_of(scene.group.id("ada"))[0].ends_at
    job = JOBS["moderation.end_suspensions"]
    with time_machine.travel(end - dt.timedelta(seconds=1), tick=False):
        job.run(decision.firm_id)
        assert scene.standing("ada") == "suspended"
    with time_machine.travel(end, tick=False):
        job.run(decision.firm_id)
        assert scene.standing("ada") == "active"


def test_whom_an_admin_suspended_no_appeal_lets_in(scene: Scene) -> None:
    case = scene.report()
    member = firms.membership_of(scene.group.id("ada"))
    assert member is not None
    firms.suspend(scene.actor("rita"), member, "asked for it")
    decision = scene.decide(case, penalties=(penalty("suspended", 3),))
    take_back(scene, decision)
    assert scene.standing("ada") == "suspended"


def test_a_paused_member_publishes_nothing_and_reads_why(scene: Scene) -> None:
    scene.decided(penalties=(penalty("paused", 3),))
    with pytest.raises(DomainError, match="You can publish again from"):
        operations.may_publish(scene.actor("ada"))
    client = scene.group.client("ada")
    typed = {"kind": "skill", "title": "I read your CV like a buyer would", "body": ""}
    answer = client.post(f"{scene.group.base}/new/offer?kind=skill", data=typed)
    assert answer.status_code == 422
    assert "You can publish again from" in answer.text
    assert "like a buyer would" in answer.text


def test_what_a_watched_member_publishes_waits_for_a_look(scene: Scene) -> None:
    scene.decided(penalties=(penalty("held", 3),))
    other = Scene(scene.group, scene.post_another())
    assert operations.published(scene.actor("ada"), "offer", other.offer_id)
    assert other.state == "quarantined"
    [line] = [one for one in queries.queue(None) if one.case.target_id == other.offer_id]
    assert (line.case.origin, line.reports) == ("penalty", 0)
