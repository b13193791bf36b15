"""Releasing a round, once, and taking it back."""

from __future__ import annotations

import datetime as dt
import threading
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.app import create_app
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.audit import entries
from coachhub.core.db import db, now
from coachhub.core.errors import NotAllowedError
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.introductions import life
from coachhub.introductions.answers import Answer
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import operations, release
from coachhub.introductions.rounds.operations import RoundError
from coachhub.mail.models import FirmMail
from coachhub.permissions import Standing
from fixtures_app import config_for
from fixtures_board_posts import Board


@pytest.fixture
def draft(group: Any) -> Round:
    return operations.propose_round(group.actor(), group.cohort)


def waited(group: Any, session: Any) -> dict[str, int]:
    names = {member.id: name for name, member in group.members.items()}
    return {
        names[row.membership_id]: row.waited
        for row in session.scalars(select(Enrolment).where(Enrolment.role == "member"))
    }


def test_releasing_asks_every_giver(group: Any, draft: Round, session: Any) -> None:
    release.release_round(group.actor(), draft)
    assert draft.state == "released"
    assert draft.released_by == "Coach Kim"
    steps = session.scalars(select(Introduction)).all()
    assert {step.state for step in steps} == {"giver_asked"}
    mails = session.scalars(select(FirmMail)).all()
    givers = {group.members[name].id for name in ("ada", "ben", "cy", "di", "ed")}
    assert {mail.membership_id for mail in mails} == givers
    entry = entries(action="round.released")[0]
    assert (entry.subject_id, entry.details) == (draft.id, {"introductions": 5, "members": 5})


def test_who_is_served_starts_again_and_who_is_not_waits_longer(
    group: Any, draft: Round, session: Any
) -> None:
    for enrolment in session.scalars(select(Enrolment)):
        enrolment.waited = 2
    release.release_round(group.actor(), draft)
    assert waited(group, session) == dict.fromkeys(group.members, 0) | {"flo": 3}


def test_taking_a_release_back_restores_everything(group: Any, draft: Round, session: Any) -> None:
    for enrolment in session.scalars(select(Enrolment)):
        enrolment.waited = 2
    worth = draft.worth
    release.release_round(group.actor(), draft)
    taken_back = session.scalars(select(Introduction.id)).all()
    release.withdraw_release(group.actor(), draft)
    assert (draft.state, draft.released_at, draft.worth) == ("draft", None, worth)
    assert waited(group, session) == dict.fromkeys(group.members, 2)
    old = session.scalars(select(Introduction).where(Introduction.id.in_(taken_back))).all()
    assert {step.state for step in old} == {"withdrawn"}
    assert {step.round_id for step in old} == {None}
    fresh = release.steps_in(draft, "proposed")
    assert {step.key for step in fresh} == {step.key for step in old}
    assert entries(action="round.release_withdrawn")[0].subject_id == draft.id
    release.release_round(group.actor(), draft)
    assert {step.state for step in fresh} == {"giver_asked"}


def test_a_release_is_taken_back_within_ten_minutes_only(group: Any, draft: Round) -> None:
    release.release_round(group.actor(), draft)
    draft.released_at = now() - dt.timedelta(minutes=9, seconds=50)
    assert release.may_withdraw(draft)
    draft.released_at = now() - dt.timedelta(minutes=10, seconds=1)
    with pytest.raises(RoundError, match="cannot be taken back"):
        release.withdraw_release(group.actor(), draft)


def test_after_the_first_answer_a_release_stands(group: Any, draft: Round, session: Any) -> None:
    release.release_round(group.actor(), draft)
    step = session.scalars(select(Introduction)).first()
    giver = Actor(
        label="giver",
        membership_id=step.giver_id,
        standings=frozenset({Standing.MEMBER, Standing.COHORT_MEMBER}),
    )
    life.answer(giver, step, "giver", Answer("no"))
    with pytest.raises(RoundError, match="cannot be taken back"):
        release.withdraw_release(group.actor(), draft)


def test_with_a_newer_draft_the_old_release_stands(group: Any, draft: Round) -> None:
    release.release_round(group.actor(), draft)
    operations.propose_round(group.actor(), group.cohort)
    with pytest.raises(RoundError, match="another draft"):
        release.withdraw_release(group.actor(), draft)


def test_an_empty_round_is_not_released(group: Any) -> None:
    for member in group.members.values():
        member.state = "left"
    round_ = operations.propose_round(group.actor(), group.cohort)
    with pytest.raises(RoundError, match="no introduction in this round"):
        release.release_round(group.actor(), round_)


def test_a_dropped_round_is_not_released(group: Any, draft: Round) -> None:
    operations.drop_draft(group.actor(), draft)
    with pytest.raises(RoundError, match="dropped"):
        release.release_round(group.actor(), draft)


