"""Rounds across cohorts of a firm: off unless switched on, and only with both coaches' word."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import select, update

from coachhub.cohorts.models import Enrolment
from coachhub.core.access import Actor
from coachhub.core.audit import entries
from coachhub.core.errors import DomainError, NotAllowedError, NotFoundError
from coachhub.introductions import allies
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import alliances, operations, release
from coachhub.introductions.rounds.jobs import work_out_rounds
from coachhub.introductions.rounds.operations import RoundError
from coachhub.introductions.standing import standing
from coachhub.permissions import Standing


@dataclasses.dataclass
class Two:
    """Spring with its group, and Autumn with Gus, who has what Flo wants and wants what she has."""

    spring: Any
    autumn: Any
    coach: Any
    gus: Any
    session: Any
    board: Any

    def other(self) -> Actor:
        """Return Autumn's coach, on a page of the firm."""
        standings = frozenset({Standing.MEMBER, Standing.COACH})
        return Actor("Coach Lou", self.coach.person_id, self.coach.id, standings)

    def steps(self, round_: Round) -> dict[tuple[Any, Any], Introduction]:
        found = self.session.scalars(
            select(Introduction).where(
                Introduction.round_id == round_.id, Introduction.state == "proposed"
            )
        )
        return {(step.giver_id, step.receiver_id): step for step in found}

    def swap(self) -> set[tuple[Any, Any]]:
        flo = self.spring.flo.id
        return {(flo, self.gus.id), (self.gus.id, flo)}


def work(round_: Round) -> None:
    work_out_rounds.function(round_.firm_id, str(round_.id))


def admin() -> Actor:
    return Actor("Adele", standings=frozenset({Standing.ADMIN, Standing.MEMBER}))


@pytest.fixture
def two(group: Any, make_cohort: Any, make_member: Any, board_of: Any, session: Any) -> Two:
    autumn = make_cohort(name="Autumn")
    coach = make_member("Coach Lou", role="coach", cohorts=(autumn,))
    gus = make_member("Gus Example", cohorts=(autumn,))
    session.add_all([autumn, coach, gus])
    board = board_of(autumn)
    tesco = board.company("Tesco")
    board.target(gus, tesco, weight=3)
    board.contact(gus, group.companies["OMV"], strength=3)
    group.board.contact(group.flo, tesco, strength=3)
    allies.set_switch(admin(), "named")
    return Two(group, autumn, coach, gus, session, board)


@pytest.fixture
def draft(two: Two) -> Round:
    return operations.propose_round(two.spring.actor(), two.spring.cohort)


@pytest.fixture
def joint(two: Two, draft: Round) -> Round:
    alliances.invite(two.spring.actor(), draft, two.autumn.id)
    alliances.join(two.other(), draft.id, two.autumn.id)
    work(draft)
    return draft


def test_off_by_default_and_the_admins_to_switch(two: Two, draft: Round) -> None:
    allies.set_switch(admin(), "off")
    assert allies.switch() == "off"
    assert alliances.could_join(draft) == []
    with pytest.raises(NotFoundError):
        alliances.invite(two.spring.actor(), draft, two.autumn.id)
    with pytest.raises(NotAllowedError):
        allies.set_switch(two.spring.actor(), "named")
    with pytest.raises(DomainError):
        allies.set_switch(admin(), "perhaps")
    assert entries(action="firm.changed")[0].details == {"before": "named", "alliances": "off"}


def test_nothing_of_a_guest_goes_in_before_it_has_joined(two: Two, draft: Round) -> None:
    assert [one.name for one in alliances.could_join(draft)] == ["Autumn"]
    alliances.invite(two.spring.actor(), draft, two.autumn.id)
    assert draft.state == "draft"
    operations.work_out_again(two.spring.actor(), draft)
    assert not two.swap() & set(two.steps(draft))
    (asked,) = alliances.asked_of(two.other())
    assert (asked.guest.name, asked.asked_by, asked.joined_by) == ("Autumn", "Coach Kim", "")
    with pytest.raises(NotFoundError):
        alliances.guest_view(two.other(), draft.id, two.autumn.id)
    # A guest that has not answered holds nobody up, and is not in it.
    release.release_round(two.spring.actor(), draft)
    with pytest.raises(NotFoundError):
        alliances.join(two.other(), draft.id, two.autumn.id)


