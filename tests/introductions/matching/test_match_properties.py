"""Whatever happens in whatever order: nothing that a rule keeps out is ever matched, and what is
kept and brought up to date equals what is derived from scratch.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from sqlalchemy.orm import Session

from coachhub.core.tenancy import scope
from coachhub.introductions.matching.kept import NOTHING
from coachhub.introductions.matching.match import read_key
from coachhub.introductions.matching.search import (
    find_matches,
    ground_of,
    keep_matches,
    matches_on,
)
from fixtures_match_world import World

EXAMPLES = int(os.environ.get("MATCH_RUNS", "6"))  # `make soak-life` runs more
WHO = st.integers(0, 4)
WHERE = st.integers(0, 2)
WHICH = st.integers(0, 9)


class Matches(RuleBasedStateMachine):
    """A cohort to which anything may happen, looked at after each thing that does."""

    make: Any  # a new world, in a savepoint of its own

    @initialize()
    def begin(self) -> None:
        """Begin with people who have something to give and to want."""
        self.world: World = self.make()
        self.kept = 0
        for number in range(3):
            self.world.target(number, number)
            self.world.contact(number, (number + 1) % 3)

    @rule(who=WHO, where=WHERE, roles=st.sampled_from(["Planner", "Nurse", ""]))
    def post_target(self, who: int, where: int, roles: str) -> None:
        self.world.target(who, where, roles)

    @rule(who=WHO, where=WHERE, what=st.sampled_from(["insider", "ask", "door ask", "answer"]))
    def post(self, who: int, where: int, what: str) -> None:
        self.world.post(who, where, what)

    @rule(who=WHO, where=WHERE, what=st.sampled_from(["opening", "recruiter", "search"]))
    def post_search(self, who: int, where: int, what: str) -> None:
        self.world.post(who, where, what)

    @rule(who=WHO, where=WHERE)
    def know_somebody(self, who: int, where: int) -> None:
        self.world.contact(who, where)

    @rule(who=WHO, what=st.sampled_from(["hide", "rate", "move", "delete", "age", "leave alone"]))
    def change_contacts(self, who: int, what: str) -> None:
        self.world.change_contacts(who, what)

    @rule(which=WHICH, word=st.sampled_from(["Nurse", "Planner", "subject1"]))
    def edit(self, which: int, word: str) -> None:
        self.world.edit(which, word)

    @rule(which=WHICH, state=st.sampled_from(["removed", "quarantined", "visible"]))
    def moderate(self, which: int, state: str) -> None:
        # Each step between two states goes through quarantine.
        self.world.change_post(which, moderation="quarantined")
        self.world.session.flush()
        self.world.change_post(which, moderation=state)

    @rule(which=WHICH, closed=st.booleans())
    def close(self, which: int, closed: bool) -> None:
        self.world.change_post(which, closed_at=self.world.now() if closed else None)

    @rule(which=WHICH, days=st.sampled_from([-1, 1, 30]))
    def expire(self, which: int, days: int) -> None:
        self.world.change_post(which, expires_on=self.world.today + dt.timedelta(days=days))

    @rule(who=WHO, state=st.sampled_from(["suspended", "left", "active"]))
    def leave(self, who: int, state: str) -> None:
        self.world.people[who].state = state

    @rule(who=WHO, state=st.sampled_from(["ended", "active"]))
    def end(self, who: int, state: str) -> None:
        self.world.enrolment(who).state = state

    @rule(who=WHO, landed=st.booleans())
    def land(self, who: int, landed: bool) -> None:
        self.world.people[who].landed_on = self.world.today if landed else None

    @rule(who=WHO, where=WHERE)
    def block(self, who: int, where: int) -> None:
        self.world.block(who, where)

    @rule(who=WHO, titles=st.sampled_from([["Planner"], ["Nurse"], []]))
    def look_for(self, who: int, titles: list[str]) -> None:
        self.world.people[who].titles = titles

    @rule(rivals=st.sampled_from(["tell", "share", "first"]))
    def rule_rivals(self, rivals: str) -> None:
        self.world.cohort.rivals = rivals

    @rule(state=st.sampled_from(["declined", "kept", "giver_asked", "introduced", "expired"]))
    @precondition(lambda self: self.world.last)
    def introduce(self, state: str) -> None:
        self.world.introduce(state)

    @rule(one=WHERE, other=WHERE)
    def merge(self, one: int, other: int) -> None:
        self.world.merge(one, other)

    @rule(days=st.sampled_from([1, 20, 400]))
    def time_passes(self, days: int) -> None:
        self.world.today += dt.timedelta(days=days)

    @rule()
    def keep(self) -> None:
        """Put away what is found, as the clock does every few minutes."""
        self.kept += bool(keep_matches(self.world.cohort.id, self.world.today))

    @invariant()
    def kept_is_as_new(self) -> None:
        """Hold what is brought up to date against what is derived from scratch."""
        world = self.world
        world.session.flush()
        found = find_matches(world.cohort, today=world.today)
        ground = ground_of(world.cohort, world.today)
        assert found == matches_on(world.cohort, ground, world.today, kept=NOTHING)
        # Whoever asks about some of them reads less, and is told the same.
        some = found[::3]
        keys = {read_key(match.key) for match in some}
        assert matches_on(world.cohort, ground, world.today, among=keys) == some
        world.last = found

    @invariant()
    def nothing_forbidden(self) -> None:
        """Look at every match with the rules' own eyes."""
        self.world.check()

    def teardown(self) -> None:
        self.world.undo.rollback()


def test_matches_hold_whatever_happens(
    session: Session,
    firm: Any,
    make_cohort: Any,
    make_member: Any,
    board_of: Any,
    make_introduction: Any,
) -> None:
    with scope(firm.id):

        def make() -> World:
            undo = session.begin_nested()
            cohort = make_cohort()
            people = [make_member(cohorts=(cohort,), titles=["Planner"]) for _ in range(5)]
            session.add_all([cohort, *people])
            return World(session, undo, cohort, people, board_of(cohort), make_introduction)

        class Made(Matches):
            pass

        Made.make = staticmethod(make)
        run_state_machine_as_test(
            Made,
            settings=settings(
                max_examples=EXAMPLES,
                stateful_step_count=25,
                deadline=None,
                derandomize=True,
                suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],
            ),
        )