def test_a_member_releases_nothing(group: Any, draft: Round) -> None:
    member = Actor(
        label="Ada",
        membership_id=group.ada.id,
        standings=frozenset({Standing.MEMBER, Standing.COHORT_MEMBER}),
    )
    for act in (release.release_round, release.withdraw_release, operations.drop_draft):
        with pytest.raises(NotAllowedError):
            act(member, draft)


def test_what_does_not_hold_any_more_is_not_released(group: Any, draft: Round) -> None:
    group.ada.keep_from = ["Shell"]
    db.session.flush()
    with pytest.raises(RoundError, match="One step does not hold any more"):
        release.release_round(group.actor(), draft)


def test_the_next_round_leaves_out_what_is_under_way(group: Any, draft: Round) -> None:
    release.release_round(group.actor(), draft)
    second = operations.propose_round(group.actor(), group.cohort)
    assert (second.number, second.served, second.matches) == (2, 0, 1)
    told = {one["member"]: one["told"] for one in second.unserved}
    assert told[str(group.ada.id)] == "All that they asked for is under way already."
    assert told[str(group.flo.id)] == "Others could give to them, but nobody needs what they have."


@pytest.fixture
def real_app(fresh_database: Any) -> Any:
    """An app whose database two people really share, with one committed draft."""
    app = create_app(config_for(fresh_database()))
    with app.app_context():
        firm = Firm(name="Real", slug="real")
        db.session.add(firm)
        db.session.flush()
        with scope(firm.id):
            cohort = Cohort(name="Spring", slug="spring")
            db.session.add(cohort)
            members = [_member(firm, cohort, role) for role in ("coach", "member", "member")]
            board = Board(db.session, cohort)
            for owner, other in (members[1:], members[:0:-1]):
                company = board.company(f"Company of {owner.name}")
                board.target(owner, company)
                board.contact(other, company)
            actor = _actor(members[0])
            round_ = operations.propose_round(actor, cohort)
            ids = (firm.id, round_.id)
            db.session.commit()
    yield app, actor, *ids
    with app.app_context():
        db.engine.dispose()


def _member(firm: Firm, cohort: Cohort, role: str) -> Membership:
    number = len(db.session.scalars(select(Person)).all())
    person = Person(email=f"m{number}@example.org", name=f"M{number}", fs_uniquifier=f"m{number}")
    db.session.add(person)
    db.session.flush()
    db.session.add(Seat(firm_id=firm.id, person_id=person.id))
    db.session.flush()
    made = Membership(person_id=person.id, name=person.name, role=role)
    db.session.add(made)
    db.session.flush()
    db.session.add(Enrolment(cohort_id=cohort.id, membership_id=made.id, role=role))
    db.session.flush()
    return made


def _actor(coach: Membership) -> Actor:
    return Actor(
        label=coach.name,
        person_id=coach.person_id,
        membership_id=coach.id,
        standings=frozenset({Standing.MEMBER, Standing.COHORT_COACH}),
    )


def test_two_who_release_at_once_release_it_once(real_app: Any) -> None:
    app, actor, firm_id, round_id = real_app
    both_ready = threading.Barrier(2)
    told: list[str] = []

    def push() -> None:
        with app.test_request_context(), scope(firm_id):
            round_ = db.session.scalars(select(Round).where(Round.id == round_id)).one()
            both_ready.wait(timeout=30)
            try:
                release.release_round(actor, round_)
                db.session.commit()
                told.append("released")
            except RoundError as error:
                db.session.rollback()
                told.append(str(error))

    threads = [threading.Thread(target=push) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["M0 has released this round already.", "released"]
    with app.app_context(), scope(firm_id):
        assert len(entries(action="round.released")) == 1
        assert len(db.session.scalars(select(FirmMail)).all()) == 2


def test_two_who_make_a_round_at_once_make_one(real_app: Any) -> None:
    app, actor, firm_id, round_id = real_app
    with app.app_context(), scope(firm_id):
        old = db.session.scalars(select(Round).where(Round.id == round_id)).one()
        operations.drop_draft(actor, old)
        db.session.commit()
    both_ready = threading.Barrier(2)
    told: list[str] = []

    def push() -> None:
        with app.app_context(), scope(firm_id):
            cohort = db.session.scalars(select(Cohort)).one()
            both_ready.wait(timeout=30)
            try:
                made = operations.propose_round(actor, cohort)
                db.session.commit()
                told.append(f"made {made.number}")
            except RoundError:
                db.session.rollback()
                told.append("refused")

    threads = [threading.Thread(target=push) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert sorted(told) == ["made 2", "refused"]