def test_once_joined_rings_lead_through_both(two: Two, joint: Round) -> None:
    steps = two.steps(joint)
    assert two.swap() <= set(steps)
    assert joint.served == 7
    flo, gus = two.spring.flo.id, two.gus.id
    assert steps[gus, flo].cohort_id == two.spring.cohort.id
    assert steps[flo, gus].cohort_id == two.autumn.id
    assert [entry.action for entry in entries(action="round.guest_joined")]


def test_a_guests_coach_sees_the_steps_of_who_is_in_their_cohort(two: Two, joint: Round) -> None:
    def seen() -> set[tuple[Any, Any]]:
        view = alliances.guest_view(two.other(), joint.id, two.autumn.id)
        return {(step.giver_id, step.receiver_id) for step in view.steps}

    assert seen() == two.swap()
    two.session.execute(
        update(Enrolment).where(Enrolment.membership_id == two.gus.id).values(state="ended")
    )
    assert seen() == set()


def test_only_the_guests_own_coach_joins(two: Two, draft: Round) -> None:
    alliances.invite(two.spring.actor(), draft, two.autumn.id)
    for actor in (
        two.spring.actor(),
        dataclasses.replace(two.other(), membership_id=two.gus.id),
        dataclasses.replace(two.other(), membership_id=None),
    ):
        with pytest.raises(NotFoundError):
            alliances.join(actor, draft.id, two.autumn.id)
    with pytest.raises(NotAllowedError):
        alliances.invite(two.other(), draft, two.autumn.id)
    with pytest.raises(NotAllowedError):
        release.release_round(two.other(), draft)


def test_whoever_leads_both_joins_at_once(two: Two, draft: Round, session: Any) -> None:
    coach = two.spring.coach.id
    session.add(Enrolment(cohort_id=two.autumn.id, membership_id=coach, role="coach"))
    session.flush()
    alliances.invite(two.spring.actor(), draft, two.autumn.id)
    assert draft.state == "solving"
    work(draft)
    assert two.swap() <= set(two.steps(draft))


@pytest.mark.parametrize("by_host", [True, False])
def test_a_guest_can_leave_until_the_release(two: Two, joint: Round, by_host: bool) -> None:
    if by_host:
        alliances.uninvite(two.spring.actor(), joint, two.autumn.id)
    else:
        alliances.leave(two.other(), joint.id, two.autumn.id)
    assert joint.state == "solving"
    work(joint)
    assert joint.guests == []
    assert not two.swap() & set(two.steps(joint))
    assert joint.served == 5


def test_only_who_was_asked_can_be_let_go(two: Two, joint: Round, make_cohort: Any) -> None:
    with pytest.raises(NotFoundError):
        alliances.uninvite(two.spring.actor(), joint, make_cohort().id)
    assert len(joint.guests) == 1


def test_after_the_release_nobody_leaves(two: Two, joint: Round) -> None:
    release.release_round(two.spring.actor(), joint)
    with pytest.raises(NotFoundError):
        alliances.leave(two.other(), joint.id, two.autumn.id)
    with pytest.raises(RoundError, match="no draft any more"):
        alliances.uninvite(two.spring.actor(), joint, two.autumn.id)


def test_switched_off_meanwhile_it_is_not_released(two: Two, joint: Round) -> None:
    allies.set_switch(admin(), "off")
    with pytest.raises(RoundError, match="2 steps do not hold any more"):
        release.release_round(two.spring.actor(), joint)
    operations.work_out_again(two.spring.actor(), joint)
    release.release_round(two.spring.actor(), joint)


