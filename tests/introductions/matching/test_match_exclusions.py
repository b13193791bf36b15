"""What must never be matched, one row for each rule."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from coachhub.cohorts.models import Enrolment
from coachhub.companies.models import CompanyName
from coachhub.companies.names import company_key
from coachhub.core.db import db, now
from coachhub.introductions.calendar import today
from coachhub.introductions.models import Consent

YESTERDAY = dt.timedelta(days=1)


class Scene:
    """Ben has a door, an insider's offer, an answer and a lead for Ada, all at or about Shell."""

    def __init__(self, five: Any) -> None:
        self.five, self.board = five, five.board
        self.ada, self.ben = five.ada, five.ben
        self.ada.titles = ["Planner"]
        self.shell = self.board.company("Shell")
        self.target = self.board.target(self.ada, self.shell)
        self.ask = self.board.ask(self.ada, "time", "Practise interviews")
        self.contact = self.board.contact(self.ben, self.shell)
        self.insider = self.board.offer(self.ben, "insider", "I was there", company=self.shell)
        self.offer = self.board.offer(self.ben, "time", "Interview practice")
        self.lead = self.board.lead(self.ben, "Planner", company=self.shell)

    def found(self) -> set[str]:
        db.session.flush()
        names = {self.insider.id: "insider", self.offer.id: "answer", self.lead.id: "lead"}
        return {names.get(match.asset_id, "door") for match in self.five.matches()}


ALL = {"door", "insider", "answer", "lead"}
AT_SHELL = {"door", "insider", "lead"}


@pytest.fixture
def scene(five: Any) -> Scene:
    return Scene(five)


def _enrolment(member: Any) -> Enrolment:
    return db.session.query(Enrolment).filter_by(membership_id=member.id).one()


def test_the_scene_has_every_match(scene: Scene) -> None:
    assert scene.found() == ALL


Change = Callable[[Scene], Any]


def put(thing: str, **columns: Any) -> Change:
    """Change columns of one thing in the scene."""

    def change(scene: Scene) -> None:
        for name, value in columns.items():
            setattr(getattr(scene, thing), name, value() if callable(value) else value)

    return change


def ended(member: str) -> Change:
    def change(scene: Scene) -> None:
        _enrolment(getattr(scene, member)).state = "ended"

    return change


def gone_by(days: int) -> Callable[[], dt.date]:
    return lambda: today() - dt.timedelta(days=days)


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        pytest.param(put("ben", state="suspended"), ALL, id="giver suspended"),
        pytest.param(put("ben", state="left"), ALL, id="giver left"),
        pytest.param(put("ada", state="suspended"), ALL, id="receiver suspended"),
        pytest.param(put("ada", state="left"), ALL, id="receiver left"),
        pytest.param(ended("ben"), ALL, id="giver's enrolment ended"),
        pytest.param(ended("ada"), ALL, id="receiver's enrolment ended"),
        pytest.param(put("ada", landed_on=gone_by(3)), ALL, id="receiver has landed"),
        pytest.param(put("ben", landed_on=gone_by(3)), set(), id="a giver who landed still gives"),
        pytest.param(put("target", closed_at=now), {"door", "insider"}, id="target closed"),
        pytest.param(put("ask", closed_at=now), {"answer"}, id="ask closed"),
        pytest.param(put("insider", closed_at=now), {"insider"}, id="offer closed"),
        pytest.param(put("lead", closed_at=now), {"lead"}, id="lead closed"),
        pytest.param(put("target", expires_on=gone_by(1)), {"door", "insider"}, id="target old"),
        pytest.param(put("ask", expires_on=gone_by(1)), {"answer"}, id="ask out of date"),
        pytest.param(put("offer", expires_on=gone_by(1)), {"answer"}, id="offer out of date"),
        pytest.param(put("lead", expires_on=gone_by(1)), {"lead"}, id="lead out of date"),
        pytest.param(put("lead", expires_on=gone_by(0)), set(), id="the last day counts"),
        pytest.param(put("target", stage="landed"), {"door", "insider"}, id="target landed"),
        pytest.param(put("target", stage="no"), set(), id="a no keeps the target alive"),
        pytest.param(put("contact", hidden=True), {"door"}, id="contact hidden"),
        pytest.param(put("contact", company_id=None), {"door"}, id="contact elsewhere"),
        pytest.param(put("ada", keep_from=["Shell"]), AT_SHELL, id="kept from"),
        pytest.param(put("ada", keep_from=["SHELL plc "]), AT_SHELL, id="kept from, other writing"),
        pytest.param(put("ada", keep_from=["BP"]), set(), id="kept from another company"),
        pytest.param(put("ben", keep_from=["Shell"]), set(), id="the giver's list is the giver's"),
    ],
)
def test_what_is_not_matched(scene: Scene, change: Change, gone: set[str]) -> None:
    change(scene)
    assert scene.found() == ALL - gone


