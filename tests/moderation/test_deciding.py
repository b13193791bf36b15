"""One case, one decision; it can be undone for ten minutes, and a passage can be masked."""

from __future__ import annotations

import threading

import pytest
import time_machine
from sqlalchemy import func, select

from coachhub.core import audit
from coachhub.core.access import platform
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import scope
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Decision, Notice, Penalty, Strike
from coachhub.moderation.operations import MASK, UNDO, DecidedError, Ruling
from moderation.crowd import Crowd
from moderation.scene import PASSAGE, WORDS, Scene, penalty, ruling

AT_ONCE = 50


def test_of_fifty_decisions_at_once_one_counts_and_the_others_hear_which(crowd: Crowd) -> None:
    case_id, moderators = crowd.reported(1), crowd.moderators(AT_ONCE)
    start, heard = threading.Barrier(AT_ONCE), []

    def decide(number: int) -> None:
        with crowd.app.app_context(), scope(crowd.firm_id):
            case = queries.find_case(case_id, None)
            version, effect = case.version, ("removed", "returned", "none")[number % 3]
            db.session.rollback()
            start.wait(timeout=60)
            try:
                made = operations.decide(moderators[number], case, version, ruling(effect))
                heard.append((moderators[number].label, made.id))
                db.session.commit()
            except DecidedError as error:
                heard.append((str(error), error.decision.id if error.decision else None))
                db.session.rollback()
            finally:
                db.session.remove()

    threads = [threading.Thread(target=decide, args=(number,)) for number in range(AT_ONCE)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=120)
    assert len(heard) == AT_ONCE
    [(winner, decision_id)] = [one for one in heard if "already" not in one[0]]
    late = [said for said, seen in heard if "already" in said and seen == decision_id]
    assert len(late) == AT_ONCE - 1
    assert all(
        said.startswith(f"This case has already been decided by {winner}: ") for said in late
    )
    with crowd.app.app_context(), scope(crowd.firm_id):
        assert db.session.scalar(select(func.count()).select_from(Decision)) == 1
        assert [one.action for one in audit.entries(action="case.decided")] == ["case.decided"]


def test_undone_within_ten_minutes_all_is_as_it_was_and_nobody_hears(scene: Scene) -> None:
    session = scene.group.session
    case = scene.report()
    decision = scene.decide(case, strike=True, penalties=(penalty("held"), penalty("suspended")))
    assert scene.standing("ada") == "suspended"
    operations.undo(scene.actor("rita"), case)
    assert (scene.state, case.state, case.outcome) == ("quarantined", "claimed", "")
    assert scene.standing("ada") == "active"
    assert not queries.strikes_of(scene.group.id("ada"))
    assert all(one.lifted_at for one in session.scalars(select(Penalty)))
    assert session.scalars(select(Strike.lifted_at)).one() is not None
    kinds = session.scalars(select(Notice.kind).where(Notice.about == decision.id)).all()
    assert kinds == []
    assert audit.entries(action="case.decision_undone")
    again = scene.decide(case, "none", who="rita")
    assert queries.decision_of(case) == again
    assert scene.state == "visible"


def test_undone_later_is_too_late(scene: Scene) -> None:
    case = scene.report()
    scene.decide(case)
    with (
        time_machine.travel(now() + UNDO, tick=False),
        pytest.raises(DomainError, match="too late"),
    ):
        operations.undo(scene.actor("ida"), case)
    assert scene.state == "removed"


@pytest.mark.parametrize(
    ("given", "why"),
    [
        (Ruling("upheld", "scam"), "choose what follows"),
        (Ruling("not_upheld", "scam", "removed"), "stays as it is"),
        (Ruling("upheld", "", "removed"), "choose the rule"),
        (Ruling("upheld", "no such rule", "removed"), "choose the rule"),
        (Ruling("upheld", "scam", "burnt"), "choose what follows"),
        (Ruling("upheld", "scam", "removed", "not there"), "passage is not in"),
        (Ruling("upheld", "scam", "redacted"), "cannot be masked"),
        (Ruling("upheld", "scam", "message"), "what the author should hear"),
        (Ruling("upheld", "scam", "message", message="x", strike=True), "not a strike"),
        (
            Ruling("upheld", "scam", "message", message="x", penalties=(penalty("held"),)),
            "not a strike",
        ),
        (Ruling("upheld", "scam", "removed", penalties=(penalty("held", 0),)), "1 to 365 days"),
        (Ruling("upheld", "scam", "removed", penalties=(penalty("exile"),)), "no penalty"),
        (Ruling("upheld", "scam", "removed", penalties=(penalty("held"),) * 2), "Each penalty"),
        (Ruling("duplicate"), "needs the other case"),
    ],
)
def test_a_ruling_holds_together(scene: Scene, given: Ruling, why: str) -> None:
    case = scene.report()
    with pytest.raises(DomainError, match=why):
        operations.decide(scene.actor("ida"), case, case.version, given)


def test_a_masked_passage_comes_back_in_the_authors_own_words(scene: Scene) -> None:
    case = scene.report()
    scene.decide(case, "redacted")
    assert scene.offer.body == WORDS.replace(PASSAGE, MASK)
    page = scene.group.client("ben").get(f"{scene.group.base}/board").text
    assert MASK in page
    assert PASSAGE not in page
    assert "Only you see this" not in page
    operations.undo(scene.actor("ida"), case)
    assert scene.offer.body == WORDS


def test_what_the_author_wrote_since_is_not_written_over(scene: Scene) -> None:
    case = scene.report()
    decision = scene.decide(case, "redacted")
    scene.offer.body = "I read your CV."
    scene.answer(scene.appeal(decision), "overturned")
    assert (scene.state, scene.offer.body) == ("visible", "I read your CV.")


def test_two_masked_passages_and_one_taken_back(scene: Scene) -> None:
    scene.decided("redacted")
    case = scene.report("chiara")
    second = scene.decide(case, "redacted", who="rita", passage="I read your CV.")
    assert scene.offer.body == f"{MASK}\nSend your {MASK} first."
    scene.answer(scene.appeal(second), "overturned", who="ida")
    assert scene.offer.body == WORDS.replace(PASSAGE, MASK)
    assert scene.state == "redacted"


def test_a_duplicate_takes_over_what_followed_without_a_second_strike(scene: Scene) -> None:
    first = scene.decided("removed", strike=True)
    twin_id = scene.offer_id
    other = Scene(scene.group, scene.post_another())
    case = other.report("chiara")
    like = Ruling("duplicate", duplicate_of=first.case_id)
    made = operations.decide(scene.actor("rita"), case, case.version, like)
    assert (made.effect, made.rule, other.state) == ("removed", "scam", "removed")
    assert case.target_id != twin_id
    assert len(queries.strikes_of(scene.group.id("ada"))) == 1


def test_a_machines_decision_says_so(scene: Scene) -> None:
    case = scene.report()
    machine = platform("watched words")
    made = operations.decide(machine, case, case.version, ruling("returned"))
    assert made.by_machine
    assert made.person_id is None
    with pytest.raises(DecidedError, match="decided by a machine: the report was upheld; the text"):
        scene.decide(case)
