"""The second look: once, within 180 days, by somebody else; the desk where there is nobody."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError
from uuid_utils.compat import uuid7

from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.errors import DomainError, NotAllowedError
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Appeal, Decision
from coachhub.moderation.operations import Answer
from coachhub.permissions import Standing
from moderation.scene import WORDS, Scene, penalty, ruling

DESK = Actor(
    label="Dana at the desk",
    person_id=uuid7(),
    standings=frozenset({Standing.ANYONE, Standing.PERSON, Standing.STAFF}),
)
ANSWERED = (
    "UPDATE moderation_appeal SET outcome = 'upheld', answer = 'No.', answered_at = now(),"
    " person_id = :person WHERE id = :id"
)


def refused(scene: Scene, statement: str, **values: object) -> str:
    session = scene.group.session
    session.flush()
    inner = session.begin_nested()
    with pytest.raises(IntegrityError) as error:
        session.connection().execute(text(statement), values)
    inner.rollback()
    session.expire_all()
    return str(error.value.orig)


def test_overturned_by_somebody_else_all_is_taken_back(scene: Scene) -> None:
    decision = scene.decided(strike=True, penalties=(penalty("paused"),))
    asked = scene.appeal(decision)
    assert not asked.at_desk
    case = scene.case_of(asked.case_id)
    scene.answer(asked, "overturned")
    assert (scene.state, case.state, case.verdict) == ("visible", "closed", "overturned")
    assert not queries.strikes_of(scene.group.id("ada"))
    assert queries.penalty_in_force(scene.group.id("ada"), "paused") is None
    assert case.evidence.endswith(WORDS)
    scene.tell()


@pytest.mark.parametrize("who", ["ida", "ada"])
def test_neither_the_first_moderator_nor_the_author_answers(scene: Scene, who: str) -> None:
    asked = scene.appeal(scene.decided())
    with pytest.raises(NotAllowedError, match="Somebody else"):
        scene.answer(asked, "upheld", who=who)
    assert scene.case_of(asked.case_id).state == "appealed"


@pytest.mark.parametrize(("who", "rule"), [("ida", "somebody_else"), ("ada", "not_the_author")])
def test_the_database_refuses_the_same_person(scene: Scene, who: str, rule: str) -> None:
    asked = scene.appeal(scene.decided())
    person = scene.actor(who).person_id
    assert rule in refused(scene, ANSWERED, person=person, id=asked.id)
    other = scene.actor("rita").person_id
    scene.group.session.connection().execute(text(ANSWERED), {"person": other, "id": asked.id})


def test_the_database_refuses_an_appeal_that_comes_with_the_same_persons_answer(
    scene: Scene,
) -> None:
    decision = scene.decided()
    why = refused(
        scene,
        "INSERT INTO moderation_appeal (firm_id, id, created_at, case_id, decision_id,"
        " author_person_id, first_person_id, text, due_at, at_desk, outcome, answer, person_id,"
        " answered_at) VALUES (:firm, gen_random_uuid(), now(), :case, :decision, :author, NULL,"
        " 'x', now(), false, 'upheld', 'no', :person, now())",
        firm=decision.firm_id,
        case=decision.case_id,
        decision=decision.id,
        author=scene.actor("ada").person_id,
        person=scene.actor("ida").person_id,
    )
    assert "somebody_else" in why


def test_one_appeal_for_each_decision(scene: Scene) -> None:
    decision = scene.decided()
    asked = scene.appeal(decision)
    with pytest.raises(DomainError, match="before"):
        scene.appeal(decision)
    copied = (
        "INSERT INTO moderation_appeal SELECT (jsonb_populate_record(one,"
        " jsonb_build_object('id', gen_random_uuid()))).* FROM moderation_appeal AS one"
    )
    assert "uq_moderation_appeal_firm_id_decision_id" in refused(scene, copied)
    scene.answer(asked, "upheld")
    with pytest.raises(DomainError):
        scene.answer(asked, "overturned")
    changed = "UPDATE moderation_appeal SET outcome = 'overturned'"
    assert "has been answered" in refused(scene, changed)


@pytest.mark.parametrize(("days", "in_time"), [(179, True), (180, True), (181, False)])
def test_within_180_days(scene: Scene, days: int, in_time: bool) -> None:
    decision = scene.decided()
    with time_machine.travel(decision.created_at + dt.timedelta(days=days), tick=False):
        if in_time:
            assert scene.appeal(decision).text
            return
        with pytest.raises(DomainError, match="180 days"):
            scene.appeal(decision)
        why = refused(
            scene,
            "INSERT INTO moderation_appeal (firm_id, id, created_at, case_id, decision_id,"
            " author_person_id, text, due_at, at_desk, outcome, answer) VALUES (:firm,"
            " gen_random_uuid(), :at, :case, :decision, :author, 'x', now(), false, '', '')",
            firm=decision.firm_id,
            at=now(),
            case=decision.case_id,
            decision=decision.id,
            author=scene.actor("ada").person_id,
        )
        assert "possible for 180 days" in why


def test_an_amended_decision_takes_the_first_ones_place(scene: Scene) -> None:
    first = scene.decided(strike=True, penalties=(penalty("paused", 30),))
    asked = scene.appeal(first)
    instead = ruling("redacted", penalties=(penalty("held", 3),))
    scene.answer(asked, "amended", ruling=instead)
    case = scene.case_of(asked.case_id)
    second = queries.decision_of(case)
    assert second is not None
    assert (second.appeal_id, second.effect, scene.state) == (asked.id, "redacted", "redacted")
    assert (case.outcome, case.verdict) == ("upheld", "amended")
    ada = scene.group.id("ada")
    assert queries.penalty_in_force(ada, "paused") is None
    assert queries.penalty_in_force(ada, "held") is not None
    assert first.replaced_at is not None
    with pytest.raises(DomainError):  # closed is closed
        scene.appeal(second)


def test_a_firm_with_one_moderator_sends_it_to_the_desk(scene: Scene) -> None:
    decision = scene.decided(who="rita")
    for name, role in (("ida", "member"),):
        scene.group.session.execute(
            text("UPDATE firms_membership SET role = :role WHERE id = :id"),
            {"role": role, "id": scene.group.id(name)},
        )
        scene.group.session.execute(
            text("UPDATE cohorts_enrolment SET role = 'member' WHERE membership_id = :id"),
            {"id": scene.group.id(name)},
        )
    scene.group.session.expire_all()
    asked = scene.appeal(decision)
    assert asked.at_desk
    assert queries.appeals_waiting(None) == []
    [line] = queries.appeals_at_desk()
    assert line.appeal.id == asked.id
    operations.answer_appeal(DESK, asked, line.case.version, Answer("overturned", "It is fine."))
    assert (scene.state, asked.answered_by_id, asked.person_id) == (
        "visible",
        None,
        DESK.person_id,
    )


def test_whoever_decided_is_staff_too_and_still_does_not_answer(scene: Scene) -> None:
    asked = scene.appeal(scene.decided(who="rita"))
    same = Actor(label="Rita at the desk", person_id=scene.actor("rita").person_id)
    with pytest.raises(NotAllowedError):
        operations.answer_appeal(same, asked, 4, Answer("upheld", "No."))


def test_who_waits_for_whom(scene: Scene) -> None:
    asked = scene.appeal(scene.decided())
    assert queries.appeals_waiting(None, scene.actor("ida")) == []
    [line] = queries.appeals_waiting(None, scene.actor("rita"))
    assert line.appeal == asked
    operations.hand_to_desk(scene.actor("rita"), asked)
    assert queries.appeals_waiting(None) == []


def test_nobody_else_asks_and_nothing_is_asked_about_nothing(scene: Scene) -> None:
    fine = scene.decided("none")
    with pytest.raises(DomainError, match="Nothing followed"):
        scene.appeal(fine)
    scene.offer.body += "\nNow."
    decision = scene.decide(scene.report("chiara"), "message")
    with pytest.raises(NotAllowedError):
        operations.appeal(scene.actor("ben"), decision, "For a friend.")
    with pytest.raises(DomainError, match="say why"):
        operations.appeal(scene.actor("ada"), decision, "  ")


def test_what_another_case_holds_stays_held(scene: Scene) -> None:
    first = scene.decided("returned")
    operations.published(scene.actor("ada"), "offer", scene.offer_id)
    assert scene.state == "visible"
    second = scene.decide(scene.report("chiara"), "removed", who="rita")
    scene.answer(scene.appeal(first), "overturned")
    assert scene.state == "removed"
    scene.answer(scene.appeal(second), "overturned", who="ida")
    assert scene.state == "visible"
    assert isinstance(first, Decision)
    assert scene.group.session.query(Appeal).count() == 2
