"""No illegal step, in code or in the database: as a model, and by raw SQL."""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.stateful import run_state_machine_as_test
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from coachhub.core.db import Base
from coachhub.core.errors import DomainError
from coachhub.moderation import operations
from coachhub.moderation.models import CONTENT_STATES
from moderation.machine import Machine
from moderation.scene import Scene

# `make soak-moderation` runs 2,000 of 50 steps.
RUNS, STEPS = int(os.environ.get("MODERATION_RUNS", "15")), 50


def test_whatever_anybody_tries_in_any_order(scene: Scene) -> None:
    Machine.scene = scene
    few = settings(
        max_examples=RUNS,
        stateful_step_count=STEPS,
        deadline=None,
        phases=(Phase.generate,),  # a failure tells enough as it is
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(Machine, settings=few)


def refused(scene: Scene, statement: str, **values: Any) -> str:
    """Try a statement as the application's role; return why the database refuses it."""
    session = scene.group.session
    session.flush()
    inner = session.begin_nested()
    with pytest.raises(IntegrityError) as error:
        session.connection().execute(text(statement), values)
    inner.rollback()
    session.expire_all()
    return str(error.value.orig).partition("\n")[0]


@pytest.mark.parametrize("before", CONTENT_STATES)
@pytest.mark.parametrize("after", CONTENT_STATES)
def test_a_text_moves_by_way_of_quarantine_only(scene: Scene, before: str, after: str) -> None:
    session = scene.group.session
    write = text("UPDATE board_offer SET moderation = :state WHERE id = :id")
    for state in ("quarantined", before):
        session.connection().execute(write, {"state": state, "id": scene.offer_id})
    if before == after or "quarantined" in {before, after}:
        session.connection().execute(write, {"state": after, "id": scene.offer_id})
        return
    why = refused(
        scene,
        "UPDATE board_offer SET moderation = :state WHERE id = :id",
        state=after,
        id=scene.offer_id,
    )
    assert why == f"A text does not go from {before} to {after}."


def test_every_text_that_can_be_held_is_watched_by_the_database(scene: Scene) -> None:
    """Plugins' tables too: what has a column `moderation` has the trigger."""
    held = {
        name
        for name, table in Base.metadata.tables.items()
        if "moderation" in table.columns and "owner_id" in table.columns
    }
    watched = scene.group.session.connection().execute(
        text(
            "SELECT relname FROM pg_trigger JOIN pg_class ON pg_class.oid = tgrelid"
            " WHERE tgname = 'content_step'"
        )
    )
    assert held <= {row.relname for row in watched}
    assert len(held) > 10


def test_a_case_is_never_decided_by_hand(scene: Scene) -> None:
    case = scene.report()
    step = "UPDATE moderation_case SET state = :state, outcome = :out, version = version + 1"
    assert "does not go from open to decided" in refused(scene, step, state="decided", out="upheld")
    operations.claim(scene.actor("ida"), case, case.version)
    why = refused(scene, step, state="decided", out="upheld")
    assert why == "A case is decided by a decision."
    scene.decide(case)
    assert refused(scene, step, state="claimed", out="") == "The decision on this case stands."
    again = "UPDATE moderation_case SET outcome = 'not_upheld'"
    assert refused(scene, again) == "A case is decided step by step."
    other = "UPDATE moderation_case SET evidence = 'something else'"
    assert refused(scene, other) == "The evidence of a decided case stays as it is."


def test_a_decision_stays_as_it_was_made(scene: Scene) -> None:
    decision = scene.decided()
    for column, value in (("effect", "message"), ("rule", "selling"), ("message", "other words")):
        change = f"UPDATE moderation_decision SET {column} = :value"  # noqa: S608 - our own names
        why = refused(scene, change, value=value)
        assert why == "A decision stays as it was made."
    copied = (
        "INSERT INTO moderation_decision SELECT (jsonb_populate_record(one,"
        " jsonb_build_object('id', gen_random_uuid()))).* FROM moderation_decision AS one"
        " WHERE id = :id"
    )
    assert refused(scene, copied, id=decision.id) == "This case has been decided."


def test_nobody_decides_about_their_own_words(scene: Scene) -> None:
    case = scene.report()
    with pytest.raises(DomainError, match="your own words"):
        scene.decide(case, who="ada")
    why = refused(
        scene,
        "INSERT INTO moderation_decision (firm_id, id, created_at, case_id, person_id, by_machine,"
        " outcome, rule, passage, effect, message, text_mark, before) VALUES (:firm,"
        " gen_random_uuid(), now(), :case, :person, false, 'upheld', 'scam', '', 'removed', '',"
        " '', 'visible')",
        firm=case.firm_id,
        case=case.id,
        person=scene.actor("ada").person_id,
    )
    assert why == "Nobody decides about their own words."
