"""One "no" breaks one step; who received nothing goes on waiting, and comes first next time."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.cohorts.models import Enrolment
from coachhub.core.access import Actor
from coachhub.introductions import life, promises
from coachhub.introductions.answers import Answer
from coachhub.introductions.calendar import in_days
from coachhub.introductions.matching import people
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import operations, release


def actor(member: Any) -> Actor:
    return Actor(label=member.name, membership_id=member.id, person_id=member.person_id)


@pytest.fixture
def released(group: Any, session: Any) -> Callable[[], dict[str, Introduction]]:
    """Make and release the next round; return its steps by who receives."""

    def make() -> dict[str, Introduction]:
        round_ = operations.propose_round(group.actor(), group.cohort)
        release.release_round(group.actor(), round_)
        names = {member.id: name for name, member in group.members.items()}
        steps = session.scalars(select(Introduction).where(Introduction.round_id == round_.id))
        return {names[step.receiver_id]: step for step in steps}

    return make


def waited(group: Any, session: Any) -> dict[str, int]:
    names = {member.id: name for name, member in group.members.items()}
    rows = session.scalars(select(Enrolment).where(Enrolment.role == "member"))
    return {names[row.membership_id]: row.waited for row in rows}


def say(group: Any, step: Introduction, side: str, word: str) -> None:
    member_id = step.giver_id if side == "giver" else step.receiver_id
    member = next(one for one in group.members.values() if one.id == member_id)
    given = Answer(word, until=in_days(20))
    life.answer(actor(member), step, side, given)


@pytest.mark.parametrize("word", ["no", "not_now"])
def test_a_no_costs_nobody_but_its_own_step(
    group: Any, released: Any, session: Any, word: str
) -> None:
    steps = released()
    assert waited(group, session) == dict.fromkeys(group.members, 0) | {"flo": 1}
    say(group, steps["ada"], "giver", word)
    assert waited(group, session) == dict.fromkeys(group.members, 0) | {"flo": 1, "ada": 1}
    others = [step.state for name, step in steps.items() if name != "ada"]
    assert others == ["giver_asked"] * 4


def test_the_next_round_knows_who_waits(group: Any, released: Any, session: Any) -> None:
    steps = released()
    say(group, steps["ada"], "giver", "no")
    found = people.people_of(group.cohort)
    assert {one.waited for key, one in found.items() if key == group.ada.id} == {1}
    # Somebody else knows a way for her now: the next round makes up for it.
    group.board.contact(group.flo, group.companies["Shell"], strength=3)
    again = released()
    assert set(again) == {"ada", "flo"}
    assert again["ada"].giver_id == group.flo.id
    assert waited(group, session) == {"ada": 0, "flo": 0, "ben": 1, "cy": 1, "di": 1, "ed": 1}


def test_a_no_to_the_older_of_two_rounds_takes_nothing_from_the_newer(
    group: Any, released: Any, session: Any
) -> None:
    first = released()
    newer = Round(
        cohort_id=group.cohort.id,
        number=2,
        state="released",
        released_at=first["ada"].state_since,
        max_ring=3,
        max_chain=0,
        give_cap=1,
        receive_cap=1,
    )
    session.add(newer)
    session.flush()
    second = Introduction(
        **{
            column: getattr(first["ada"], column)
            for column in ("cohort_id", "giver_id", "receiver_id", "asset", "reason", "state_since")
        },
        need="ask",
        need_id=group.cohort.id,
        key="another",
        round_id=newer.id,
    )
    session.add(second)
    session.flush()
    second.asset_id = group.cohort.id
    life.ask_giver(group.actor(), second)
    say(group, first["ada"], "giver", "no")
    assert waited(group, session)["ada"] == 0
    life.stop(group.actor(), second)
    assert waited(group, session)["ada"] == 2


def test_asked_again_it_counts_as_served_again(group: Any, released: Any, session: Any) -> None:
    step = released()["ada"]
    say(group, step, "giver", "not_now")
    step.not_before = in_days(0)
    life.ask_again(step)
    assert step.state == "giver_asked"
    assert waited(group, session)["ada"] == 0


def test_a_promise_let_go_brought_nothing(group: Any, released: Any, session: Any) -> None:
    step = released()["ada"]
    giver = next(one for one in group.members.values() if one.id == step.giver_id)
    contact = group.board.contact(giver, group.companies["Shell"], strength=2)
    given = Answer("yes", promise="I ring them.", contact_id=contact.id)
    life.answer(actor(giver), step, "giver", given)
    life.answer(actor(group.ada), step, "receiver", Answer("yes", gift="Tea.", blurb="Ada."))
    life.answer(actor(giver), step, "outsider", Answer("yes"))
    assert waited(group, session)["ada"] == 0
    promises.let_go(actor(giver), step)
    assert waited(group, session)["ada"] == 1


def test_taking_a_release_back_restores_what_was(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    for row in session.scalars(select(Enrolment).where(Enrolment.role == "member")):
        row.waited = 3
    release.release_round(group.actor(), round_)
    release.withdraw_release(group.actor(), round_)
    assert set(waited(group, session).values()) == {3}
