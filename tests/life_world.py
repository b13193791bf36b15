"""The circle's world for the model of the life: time, moderators, who is there; all undone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any

import time_machine
from sqlalchemy import delete, update
from sqlalchemy.orm import Session

from coachhub.board.models import Ask, Lead, Target
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.firms.operations import end_membership
from coachhub.introductions import life
from coachhub.introductions.shown import Facts
from fixtures_circle import Circle

START = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)


class World:
    """What happens around the circle's introductions; `begin` and `undo` enclose one run."""

    def __init__(self, circle: Circle, session: Session, post: Callable[..., Any]) -> None:
        self.circle, self.session = circle, session
        far = dt.date(2099, 1, 1)
        with circle.scope():
            self.ask: Ask = post(Ask, circle.receiver, expires_on=far)
            self.lead: Lead = post(Lead, circle.giver, expires_on=far)
            session.execute(update(Target).values(expires_on=far))
        with circle.scope():
            self.facts = Facts([self._of(self.ask.id), self._of(self.lead.id)])
        self.posts = {
            "target": (Target, circle.target.id),
            "ask": (Ask, self.ask.id),
            "lead": (Lead, self.lead.id),
        }

    def _of(self, need_id: Any) -> Any:
        """Return what `Facts` reads of an introduction for a need."""
        circle = self.circle
        return SimpleNamespace(
            id=need_id,
            giver_id=circle.giver.id,
            receiver_id=circle.receiver.id,
            company_id=circle.company.id,
            need_id=need_id,
            asset_id=need_id,
        )

    def begin(self) -> None:
        self.exits = ExitStack()
        self.exits.enter_context(scope(self.circle.firm.id))
        self.savepoint = self.session.begin_nested()
        self.traveller = self.exits.enter_context(time_machine.travel(START, tick=False))
        self._held: set[Any] = set()
        self._giver = "active"

    def undo(self) -> None:
        self.savepoint.rollback()
        self.session.expire_all()
        self.exits.close()

    @contextmanager
    def may_be_refused(self) -> Iterator[None]:
        try:
            with self.session.begin_nested():
                yield
        except DomainError:
            pass

    def hold(self, what: str) -> None:
        model, post_id = self.posts[what]
        held = update(model).where(model.id == post_id).values(moderation="quarantined")
        self.session.execute(held)
        self._held.add(post_id)

    def let_all_be(self) -> None:
        for model, post_id in self.posts.values():
            if post_id in self._held:
                self.session.execute(
                    update(model).where(model.id == post_id).values(moderation="visible")
                )
        self._held.clear()

    def held(self) -> set[Any]:
        """Return the posts that a moderator holds back at this moment."""
        return set(self._held)

    def erase(self, who: str) -> None:
        """Let a member leave for good and delete their row, with all that hangs on it."""
        member = getattr(self.circle, who)
        if self._giver == "active" or who != "giver":
            end_membership(self.circle.act("coach"), member)
        self.session.execute(delete(Membership).where(Membership.id == member.id))
        self.session.expire_all()

    def giver_is(self, state: str) -> None:
        if state == self._giver:
            return
        self._giver = state
        self.session.execute(
            update(Membership).where(Membership.id == self.circle.giver.id).values(state=state)
        )
        if state != "active":
            life.member_left(self.circle.giver.id)
