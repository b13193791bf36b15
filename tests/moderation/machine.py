"""Moderation as a model: everything anybody can try, in any order, and what must come of it."""

from __future__ import annotations

import datetime as dt
from contextlib import contextmanager
from typing import Any
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule
from sqlalchemy import select, text, update
from sqlalchemy.exc import IntegrityError

from coachhub.board.models import Offer
from coachhub.core.access import Actor
from coachhub.core.errors import DomainError
from coachhub.moderation import operations, queries
from coachhub.moderation.models import CASE_STATES, CONTENT_STATES, OPEN, SHOWN, Case, Decision
from coachhub.moderation.operations import MASK, Answer
from moderation.scene import PASSAGE, WORDS, Scene, ruling

EFFECTS = ("none", "message", "returned", "redacted", "removed")
STEPS = {
    ("open", "claimed"),
    ("claimed", "open"),
    ("claimed", "decided"),
    ("decided", "claimed"),
    ("decided", "appealed"),
    ("appealed", "closed"),
}
MODERATORS = st.sampled_from(["ida", "rita"])
HIDES = ("removed", "returned", "redacted")


class Machine(RuleBasedStateMachine):
    """One text and its cases. The model knows of each decision only whether it counts."""

    scene: Scene

    def __init__(self) -> None:
        super().__init__()
        self.session = self.scene.group.session
        self.savepoint = self.session.begin_nested()
        self.content, self.edits = "visible", 0
        self.case: Case | None = None
        self.decision: Decision | None = None
        self.first = ""
        self.reported: set[tuple[UUID, str]] = set()
        self.undoable = False
        self.counts: list[dict[str, Any]] = []

    def teardown(self) -> None:
        self.savepoint.rollback()
        self.session.expire_all()

    def actor(self, name: str) -> Actor:
        return self.scene.actor(name)

    def follows(self) -> str:
        effects = {one["effect"] for one in self.counts}
        return next((worst for worst in HIDES if worst in effects), "visible")

    def is_open(self) -> bool:
        return self.case is not None and self.case.state in OPEN

    @contextmanager
    def expected(self, *, fine: bool) -> Any:
        """Do what follows if it is `fine`; else it must be refused, and nothing is changed."""
        if fine:
            yield
            return
        inner = self.session.begin_nested()
        with pytest.raises(DomainError):
            yield
        inner.rollback()
        self.session.expire_all()

    @rule(who=st.sampled_from(["ben", "chiara"]))
    def report(self, who: str) -> None:
        self.edits += 1  # what was found fine is another text now
        self.session.execute(
            update(Offer).where(Offer.id == self.scene.offer_id).values(field=f"Edit {self.edits}")
        )
        self.session.expire_all()
        case = operations.report(self.actor(who), "offer", self.scene.offer_id, "scam")
        if self.case is None or case.id != self.case.id:
            self.case, self.decision = case, None
        if self.content in SHOWN and (case.id, who) not in self.reported:
            self.content = "quarantined"
        self.reported.add((case.id, who))  # the second report of one person changes nothing

    @rule(step=st.sampled_from(["hold", "release"]))
    def hold_or_release(self, step: str) -> None:
        if self.case is None:
            return
        with self.expected(fine=self.is_open()):
            getattr(operations, step)(self.actor("ida"), self.case)
            self.content = "quarantined" if step == "hold" else self.follows()

    @rule(who=MODERATORS, stale=st.booleans())
    def claim(self, who: str, stale: bool) -> None:
        if self.case is not None:
            with self.expected(fine=self.is_open() and not stale):
                operations.claim(self.actor(who), self.case, self.case.version - stale)
                assert self.case.state == "claimed"

    @rule(who=MODERATORS)
    def give_back(self, who: str) -> None:
        if self.case is not None:
            with self.expected(fine=self.case.state == "claimed"):
                operations.give_back(self.actor(who), self.case, self.case.version)
                assert self.case.state == "open"

    @rule(
        who=st.sampled_from(["ida", "rita", "ada"]),
        effect=st.sampled_from(EFFECTS),
        soon=st.booleans(),
    )
    def decide(self, who: str, effect: str, soon: bool) -> None:
        if self.case is None:
            return
        fine = self.is_open() and who != "ada" and self.quotes(effect)
        with self.expected(fine=fine):
            grace = dt.timedelta(0) if soon else operations.UNDO
            self.decision = operations.decide(
                self.actor(who), self.case, self.case.version, ruling(effect), grace=grace
            )
            self.first, self.undoable = who, not soon
            self.counts.append({"id": self.decision.id, "effect": effect})
            self.content = self.follows()

    @rule()
    def undo(self) -> None:
        if self.case is None or self.decision is None:
            return
        fine = self.case.state == "decided" and self.undoable
        with self.expected(fine=fine):
            before = self.decision.before
            operations.undo(self.actor("ida"), self.case)
            self.forget()
            self.content = "quarantined" if before == "quarantined" else self.follows()

    def forget(self) -> None:
        assert self.decision is not None
        self.counts = [one for one in self.counts if one["id"] != self.decision.id]

    @rule(who=st.sampled_from(["ada", "ada", "ben"]))
    def appeal(self, who: str) -> None:
        if self.case is None or self.decision is None:
            return
        fine = who == "ada" and self.case.state == "decided" and self.decision.effect != "none"
        with self.expected(fine=fine):
            operations.appeal(self.actor(who), self.decision, "It was a joke.")

    @rule(
        who=st.sampled_from(["ida", "rita", "ada"]),
        outcome=st.sampled_from(["upheld", "amended", "overturned"]),
        effect=st.sampled_from(EFFECTS[1:]),
    )
    def answer(self, who: str, outcome: str, effect: str) -> None:
        asked = queries.appeal_of(self.case) if self.case else None
        if self.case is None or asked is None:
            return
        fine = self.case.state == "appealed" and who not in {"ada", self.first}
        amended = outcome == "amended"
        fine = fine and (not amended or self.quotes(effect))
        with self.expected(fine=fine):
            given = Answer(outcome, "I looked again.", ruling(effect) if amended else None)
            operations.answer_appeal(self.actor(who), asked, self.case.version, given)
            if outcome != "upheld":
                self.forget()
                if amended:
                    self.counts.append({"id": None, "effect": effect})
                self.content = self.follows()

    @rule()
    def mend(self) -> None:
        operations.published(self.actor("ada"), "offer", self.scene.offer_id)
        before, self.counts = (
            self.counts,
            [one for one in self.counts if one["effect"] != "returned"],
        )
        if self.counts != before and self.content != "quarantined":
            self.content = self.follows()

    def quotes(self, effect: str) -> bool:
        """Say whether the passage stands in the evidence; once masked, it no longer does."""
        assert self.case is not None
        return effect == "none" or PASSAGE in self.case.evidence

    @rule(state=st.sampled_from(CONTENT_STATES))
    def write_a_texts_state_by_sql(self, state: str) -> None:
        legal = state == self.content or "quarantined" in {state, self.content}
        for table, column, key in (
            ("board_offer", "moderation", "id"),
            ("moderation_content", "state", "target_id"),
        ):
            self.write(
                f"UPDATE {table} SET {column} = :state WHERE {key} = :id",  # noqa: S608 - our own names
                {"state": state, "id": self.scene.offer_id},
                legal=legal,
            )

    @rule(state=st.sampled_from(CASE_STATES), higher=st.booleans())
    def write_a_cases_state_by_sql(self, state: str, higher: bool) -> None:
        if self.case is None or state == self.case.state:
            return
        legal = higher and (self.case.state, state) in {("open", "claimed"), ("claimed", "open")}
        outcome = "" if state in OPEN else self.case.outcome or "upheld"
        verdict = "overturned" if state == "closed" else ""
        self.write(
            "UPDATE moderation_case SET state = :state, outcome = :outcome, verdict = :verdict,"
            " version = version + :higher WHERE id = :id",
            {
                "state": state,
                "outcome": outcome,
                "verdict": verdict,
                "higher": int(higher),
                "id": self.case.id,
            },
            legal=legal,
        )

    def write(self, statement: str, values: dict[str, Any], *, legal: bool) -> None:
        inner = self.session.begin_nested()
        try:
            written = self.session.connection().execute(text(statement), values).rowcount
        except IntegrityError:
            assert not legal, (statement, values)
        else:  # a text that moderation never moved has no row there
            assert legal or not written, (statement, values)
        inner.rollback()
        self.session.expire_all()

    @invariant()
    def the_text_is_where_the_model_is(self) -> None:
        found = self.scene.state
        assert found == self.content, f"{found}, not {self.content}"
        body = self.session.scalars(select(Offer.body).where(Offer.id == self.scene.offer_id)).one()
        assert body == (WORDS.replace(PASSAGE, MASK) if self.content == "redacted" else WORDS)
