"""A promise is its giver's to move, what came of it its receiver's to tell, and only once met."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from uuid_utils.compat import uuid7

from coachhub.board.models import Lead
from coachhub.core.access import Actor
from coachhub.core.errors import NotAllowedError, NotFoundError
from coachhub.introductions import life, promises, queries, shortlists, standing
from coachhub.introductions.calendar import in_days
from coachhub.introductions.models import Introduction
from fixtures_circle import Circle

Act = Callable[[Actor, Introduction], object]
GIVERS: dict[str, Act] = {
    "more time": lambda who, row: promises.more_time(who, row, in_days(10)),
    "keep": promises.keep,
    "let go": promises.let_go,
}
RECEIVERS: dict[str, Act] = {
    "outcome": lambda who, row: promises.report_outcome(who, row, "meeting", "We spoke."),
    "thanks": lambda who, row: promises.thank(who, row, "Thank you, that helped."),
}


def told(row: Introduction) -> tuple[object, ...]:
    return row.state, row.due_on, row.kept_at, row.outcome_kind, row.thanked_at


@pytest.mark.parametrize("what", [*GIVERS, *RECEIVERS])
def test_nobody_else_does_it_and_nobody_before_they_met(here: Circle, what: str) -> None:
    act, whose = (GIVERS | RECEIVERS)[what], "giver" if what in GIVERS else "receiver"
    row = here.at("receiver_asked", asset="offer")
    before = told(row)
    for who in ("giver", "receiver", "coach"):
        with pytest.raises(NotFoundError):
            act(here.act(who), row)
    assert told(row) == before
    here.receiver_yes(row)
    assert row.state == "introduced"
    before = told(row)
    for who in {"giver", "receiver", "coach"} - {whose}:
        with pytest.raises(NotFoundError):
            act(here.act(who), row)
    assert told(row) == before
    act(here.act(whose), row)
    assert told(row) != before


def test_a_later_givers_turn_has_no_address_for_the_receiver_before_they_met(here: Circle) -> None:
    row = here.asked("offer", request_id=uuid7())
    here.giver_yes(row)
    receiver, giver = here.act("receiver"), here.act("giver")
    assert queries.one(giver, row.id)[0] is row
    with pytest.raises(NotFoundError):
        queries.one(receiver, row.id)
    here.receiver_yes(row)
    assert queries.one(receiver, row.id)[0] is row


def test_only_who_leads_the_cohort_reminds_and_stops(here: Circle) -> None:
    row = here.asked("offer")
    for act in (life.nudge, life.stop):
        for who in ("giver", "receiver"):
            with pytest.raises(NotAllowedError):
                act(here.act(who), row)
    assert row.state == "giver_asked"
    assert life.nudge(here.act("coach"), row)
    assert life.stop(here.act("coach"), row).state == "stopped"


def test_a_coachs_pages_are_of_one_cohort(here: Circle, make_cohort: Any) -> None:
    row, proposed = here.asked("offer"), here.propose()
    assert standing.in_cohort(here.cohort, row.id) is row
    with pytest.raises(NotFoundError):
        standing.in_cohort(here.cohort, proposed.id)
    with pytest.raises(NotFoundError):
        standing.in_cohort(make_cohort(firm=here.firm), row.id)


def test_a_shortlist_is_its_leads_owners(here: Circle) -> None:
    found = {
        kind: Lead(
            cohort_id=here.cohort.id, owner_id=here.giver.id, kind=kind, title="A search",
            expires_on=in_days(30),
        )
        for kind in ("recruiter", "opening")
    }  # fmt: skip
    here.session.add_all(found.values())
    here.session.flush()
    for kind, who in (("recruiter", "receiver"), ("recruiter", "coach"), ("opening", "giver")):
        with pytest.raises(NotFoundError):
            shortlists.send_shortlist(here.act(who), found[kind], [uuid7()])
    with pytest.raises(shortlists.ShortlistError):
        shortlists.send_shortlist(here.act("giver"), found["recruiter"], [uuid7()])
