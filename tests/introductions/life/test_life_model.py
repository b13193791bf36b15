"""The whole life as a model: whatever people do, in whatever order, privacy and the books hold.

`LIFE_RUNS` and `LIFE_STEPS` in the environment make it longer; `LIFE_SEED` makes it another one.
"""

from __future__ import annotations

import datetime as dt
import os
from typing import Any

from hypothesis import HealthCheck, Phase, seed, settings
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

from coachhub.introductions import by_mail, erasure, life, meetings, outsiders, promises, searches
from coachhub.introductions.answers import Answer
from coachhub.introductions.calendar import in_days
from coachhub.introductions.direct import Help, help_with, pass_on
from coachhub.introductions.jobs import clock
from coachhub.introductions.models import Introduction
from coachhub.introductions.rules import asked_in_person
from coachhub.introductions.steps import ASKED
from fixtures_circle import CONTACT_MAIL, Circle
from life_books import Books
from life_world import World

RUNS = int(os.environ.get("LIFE_RUNS", "25"))
STEPS = int(os.environ.get("LIFE_STEPS", "30"))
MOST_OPEN = 3
ENOUGH = 100  # runs, to have been everywhere
PICK = st.integers(min_value=0, max_value=99)
SIDES = st.sampled_from(["giver", "receiver", "outsider"])
LIKELY = st.sampled_from(["yes", "yes", "yes", "yes", "not_now", "no"])
WAYS = st.sampled_from(["page", "page", "mail"])
BEGINNINGS = st.sampled_from(
    ["door", "door", "insider", "offer", "buddy", "search", "search", "help", "lead"]
)
IN_WORDS = {"yes": "Yes, gladly", "no": "No, thanks", "not_now": "Not now, in nine days"}


