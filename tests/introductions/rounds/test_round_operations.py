"""Making a round and changing it by hand."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import select

from coachhub.core.access import Actor
from coachhub.core.audit import entries
from coachhub.core.errors import NotAllowedError, NotFoundError
from coachhub.introductions.matching.search import find_matches
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import operations
from coachhub.introductions.rounds.market import RoundSettings
from coachhub.introductions.rounds.operations import RoundError
from coachhub.permissions import Standing


def steps(group: Any, session: Any, round_: Round) -> list[tuple[str, str, int]]:
    names = {member.id: name for name, member in group.members.items()}
    names[group.coach.id] = "coach"
    rows = session.scalars(
        select(Introduction)
        .where(Introduction.round_id == round_.id)
        .order_by(Introduction.ring, Introduction.position)
    )
    return [(names[row.giver_id], names[row.receiver_id], row.ring) for row in rows]


def key_of(group: Any, giver: str, receiver: str) -> str:
    return next(
        match.key
        for match in find_matches(group.cohort)
        if match.giver_id == group.members[giver].id
        and match.receiver_id == group.members[receiver].id
    )


def test_a_round_is_made_of_the_best_rings(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    assert round_.state == "draft"
    assert (round_.number, round_.served, round_.matches) == (1, 5, 6)
    found = steps(group, session, round_)
    assert {(giver, receiver) for giver, receiver, _ in found} == {
        ("ben", "ada"),
        ("ada", "cy"),
        ("cy", "ben"),
        ("di", "ed"),
        ("ed", "di"),
    }
    assert round_.worth == round_.bound > 0
    (left_out,) = round_.unserved
    assert (left_out["member"], left_out["why"]) == (str(group.flo.id), "no match")
    assert entries(action="round.made")[0].subject_id == round_.id


def test_each_step_gives_to_who_gives_next(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    found = steps(group, session, round_)
    for number in {ring for _, _, ring in found}:
        ring = [step for step in found if step[2] == number]
        for step, after in zip(ring, [*ring[1:], ring[0]], strict=True):
            assert step[1] == after[0]


def test_only_the_cohorts_coach_makes_rounds(group: Any) -> None:
    member = Actor(
        label="Ada",
        membership_id=group.ada.id,
        standings=frozenset({Standing.MEMBER, Standing.COHORT_MEMBER}),
    )
    with pytest.raises(NotAllowedError):
        operations.propose_round(member, group.cohort)


def test_there_is_one_draft_at_a_time(group: Any) -> None:
    first = operations.propose_round(group.actor(), group.cohort)
    with pytest.raises(RoundError, match="There is a draft already"):
        operations.propose_round(group.actor(), group.cohort)
    operations.drop_draft(group.actor(), first)
    assert operations.propose_round(group.actor(), group.cohort).number == 2


def test_a_closed_cohort_has_no_more_rounds(group: Any) -> None:
    group.cohort.state = "closed"
    with pytest.raises(RoundError, match="closed"):
        operations.propose_round(group.actor(), group.cohort)


def test_ruling_a_match_out_finds_the_next_best(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    before = round_.worth
    operations.forbid(group.actor(), round_, key_of(group, "ada", "cy"))
    assert {step[:2] for step in steps(group, session, round_)} == {("di", "ed"), ("ed", "di")}
    assert round_.changes[-1]["before"] == before
    assert round_.changes[-1]["after"] == round_.worth < before
    operations.allow(group.actor(), round_, key_of(group, "ada", "cy"))
    assert round_.worth == before
    assert [change["what"] for change in round_.changes] == ["Ruled out", "Allowed again"]


def test_a_pin_brings_a_worse_match_in(group: Any, session: Any) -> None:
    # Di could also reach Eni through Ada, by a weak door; Ada has one turn.
    group.board.contact(group.ada, group.companies["Eni"], strength=1)
    group.board.contact(group.di, group.companies["Shell"], strength=1)
    one_turn = RoundSettings(give_cap=1, receive_cap=1)
    round_ = operations.propose_round(group.actor(), group.cohort, one_turn)
    before = round_.worth
    key = key_of(group, "ada", "di")
    operations.pin(group.actor(), round_, key)
    assert ("ada", "di") in {step[:2] for step in steps(group, session, round_)}
    assert round_.worth < before
    assert round_.unmet_pins == []
    operations.unpin(group.actor(), round_, key)
    assert round_.worth == before


def test_a_pin_that_no_ring_leads_through_is_told(group: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    key = key_of(group, "ada", "flo")
    operations.pin(group.actor(), round_, key)
    assert round_.unmet_pins == [{"key": key, "why": "no match"}]
    assert round_.served == 5


def test_pinning_what_is_not_possible_is_refused(group: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    with pytest.raises(NotFoundError):
        operations.pin(group.actor(), round_, "door.nothing")
    assert round_.pinned == []


def test_ring_length_is_the_coachs(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    operations.change_settings(group.actor(), round_, RoundSettings(max_ring=2))
    assert {step[:2] for step in steps(group, session, round_)} == {("di", "ed"), ("ed", "di")}
    whys = {entry["member"]: entry["why"] for entry in round_.unserved}
    assert whys[str(group.ada.id)] == "ring length"
    assert whys[str(group.flo.id)] == "no match"


def test_a_chain_reaches_who_has_nothing_to_give(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    settings = RoundSettings(max_chain=2, starters=frozenset({group.ada.id}))
    operations.change_settings(group.actor(), round_, settings)
    assert ("ada", "flo") in {step[:2] for step in steps(group, session, round_)}
    assert round_.served == 6
    assert round_.unserved == []


def test_the_coach_starts_chains_without_being_chosen(group: Any, session: Any) -> None:
    group.board.contact(group.coach, group.companies["OMV"])
    settings = RoundSettings(max_chain=1)
    round_ = operations.propose_round(group.actor(), group.cohort, settings)
    assert ("coach", "flo") in {step[:2] for step in steps(group, session, round_)}


def test_caps_of_one_member(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    operations.change_caps(group.actor(), round_, group.ed.id, (0, 0))
    assert {name for step in steps(group, session, round_) for name in step[:2]} == {
        "ada",
        "ben",
        "cy",
    }
    whys = {entry["member"]: entry["why"] for entry in round_.unserved}
    assert whys[str(group.ed.id)] == "cap"
    operations.change_caps(group.actor(), round_, group.ed.id, None)
    assert round_.caps == {}
    assert round_.served == 5


def test_caps_of_a_stranger_are_refused(group: Any, make_member: Any, make_cohort: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    for stranger in (make_member(), make_member(cohorts=(make_cohort(),))):
        with pytest.raises(NotFoundError):
            operations.change_caps(group.actor(), round_, stranger.id, (1, 1))


def test_nobody_passes_the_caps(group: Any, session: Any) -> None:
    for giver in group.members.values():
        for company in group.companies.values():
            group.board.contact(giver, company)
    for caps in (1, 2, 3):
        settings = RoundSettings(give_cap=caps, receive_cap=caps)
        round_ = operations.propose_round(group.actor(), group.cohort, settings)
        found = steps(group, session, round_)
        for place in (0, 1):
            counts = [step[place] for step in found]
            assert max(map(counts.count, counts)) <= caps
        assert len({step[:2] for step in found}) == len(found)
        operations.drop_draft(group.actor(), round_)


@pytest.mark.parametrize(
    "settings",
    [
        RoundSettings(max_ring=1),
        RoundSettings(max_ring=5),
        RoundSettings(max_chain=-1),
        RoundSettings(max_chain=7),
        RoundSettings(give_cap=-1),
        RoundSettings(receive_cap=11),
    ],
)
def test_impossible_rules_are_refused(group: Any, settings: RoundSettings) -> None:
    with pytest.raises(RoundError):
        operations.propose_round(group.actor(), group.cohort, settings)


def test_leaving_a_step_of_a_ring_out_makes_it_a_chain(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    gone = session.scalars(
        select(Introduction).where(
            Introduction.round_id == round_.id, Introduction.giver_id == group.cy.id
        )
    ).one()
    before = round_.worth
    operations.drop_step(group.actor(), round_, gone.id)
    ring = session.scalars(
        select(Introduction)
        .where(Introduction.round_id == round_.id, Introduction.ring == gone.ring)
        .order_by(Introduction.position)
    ).all()
    assert [(row.giver_id, row.receiver_id) for row in ring] == [
        (group.ben.id, group.ada.id),
        (group.ada.id, group.cy.id),
    ]
    assert all(row.is_chain for row in ring)
    assert round_.worth == before - gone.worth
    assert round_.served == 4
    assert (str(group.ben.id), "left out") in [
        (one["member"], one["why"]) for one in round_.unserved
    ]
    assert round_.forbidden == [gone.key]
    operations.allow(group.actor(), round_, gone.key)
    assert round_.worth == before


def test_leaving_the_middle_of_a_chain_out_makes_two(group: Any, session: Any) -> None:
    settings = RoundSettings(max_ring=2, max_chain=3, starters=frozenset({group.cy.id}))
    round_ = operations.propose_round(group.actor(), group.cohort, settings)
    chain = session.scalars(
        select(Introduction)
        .where(Introduction.round_id == round_.id, Introduction.is_chain)
        .order_by(Introduction.position)
    ).all()
    assert [row.giver_id for row in chain] == [group.cy.id, group.ben.id, group.ada.id]
    operations.drop_step(group.actor(), round_, chain[1].id)
    left = [row for row in chain if row is not chain[1]]
    assert [row.position for row in left] == [0, 0]
    assert left[0].ring != left[1].ring


def test_a_step_is_left_out_once(group: Any, session: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    step = session.scalars(select(Introduction).where(Introduction.round_id == round_.id)).first()
    operations.drop_step(group.actor(), round_, step.id)
    with pytest.raises(NotFoundError):
        operations.drop_step(group.actor(), round_, step.id)


def test_those_who_waited_longest_come_first(group: Any, session: Any) -> None:
    # Flo and Cy both want what Ada has; a ring goes through either, and Cy's is worth more.
    group.board.contact(group.flo, group.companies["Shell"], strength=1)
    one_turn = RoundSettings(give_cap=1, receive_cap=1)
    round_ = operations.propose_round(group.actor(), group.cohort, one_turn)
    assert ("ada", "cy") in {step[:2] for step in steps(group, session, round_)}
    operations.drop_draft(group.actor(), round_)
    from coachhub.cohorts.models import Enrolment  # noqa: PLC0415 - read here only

    flo = session.scalars(select(Enrolment).where(Enrolment.membership_id == group.flo.id)).one()
    flo.waited = 3
    session.flush()
    round_ = operations.propose_round(group.actor(), group.cohort, one_turn)
    assert ("ada", "flo") in {step[:2] for step in steps(group, session, round_)}
    assert round_.fairness_cost > 0


def test_the_next_round_begins_with_the_last_ones_rules(group: Any) -> None:
    settings = RoundSettings(max_ring=3, give_cap=1, receive_cap=1, weights={"door": 1.5})
    round_ = operations.propose_round(group.actor(), group.cohort, settings)
    round_.state = "released"
    again = operations.propose_round(group.actor(), group.cohort)
    assert (again.max_ring, again.give_cap, again.weights) == (3, 1, {"door": 1.5})


def test_a_draft_that_is_gone_stays_as_it_is(group: Any) -> None:
    round_ = operations.propose_round(group.actor(), group.cohort)
    operations.drop_draft(group.actor(), round_)
    with pytest.raises(RoundError, match="no draft any more"):
        operations.work_out_again(group.actor(), round_)
    with pytest.raises(RoundError, match="Only a draft"):
        operations.drop_draft(group.actor(), round_)
