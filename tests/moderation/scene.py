"""A text on the board, and short ways to report, decide and appeal, for the tests of this room."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.board.models import Offer
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.jobs import JOBS
from coachhub.firms.models import Membership
from coachhub.moderation import operations
from coachhub.moderation.models import Appeal, Case, Content, Decision
from coachhub.moderation.operations import Answer, PenaltyDraft, Ruling
from fixtures_group import Group

WORDS = "I read your CV.\nSend your bank details first."
PASSAGE = "bank details"


@dataclass
class Scene:
    """Ada writes, Ben and Chiara report, Ida the coach and Rita the admin decide.

    The firm's scope is open as long as the scene lasts.
    """

    group: Group
    offer_id: UUID

    def actor(self, name: str) -> Actor:
        return self.group.actor(name)

    @property
    def offer(self) -> Offer:
        return self.group.session.scalars(select(Offer).where(Offer.id == self.offer_id)).one()

    @property
    def state(self) -> str:
        """The state of the text: in its own row and in moderation's, which must agree."""
        session = self.group.session
        state = session.scalars(select(Offer.moderation).where(Offer.id == self.offer_id)).one()
        kept = session.scalar(select(Content.state).where(Content.target_id == self.offer_id))
        assert kept in {None, state}
        return state

    def report(self, who: str = "ben", reason: str = "scam", note: str = "") -> Case:
        return operations.report(self.actor(who), "offer", self.offer_id, reason, note)

    def decide(
        self, case: Case, effect: str = "removed", *, who: str = "ida", **columns: Any
    ) -> Decision:
        return operations.decide(self.actor(who), case, case.version, ruling(effect, **columns))

    def decided(self, effect: str = "removed", *, who: str = "ida", **columns: Any) -> Decision:
        """Report the text and decide."""
        return self.decide(self.report(), effect, who=who, **columns)

    def appeal(self, decision: Decision) -> Appeal:
        return operations.appeal(self.actor("ada"), decision, "It was a joke.")

    def answer(self, asked: Appeal, outcome: str, *, who: str = "rita", **columns: Any) -> Appeal:
        case = self.case_of(asked.case_id)
        given = Answer(outcome, "I looked at it again.", columns.get("ruling"))
        return operations.answer_appeal(self.actor(who), asked, case.version, given)

    def case_of(self, case_id: UUID) -> Case:
        return self.group.session.scalars(select(Case).where(Case.id == case_id)).one()

    def standing(self, name: str) -> str:
        """Return whether somebody is active in the firm, suspended or gone."""
        query = select(Membership.state).where(Membership.id == self.group.id(name))
        return self.group.session.scalars(query).one()

    def post_another(self) -> UUID:
        return post_offer(self.group)

    def tell(self) -> None:
        """Run the job that tells people."""
        JOBS["moderation.tell"].run(self.offer.firm_id)


def ruling(effect: str, **columns: Any) -> Ruling:
    """Return a ruling that holds together, with this effect."""
    if effect == "none":
        return Ruling("not_upheld", **columns)
    given = {"rule": "scam", "passage": PASSAGE, "message": "Please leave it out."}
    return Ruling("upheld", effect=effect, **given | columns)


def penalty(kind: str, days: int = 7) -> PenaltyDraft:
    return PenaltyDraft(kind, days)


def post_offer(group: Group) -> UUID:
    """Put Ada's offer on the board; the scope is open."""
    made = Offer(
        cohort_id=group.cohort.id,
        owner_id=group.id("ada"),
        kind="skill",
        title="Easy money from home",
        body=WORDS,
        expires_on=now().date() + dt.timedelta(days=60),
    )
    group.session.add(made)
    group.session.flush()
    return made.id