class Life(RuleBasedStateMachine):
    """People answer, step back, stop, promise and thank; days go by; nothing leaks."""

    circle: Circle  # set by the test, the same for all runs
    world: World
    reached: set[str]
    runs = 0

    def __init__(self) -> None:
        super().__init__()
        self.begun = self.erased = False

    @initialize()
    def begin(self) -> None:
        self.world.begin()
        self.books = Books(self.circle, self.world.facts)
        self.begun = True

    def teardown(self) -> None:
        if self.begun or self.erased:
            type(self).runs += 1
            if self.begun:
                self.books.read_everything_again(pages=self.runs % 4 == 0)
            self.reached |= self.books.reached
            self.books.close()
            self.world.undo()

    def one(self, pick: int, *states: str) -> Introduction:
        ids = [one for one, state in self.books.states.items() if not states or state in states]
        return self.circle.session.get_one(
            Introduction, (self.circle.firm.id, ids[pick % len(ids)])
        )

    def number_open(self) -> int:
        return sum(state in {*ASKED, "not_now"} for state in self.books.states.values())

    def some(self, *states: str) -> bool:
        return self.begun and any(state in states for state in self.books.states.values())

    @precondition(lambda self: self.begun and self.number_open() < MOST_OPEN)
    @rule(how=BEGINNINGS, need=st.integers(0, 2))
    def begin_one(self, how: str, need: int) -> None:
        self.start(how, need)

    @precondition(lambda self: self.begun and self.number_open() < MOST_OPEN)
    @rule(how=BEGINNINGS, way=WAYS, email=st.sampled_from([CONTACT_MAIL, ""]))
    def all_goes_well(self, how: str, way: str, email: str) -> None:
        row = self.start(how, 0)
        for _side in range(3):
            if row is not None and row.state in ASKED:
                self.say(row, row.state.removesuffix("_asked"), "yes", way, email)

    def start(self, how: str, need: int) -> Introduction | None:
        """Begin one, if that is not refused."""
        here = self.circle
        given = Answer("yes", promise="I help on Thursday.", gift="Marmalade.", blurb="Harbours.")
        with self.world.may_be_refused():
            if how == "search":
                return searches.ask_for_door(here.act("receiver"), here.target.id, given)
            if how == "help":
                return help_with(here.act("giver"), Help("ask", self.world.ask.id, given))
            if how == "lead":
                return pass_on(here.act("giver"), self.world.lead, here.receiver.id, given)
            # Twice the same need is refused; another one is another introduction.
            needs = [here.target.id, self.world.ask.id, here.company.id]
            return here.asked(how, need_id=here.target.id if how == "door" else needs[need])
        return None

    @precondition(lambda self: self.some(*ASKED))
    @rule(pick=PICK, word=LIKELY, way=WAYS, email=st.sampled_from([CONTACT_MAIL, ""]))
    def whoever_is_asked_answers(self, pick: int, word: str, way: str, email: str) -> None:
        row = self.one(pick, *ASKED)
        self.say(row, row.state.removesuffix("_asked"), word, way, email)

    @precondition(lambda self: self.some(*ASKED))
    @rule(pick=PICK, way=WAYS, email=st.sampled_from([CONTACT_MAIL, ""]))
    def everybody_agrees(self, pick: int, way: str, email: str) -> None:
        row = self.one(pick, *ASKED)
        for _side in range(3):
            if row.state in ASKED:
                self.say(row, row.state.removesuffix("_asked"), "yes", way, email)

    @precondition(lambda self: self.begun and self.books.states)
    @rule(pick=PICK, side=SIDES, word=LIKELY, way=WAYS)
    def somebody_answers(self, pick: int, side: str, word: str, way: str) -> None:
        self.say(self.one(pick), side, word, way, CONTACT_MAIL)

    def say(self, row: Introduction, side: str, word: str, way: str, email: str) -> None:
        in_person = side == "outsider" and asked_in_person(row)
        given = Answer(word, until=in_days(9))  # type: ignore[arg-type]
        with self.world.may_be_refused():
            if way == "mail":
                who = "giver" if in_person else side
                member_id = None if who == "outsider" else getattr(self.circle, who).id
                said = by_mail.from_mail("introduction", row.id, member_id, IN_WORDS[word])
                self.books.was_told(who, row, said or "")
            elif side == "giver" and word == "yes":
                self.circle.giver_yes(row, email)
            elif in_person:
                life.answer(self.circle.act("giver"), row, "outsider", given)
            elif side == "outsider":
                self.circle.outsider(row, Answer(word, "link", in_days(9)))  # type: ignore[arg-type]
            else:
                life.answer(self.circle.act(side), row, side, given)  # type: ignore[arg-type]

    @precondition(lambda self: self.begun and self.books.states)
    @rule(pick=PICK, who=st.sampled_from(["giver", "receiver", "coach", "never"]))
    def break_off(self, pick: int, who: str) -> None:
        row = self.one(pick)
        with self.world.may_be_refused():
            if who == "coach":
                life.stop(self.circle.act("coach"), row)
            elif who != "never":
                life.withdraw(self.circle.act(who), row)
            elif row.outsider_token_hash:
                outsiders.leave_alone(row)

    @precondition(lambda self: self.some("introduced", "kept", "let_go"))
    @rule(
        pick=PICK,
        what=st.sampled_from(
            ["keep", "keep", "let_go", "more", "thank", "outcome", "meet", "cancel"]
        ),
    )
    def afterwards(self, pick: int, what: str) -> None:
        row = self.one(pick, "introduced", "kept", "let_go")
        giver, receiver = self.circle.act("giver"), self.circle.act("receiver")
        with self.world.may_be_refused():
            if what == "keep":
                promises.keep(giver, row)
            elif what == "let_go":
                promises.let_go(giver, row)
            elif what == "more":
                promises.more_time(giver, row, in_days(20))
            elif what == "thank":
                promises.thank(receiver, row, "You are a lighthouse.")
            elif what == "outcome":
                promises.report_outcome(receiver, row, "interview", "Tea.")
            elif what == "meet":
                starts_at = row.state_since + dt.timedelta(days=40 + pick)
                meetings.set_meeting(receiver, row, meetings.MeetingDraft(starts_at))
            else:
                meetings.cancel_meeting(receiver, row)

    @rule(days=st.sampled_from([0.5, 1.5, 3.0, 7.5, 15.0]))
    def days_go_by(self, days: float) -> None:
        self.world.traveller.shift(dt.timedelta(days=days))
        clock.function(self.circle.firm.id)

    @rule(
        what=st.sampled_from(
            ["target", "ask", "lead", "let be", "let be", "contact", "away", "back", "back"]
        )
    )
    def the_world_changes(self, what: str) -> None:
        """A moderator holds a post back or lets it be, a contact is forgotten, the giver away."""
        if what == "contact":
            erasure.forget_contact(CONTACT_MAIL.upper())
            self.books.contact_is_forgotten()
        elif what in {"away", "back"}:
            self.world.giver_is("suspended" if what == "away" else "active")
        elif what == "let be":
            self.world.let_all_be()
        else:
            self.world.hold(what)

    @precondition(lambda self: self.begun and len(self.books.states) > 1)
    @rule(who=st.sampled_from(["giver", "receiver"]), really=st.sampled_from([False] * 9 + [True]))
    def somebody_is_erased(self, who: str, really: bool) -> None:
        """One of the two is gone for good; the run ends, as nobody else is there to go on."""
        if not really:
            return
        self.books.read(self.world.held())
        self.world.erase(who)
        self.books.member_is_erased(who)
        self.begun, self.erased = False, True

    @invariant()
    def everything_holds(self) -> None:
        if self.begun:
            self.books.read(self.world.held())


def test_the_whole_life(circle: Circle, session: Session, post: Any) -> None:
    Life.circle, Life.reached = circle, set()
    Life.world = World(circle, session, post)
    chosen = os.environ.get("LIFE_SEED", "")
    run_state_machine_as_test(
        seed(int(chosen))(Life) if chosen else Life,
        settings=settings(
            max_examples=RUNS,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=not chosen,
            database=None,
            phases=[Phase.generate, Phase.shrink],
            suppress_health_check=list(HealthCheck),
        ),
    )
    if RUNS < ENOUGH:
        return
    # The runs went all the way, by every way in and to every end.
    assert Life.reached >= {"door", "insider", "offer", "buddy", "lead"}
    assert Life.reached >= {"kept", "let_go", "declined", "not_now", "expired", "withdrawn"}
    assert "erased with mails" in Life.reached
    assert Life.reached >= {"stopped", "round", "door", "help", "lead", "mail", "link", "page"}