@pytest.mark.parametrize("state", ["quarantined", "returned", "removed"])
@pytest.mark.parametrize(
    ("post", "gone"),
    [
        ("target", {"door", "insider"}),
        ("ask", {"answer"}),
        ("insider", {"insider"}),
        ("offer", {"answer"}),
        ("lead", {"lead"}),
    ],
)
def test_what_moderation_holds_is_not_matched(
    scene: Scene, state: str, post: str, gone: set[str]
) -> None:
    held = getattr(scene, post)
    for step in dict.fromkeys(("quarantined", state)):
        held.moderation = step
        db.session.flush()
    assert scene.found() == ALL - gone


@pytest.mark.parametrize(
    ("state", "gone_for_ben", "gone_for_cy"),
    [
        ("proposed", False, False),
        ("giver_asked", True, True),
        ("receiver_asked", True, True),
        ("outsider_asked", True, True),
        ("introduced", True, True),
        ("not_now", True, False),
        ("declined", True, False),
        ("stopped", True, False),
        ("kept", True, False),
        ("let_go", True, False),
        ("expired", True, False),
        ("withdrawn", False, False),
    ],
)
def test_what_was_settled_is_not_matched_again(
    scene: Scene, make_introduction: Any, state: str, gone_for_ben: bool, gone_for_cy: bool
) -> None:
    five = scene.five
    five.board.contact(five.cy, scene.shell)
    make_introduction(
        five.ben,
        five.ada,
        five.cohort,
        state=state,
        need_id=scene.target.id,
        asset="door",
        company_id=scene.shell.id,
    )
    givers = {match.giver_id for match in five.matches() if match.need_id == scene.target.id}
    assert (five.ben.id in givers) is not gone_for_ben
    assert (five.cy.id in givers) is not gone_for_cy


def test_who_steps_back_with_a_no_is_not_asked_again(
    scene: Scene, make_introduction: Any, session: Any
) -> None:
    five = scene.five
    made = make_introduction(
        five.ben, five.ada, five.cohort, state="withdrawn", need_id=scene.ask.id
    )
    assert "answer" in scene.found()
    consent = session.query(Consent).filter_by(introduction_id=made.id).one_or_none()
    if consent is None:
        consent = Consent(introduction_id=made.id, side="giver", way="page", answer="no")
        session.add(consent)
    consent.answer = "no"
    assert "answer" not in scene.found()


def test_a_silent_giver_is_left_in_peace_for_four_weeks(
    scene: Scene, make_introduction: Any
) -> None:
    five = scene.five
    made = make_introduction(five.ben, five.ada, five.cohort, state="expired", need_id=scene.ask.id)
    assert "answer" not in scene.found()
    made.state_since = now() - dt.timedelta(days=29)
    assert "answer" in scene.found()


def test_a_lead_goes_to_one_and_a_recruiters_search_to_three(
    five: Any, session: Any, make_introduction: Any, make_member: Any
) -> None:
    more = [make_member(cohorts=(five.cohort,)) for _ in range(2)]
    receivers = [five.ada, five.ben, five.cy, five.di, *more]
    for member in receivers:
        member.titles = ["Planner"]
    opening = five.board.lead(five.ed, "Planner")
    search = five.board.lead(five.ed, "Planner", kind="recruiter")
    session.flush()

    def places() -> tuple[set[int], set[int]]:
        found = five.matches()
        return (
            {match.places for match in found if match.need_id == opening.id},
            {match.places for match in found if match.need_id == search.id},
        )

    assert places() == ({1}, {3})
    for number, left in enumerate([{2}, {1}, set()]):
        for lead in (opening, search):
            make_introduction(
                five.ed,
                receivers[number],
                five.cohort,
                state="giver_asked",
                need="lead",
                need_id=lead.id,
                asset="lead",
            )
        assert places() == (set(), left)


