"""Which one new asset would help most: told before, and held against really having it."""

from __future__ import annotations

import dataclasses
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.cohorts.models import Enrolment
from coachhub.introductions.calendar import today
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import operations, unlocks
from coachhub.introductions.rounds.jobs import look_for_help
from coachhub.introductions.rounds.market import RoundSettings
from coachhub.introductions.rounds.solving import field_of

SETTINGS = RoundSettings()


def told(group: Any, settings: RoundSettings = SETTINGS) -> dict[str, unlocks.Unlock]:
    field = field_of(group.cohort, settings)
    found = unlocks.unlocks_of(group.cohort, field, settings, today())
    return {one.idea.name: one for one in found}


@pytest.fixture
def seeking(group: Any, session: Any) -> Any:
    """Flo looks for work in nursing, as Ada does too, and wants one company that nobody knows."""
    group.flo.fields = ["Nursing"]
    group.ada.fields = ["Nursing", "Energy"]
    group.companies["Solo"] = group.board.company("Solo")
    group.board.target(group.flo, group.companies["Solo"], weight=3)
    session.flush()
    return group


def alumnus(group: Any, make_member: Any, session: Any) -> Any:
    made = make_member("Al Umnus", cohorts=(group.cohort,))
    session.add(made)
    made.landed_on = today()
    session.flush()
    return made


def give(group: Any, who: Any, name: str) -> None:
    """Really have the asset that was told of."""
    kind, about = {
        "A door at Solo": ("door", "Solo"),
        "A door at OMV": ("door", "OMV"),
        "Somebody who worked at OMV": ("insider", "OMV"),
        "A recruiter in Nursing": ("recruiter", "Nursing"),
    }[name]
    if kind == "door":
        group.board.contact(who, group.companies[about], strength=2)
    elif kind == "insider":
        group.board.offer(who, "insider", "Once upon a time", company=group.companies[about])
    else:
        group.board.offer(who, "recruiter", "Somebody", field=about)


@pytest.mark.parametrize(
    "name",
    [
        "A door at Solo",
        "A door at OMV",
        "Somebody who worked at OMV",
        "A recruiter in Nursing",
    ],
)
@pytest.mark.parametrize("chain", [1, 3])
def test_what_is_told_is_what_comes(
    seeking: Any, make_member: Any, session: Any, name: str, chain: int
) -> None:
    """The bound case: a real alumnus with the asset, and the round worked out by the product."""
    settings = dataclasses.replace(SETTINGS, max_chain=chain)
    before = told(seeking, settings)[name]
    without = _round(seeking, settings)
    worth, served = without.worth, _served(without, session)
    operations.drop_draft(seeking.actor(), without)
    give(seeking, alumnus(seeking, make_member, session), name)
    session.flush()
    with_it = _round(seeking, settings)
    assert before.worth == pytest.approx(with_it.worth - worth)
    assert before.members == len(_served(with_it, session) - served)


def _round(group: Any, settings: RoundSettings) -> Round:
    return operations.propose_round(group.actor(), group.cohort, settings)


def _served(round_: Round, session: Any) -> set[Any]:
    steps = select(Introduction.receiver_id).where(Introduction.round_id == round_.id)
    return set(session.scalars(steps))


def test_the_asset_that_reaches_somebody_left_out_comes_first(seeking: Any) -> None:
    found = list(told(seeking).values())
    assert found[0].members == 1
    keys = [(-one.members, -one.worth, one.idea.name) for one in found]
    assert keys == sorted(keys)
    nursing = told(seeking)["A recruiter in Nursing"]
    assert nursing.wanted_by == 2


def test_no_rule_is_passed_for_a_guest(seeking: Any, session: Any) -> None:
    assert "A door at OMV" in told(seeking)
    seeking.flo.keep_from = ["OMV"]
    session.flush()
    assert "A door at OMV" not in told(seeking)
    seeking.cohort.rivals = "first"
    assert told(seeking)["A door at Solo"].wanted_by == 1
    seeking.board.target(seeking.ben, seeking.companies["Solo"])
    session.flush()
    # Flo wanted it first, so Ben waits.
    assert told(seeking)["A door at Solo"].wanted_by == 1


def test_a_round_remembers_what_would_have_helped(seeking: Any, pages: Any) -> None:
    draft = _round(seeking, SETTINGS)
    page = pages.get("/help-most")
    assert "Being worked out" in page.find(id="followed").text
    assert page.find("noscript").find("meta", {"http-equiv": "refresh"})
    look_for_help.run(draft.firm_id, str(draft.id))
    names = [one["name"] for one in draft.unlocks]
    assert names == list(told(seeking))
    page = pages.get(f"/{draft.id}")
    assert names[0] in page.find(id="unlocks").text
    page = pages.get("/help-most", headers={"HX-Target": "div#followed"})
    assert pages.headers["HX-Refresh"] == "true"
    assert page.find(id="followed") is None
    assert [row.find(["th", "td"]).text.strip() for row in page.table.tbody.find_all("tr")] == names
    prefix = pages.prefix.removesuffix("/rounds")
    page = pages.get(f"{prefix}/")
    panel = page.find(id="unlocks")
    assert names[0] in panel.text
    assert panel.find("a", href=lambda url: url and url.endswith("/help-most"))


def test_nothing_is_said_before_there_is_a_round(group: Any, pages: Any, session: Any) -> None:
    assert "Make a round first" in pages.get("/help-most").text
    pages.at(group.ada).get("/help-most")
    assert pages.status == 403
    pages.at(group.coach)
    for enrolment in session.scalars(select(Enrolment).where(Enrolment.role == "member")):
        enrolment.state = "ended"
    session.flush()
    draft = operations.propose_round(group.actor(), group.cohort)
    look_for_help.run(draft.firm_id, str(draft.id))
    assert "Nothing single would help more" in pages.get("/help-most").text


@pytest.mark.parametrize(
    ("chain", "told_so"), [(0, "set chains to 1 or more"), (2, "The next round counts them in")]
)
def test_the_coach_is_told_what_a_guest_needs(
    seeking: Any, pages: Any, chain: int, told_so: str
) -> None:
    draft = _round(seeking, dataclasses.replace(SETTINGS, max_chain=chain))
    look_for_help.run(draft.firm_id, str(draft.id))
    assert told_so in pages.get("/help-most").text