def test_waiting_of_guests_is_counted_for_them_and_restored(
    two: Two, joint: Round, make_member: Any, session: Any
) -> None:
    make_member("Hal Example", cohorts=(two.autumn,))
    for enrolment in session.scalars(select(Enrolment).where(Enrolment.role == "member")):
        enrolment.waited = 3
    session.flush()
    release.release_round(two.spring.actor(), joint)

    def waited() -> dict[str, int]:
        rows = session.scalars(
            select(Enrolment).where(
                Enrolment.cohort_id == two.autumn.id, Enrolment.role == "member"
            )
        )
        return {"gus" if row.membership_id == two.gus.id else "hal": row.waited for row in rows}

    assert waited() == {"gus": 0, "hal": 3}
    release.withdraw_release(two.spring.actor(), joint)
    assert waited() == {"gus": 3, "hal": 3}


def test_the_strictest_rule_for_rivals_holds_for_all(two: Two, joint: Round) -> None:
    two.autumn.rivals = "first"
    two.session.flush()
    two.board.target(two.gus, two.spring.companies["OMV"])
    operations.work_out_again(two.spring.actor(), joint)
    assert not two.swap() & set(two.steps(joint))


@pytest.mark.parametrize(("switch", "told"), [("named", "Gus Example"), ("unnamed", "Autumn 1")])
def test_names_are_shown_as_the_firm_says(
    two: Two, joint: Round, pages: Any, switch: str, told: str
) -> None:
    allies.set_switch(admin(), switch)
    page = pages.get(f"/{joint.id}")
    assert f"Flo Example → {told}" in " ".join(page.find(id="steps").get_text(" ").split())
    assert ("Gus" in page.text) == (switch == "named")
    key = two.steps(joint)[two.gus.id, two.spring.flo.id].key
    page = pages.get(f"/{joint.id}/what-if?change=forbid&key={key}")
    assert f"{told} gives to Flo Example" in page.text
    view = alliances.guest_view(two.other(), joint.id, two.autumn.id)
    assert {(step.giver_id, step.receiver_id) for step in view.steps} == two.swap()
    assert view.names[two.gus.id] == "Gus Example"
    assert (view.names[two.spring.flo.id] == "Flo Example") == (switch == "named")
    release.release_round(two.spring.actor(), joint)
    (circle,) = standing(two.autumn)
    assert circle.title == "In a round with another cohort"
    assert (circle.steps[0].giver == "Flo Example") == (switch == "named")


def test_the_pages_from_asking_to_leaving(
    two: Two, draft: Round, pages: Any, make_member: Any
) -> None:
    firm_rounds = pages.prefix.split("/c/")[0] + "/rounds/"
    page = pages.get(f"/{draft.id}")
    assert "Autumn" in page.find(id="guests").text
    page = pages.post(f"/{draft.id}/guests", cohort=str(two.autumn.id))
    assert "Asked, no answer yet" in page.text
    pages.post(f"/{draft.id}/guests", cohort="nonsense")
    assert pages.status == 404
    page = pages.at(two.coach).get(firm_rounds)
    assert "asks whether Autumn takes part" in page.text
    join = next(form["action"] for form in page.find_all("form") if form.text.strip() == "Join")
    page = pages.post(join)
    assert "Your cohort takes part" in page.text
    work(draft)
    page = pages.get(join.removesuffix("/join"))
    assert "Flo Example → Gus Example" in " ".join(page.main.get_text(" ").split())
    assert "Ada" not in page.main.text
    pages.at(two.spring.ada).get(join.removesuffix("/join"))
    assert pages.status == 403
    pages.at(two.coach).post(join.replace("/join", "/leave"))
    assert pages.status == 200
    pages.get(firm_rounds + "alliances")
    assert pages.status == 403
    boss = make_member("Adele Admin", role="admin")
    page = pages.at(boss).get(firm_rounds + "alliances")
    assert page.find("input", checked=True)["value"] == "named"
    pages.post(firm_rounds + "alliances", alliances="unnamed")
    assert allies.switch() == "unnamed"
    pages.post(firm_rounds + "alliances", alliances="perhaps")
    assert pages.status == 422