def test_a_company_that_may_be_the_one_to_keep_from_counts(scene: Scene, session: Any) -> None:
    maybe = scene.board.company("Shell Energy Retail")
    session.add(
        CompanyName(
            written="Shell Retail",
            key=company_key("Shell Retail"),
            company_id=maybe.id,
            how="suggested",
            maybe_id=scene.shell.id,
        )
    )
    scene.ada.keep_from = ["Shell Retail"]
    assert scene.found() == {"answer"}
    scene.ada.keep_from = []
    scene.board.target(scene.ada, maybe)
    scene.board.contact(scene.ben, maybe)
    assert maybe.id in {match.company_id for match in scene.five.matches()}
    scene.ada.keep_from = ["Shell"]
    session.flush()
    assert maybe.id not in {match.company_id for match in scene.five.matches()}


def test_a_merged_company_is_kept_from_too(scene: Scene, session: Any) -> None:
    session.flush()
    old = scene.board.company("Royal Dutch", merged_into_id=scene.shell.id)
    assert old.id != scene.shell.id
    scene.ada.keep_from = ["Royal Dutch"]
    assert scene.found() == {"answer"}


@pytest.mark.parametrize(
    ("rule", "roles", "passes"),
    [
        ("tell", ("Planner", "Planner"), {"door", "insider", "lead", "buddy"}),
        ("share", ("Planner", "Planner"), {"door", "insider", "buddy"}),
        ("first", ("Planner", "Planner"), set()),
        ("first", ("Planner", "Nurse"), {"door", "insider", "lead", "buddy"}),
        ("share", ("Planner", "Nurse"), {"door", "insider", "lead", "buddy"}),
        # Not knowing what the other is after counts as the same.
        ("first", ("", "Nurse"), {"door", "insider", "lead", "buddy"}),
        ("first", ("Planner", ""), set()),
    ],
)
def test_rivals(scene: Scene, rule: str, roles: tuple[str, str], passes: set[str]) -> None:
    scene.five.cohort.rivals = rule
    scene.target.roles = roles[0]  # without roles, Ada's titles stand: Planner
    scene.board.target(scene.ben, scene.shell, roles=roles[1])
    db.session.flush()
    from_ben = {
        match.asset
        for match in scene.five.matches()
        if match.receiver_id == scene.ada.id and match.company_id == scene.shell.id
    }
    assert from_ben == passes


def test_under_first_the_later_rival_waits_for_everybody(scene: Scene) -> None:
    five = scene.five
    five.cohort.rivals = "first"
    later = five.board.target(five.di, scene.shell, roles="Planner")
    five.board.contact(five.ed, scene.shell)
    receivers = {match.receiver_id for match in five.matches() if match.asset == "door"}
    assert receivers == {five.ada.id}
    scene.target.closed_at = now()
    db.session.flush()
    doors = [match for match in five.matches() if match.asset == "door"]
    assert {match.need_id for match in doors} == {later.id}


def test_buddies_who_said_no_are_not_brought_together_the_other_way(
    five: Any, make_introduction: Any
) -> None:
    shell = five.board.company("Shell")
    ada = five.board.target(five.ada, shell)
    five.board.target(five.ben, shell)
    assert len(five.matches()) == 2
    make_introduction(
        five.ben,
        five.ada,
        five.cohort,
        state="declined",
        need_id=ada.id,
        asset="buddy",
        company_id=shell.id,
    )
    assert five.matches() == []


def test_other_cohorts_are_not_looked_at(
    scene: Scene, make_cohort: Any, make_member: Any, board_of: Any
) -> None:
    other = make_cohort()
    stranger = make_member(cohorts=(other,))
    board = board_of(other)
    board.contact(stranger, scene.shell)
    board.offer(stranger, "time", "Interview practice")
    board.target(stranger, scene.shell)
    assert stranger.id not in {
        one for match in scene.five.matches() for one in (match.giver_id, match.receiver_id)
    }
