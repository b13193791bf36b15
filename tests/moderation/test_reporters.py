"""Found fine is fine until it changes; whose reports are mostly wrong rests, never for safety."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from coachhub.core.db import now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.firms.models import Membership
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Report
from coachhub.moderation.operations import NotNeededError
from moderation.scene import Scene


def test_found_fine_it_is_not_reported_again_until_it_changes(scene: Scene) -> None:
    scene.decide(scene.report(reason="selling"), "none")
    for reason in ("selling", "off_topic"):
        with pytest.raises(NotNeededError, match="keeps the rules"):
            scene.report("chiara", reason)
    scene.offer.body += "\nAnd I sell gold watches."
    scene.group.session.flush()
    again = scene.report("chiara", "selling")
    assert again.state == "open"


def test_a_danger_nobody_had_thought_of_still_gets_through(scene: Scene) -> None:
    scene.decide(scene.report(reason="selling"), "none")
    case = scene.report("chiara", "scam")
    assert (case.state, scene.state) == ("open", "quarantined")
    scene.decide(case, "none")
    with pytest.raises(NotNeededError):
        scene.report("ben", "scam")


def test_taken_back_after_an_appeal_it_counts_as_fine(scene: Scene) -> None:
    decision = scene.decided("removed")
    scene.answer(scene.appeal(decision), "overturned")
    with pytest.raises(NotNeededError):
        scene.report("chiara", "selling")


def reported(scene: Scene, wrong: int, right: int, reason: str = "selling") -> list[Report]:
    """Let Ben report so many texts of Ada's, each decided."""
    session = scene.group.session
    others = [Scene(scene.group, scene.post_another()) for _number in range(wrong + right)]
    cases = [other.report("ben", reason) for other in others]
    for number, case in enumerate(cases):
        scene.decide(case, "none" if number < wrong else "message")
    return session.query(Report).filter_by(reporter_id=scene.group.id("ben")).all()


@pytest.mark.parametrize(
    ("wrong", "right", "rests"),
    [(9, 0, False), (2, 8, False), (3, 7, True), (3, 9, True), (2, 7, False), (3, 10, False)],
)
def test_a_quarter_of_ten_is_too_many(scene: Scene, wrong: int, right: int, rests: bool) -> None:
    reported(scene, wrong, right)
    ben = scene.group.id("ben")
    assert (queries.paused_until(ben) is not None) is rests
    found = queries.accuracy([ben])[ben]
    assert (found.decided, found.right) == (wrong + right, right)
    if rests:
        with pytest.raises(NotNeededError, match="we take no more until"):
            scene.report("ben", "selling")
        assert scene.report("ben", "attack").state == "open"  # safety always reaches us
    else:
        assert scene.report("ben", "selling").state == "open"


def test_safety_reports_do_not_count(scene: Scene) -> None:
    reported(scene, 10, 0, "scam")
    assert queries.paused_until(scene.group.id("ben")) is None


def test_only_the_last_seven_days_count(scene: Scene) -> None:
    rows = reported(scene, 3, 7)
    ben = scene.group.id("ben")
    at = now()
    rows[0].created_at = at - dt.timedelta(days=6)
    scene.group.session.flush()
    until = queries.paused_until(ben)
    assert until == rows[0].created_at + dt.timedelta(days=7)
    with time_machine.travel(until - dt.timedelta(seconds=1), tick=False):
        assert queries.paused_until(ben) == until
    with time_machine.travel(until, tick=False):
        assert queries.paused_until(ben) is None


def test_what_waits_does_not_count(scene: Scene) -> None:
    reported(scene, 3, 6)
    other = Scene(scene.group, scene.post_another())
    other.report("ben", "selling")
    assert queries.paused_until(scene.group.id("ben")) is None


def test_nobody_reports_what_they_cannot_read(scene: Scene, make_member: object) -> None:
    outside: Membership = make_member("Olga Outside")  # type: ignore[operator]  # a fixture
    scene.group.people["olga"] = outside
    with pytest.raises(NotFoundError):
        scene.report("olga")
    client = scene.group.client("olga")
    page = client.get(f"/f/{scene.group.firm.slug}/report/offer/{scene.offer_id}")
    assert page.status_code == 404


def test_the_page_says_what_happens_and_a_needless_report_is_told_kindly(scene: Scene) -> None:
    scene.decide(scene.report(reason="selling"), "none")
    scene.group.session.commit()
    client = scene.group.client("chiara")
    address = f"/f/{scene.group.firm.slug}/report/offer/{scene.offer_id}"
    page = client.get(address).text
    assert "The author never learns who reported it" in page
    assert "By mail you hear what they decide" in page
    answer = client.post(address, data={"reason": "selling"}, follow_redirects=True)
    assert "keeps the rules" in answer.text


def test_holding_what_has_been_decided_is_refused(scene: Scene) -> None:
    case = scene.report()
    scene.decide(case)
    for step in (operations.hold, operations.release):
        with pytest.raises(DomainError, match="has been decided"):
            step(scene.actor("ida"), case)
