"""Whatever happens in whatever order, nothing that a rule keeps out is ever matched."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.contacts.models import Contact
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.introductions.calendar import today
from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.search import find_matches
from coachhub.introductions.models import Introduction

PEOPLE, COMPANIES = 4, 3
WHO = st.integers(0, PEOPLE - 1)
WHERE = st.integers(0, COMPANIES - 1)
ACTS = st.one_of(
    st.tuples(st.just("target"), WHO, WHERE),
    st.tuples(st.just("contact"), WHO, WHERE),
    st.tuples(st.just("insider"), WHO, WHERE),
    st.tuples(st.just("ask"), WHO, WHERE),
    st.tuples(st.just("answer"), WHO, WHERE),
    st.tuples(st.just("lead"), WHO, WHERE),
    st.tuples(st.just("keep_from"), WHO, WHERE),
    st.tuples(st.just("hide"), WHO, WHERE),
    st.tuples(st.just("leave"), WHO, st.sampled_from(["suspended", "left", "active"])),
    st.tuples(st.just("end"), WHO, st.sampled_from(["ended", "active"])),
    st.tuples(st.just("moderate"), st.integers(0, 9), st.sampled_from(["removed", "visible"])),
    st.tuples(st.just("close"), st.integers(0, 9), st.booleans()),
    st.tuples(st.just("expire"), st.integers(0, 9), st.booleans()),
    st.tuples(
        st.just("introduce"),
        st.integers(0, 20),
        st.sampled_from(["declined", "kept", "giver_asked", "introduced"]),
    ),
)


class World:
    """A cohort to which anything may happen, and what must hold of its matches."""

    def __init__(
        self, session: Session, cohort: Cohort, people: list[Membership], board: Any
    ) -> None:
        self.session, self.cohort, self.people, self.board = session, cohort, people, board
        self.companies = [board.company(f"Company {letter}") for letter in "ABC"[:COMPANIES]]
        self.posts: list[Any] = []

    def act(self, act: tuple[str, int, Any], make_introduction: Any) -> None:
        name, number, value = act
        if name in {"moderate", "close", "expire"}:
            self._change_post(name, number, value)
        elif name == "introduce":
            self._introduce(number, value, make_introduction)
        else:
            self._do(name, self.people[number], value)
        self.session.flush()

    def _do(self, name: str, member: Membership, value: Any) -> None:
        if name in {"leave", "end", "hide"}:
            self._change_member(name, member, value)
            return
        company = self.companies[value]
        board, posts = self.board, self.posts
        {
            "target": lambda: posts.append(board.target(member, company, roles="Planner")),
            "contact": lambda: board.contact(member, company),
            "insider": lambda: posts.append(
                board.offer(member, "insider", "I was there", company=company)
            ),
            "ask": lambda: posts.append(board.ask(member, "time", f"Help with subject{value}")),
            "answer": lambda: posts.append(board.offer(member, "time", f"On subject{value}")),
            "lead": lambda: posts.append(board.lead(member, "Planner", company=company)),
            "keep_from": lambda: setattr(member, "keep_from", [*member.keep_from, company.name]),
        }[name]()

    def _change_member(self, name: str, member: Membership, value: Any) -> None:
        if name == "leave":
            member.state = value
        elif name == "end":
            enrolment = select(Enrolment).where(Enrolment.membership_id == member.id)
            self.session.scalars(enrolment).one().state = value
        else:
            for contact in self.session.scalars(
                select(Contact).where(Contact.owner_id == member.id)
            ):
                contact.hidden = True

    def _change_post(self, name: str, number: int, value: Any) -> None:
        if not self.posts:
            return
        post = self.posts[number % len(self.posts)]
        if name == "moderate":
            post.moderation = value
        elif name == "close":
            post.closed_at = now() if value else None
        else:
            days = -1 if value else 30
            post.expires_on = today() + dt.timedelta(days=days)

    def _introduce(self, number: int, state: str, make_introduction: Any) -> None:
        matches = find_matches(self.cohort)
        if not matches:
            return
        match = matches[number % len(matches)]
        by_id = {member.id: member for member in self.people}
        make_introduction(
            by_id[match.giver_id],
            by_id[match.receiver_id],
            self.cohort,
            state=state,
            need=match.need,
            need_id=match.need_id,
            asset=match.asset,
            asset_id=match.asset_id,
            company_id=match.company_id,
            key=match.key,
        )

    def check(self) -> None:
        matches = find_matches(self.cohort)
        assert len({match.key for match in matches}) == len(matches)
        assert matches == sorted(matches, key=lambda match: (-match.worth, match.key))
        active = self._active()
        past = self.session.scalars(select(Introduction)).all()
        for match in matches:
            assert {match.giver_id, match.receiver_id} <= active
            assert match.giver_id != match.receiver_id
            assert 1 <= match.worth <= 100
            self._check_posts(match)
            self._check_kept_from(match)
            self._check_past(match, past)

    def _active(self) -> set[UUID]:
        enrolled = select(Enrolment.membership_id).where(Enrolment.state == "active")
        ids = set(self.session.scalars(enrolled))
        return {member.id for member in self.people if member.state == "active"} & ids

    def _check_posts(self, match: Match) -> None:
        models = {"target": Target, "ask": Ask, "lead": Lead}
        assert self._is_open(models[match.need], match.need_id, match)
        if match.asset == "door":
            doors = select(Contact).where(
                Contact.owner_id == match.giver_id,
                Contact.company_id == match.company_id,
                Contact.hidden.is_(False),
            )
            assert self.session.scalars(doors).first() is not None
        else:
            models = {"lead": Lead, "buddy": Target}
            assert self._is_open(models.get(match.asset, Offer), match.asset_id, match)

    def _is_open(self, model: Any, post_id: UUID, match: Match) -> bool:
        post = self.session.scalars(select(model).where(model.id == post_id)).one()
        assert post.owner_id in {match.giver_id, match.receiver_id}
        in_time = post.expires_on >= today()
        return post.moderation == "visible" and post.closed_at is None and in_time

    def _check_kept_from(self, match: Match) -> None:
        names = {company.id: company.name for company in self.companies}
        receiver = next(one for one in self.people if one.id == match.receiver_id)
        assert names.get(match.company_id) not in receiver.keep_from

    def _check_past(self, match: Match, past: list[Introduction]) -> None:
        for row in past:
            same_pair = (row.giver_id, row.receiver_id) == (match.giver_id, match.receiver_id)
            if row.need_id == match.need_id:
                assert not same_pair
                assert row.state in {"declined", "kept"}
                assert match.need != "lead" or row.state == "declined"


@pytest.mark.parametrize("rule", ["tell", "share", "first"])
@settings(
    max_examples=25,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(acts=st.lists(ACTS, min_size=4, max_size=25))
def test_nothing_forbidden_is_ever_matched(
    acts: list[tuple[str, int, Any]],
    rule: str,
    session: Session,
    firm: Any,
    make_cohort: Any,
    make_member: Any,
    board_of: Any,
    make_introduction: Any,
) -> None:
    undo = session.begin_nested()
    cohort = make_cohort(rivals=rule)
    people = [make_member(cohorts=(cohort,), titles=["Planner"]) for _ in range(PEOPLE)]
    with scope(firm.id):
        session.add_all([cohort, *people])
        world = World(session, cohort, people, board_of(cohort))
        for act in acts:
            world.act(act, make_introduction)
        world.check()
        undo.rollback()
