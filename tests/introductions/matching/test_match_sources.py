"""Each place that matches come from."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pytest

from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.search import find_matches


@pytest.fixture
def group(
    firm: Any, session: Any, make_cohort: Any, make_member: Any, board_of: Any
) -> Iterator[Any]:
    """Five people in one cohort with its board, inside the firm's scope."""
    cohort = make_cohort()
    people = [make_member(name, cohorts=(cohort,)) for name in ("Ada", "Ben", "Cy", "Di", "Ed")]

    class Group:
        board = board_of(cohort)
        ada, ben, cy, di, ed = people

        def __init__(self) -> None:
            self.cohort = cohort

        def matches(self, **kw: Any) -> list[Match]:
            return find_matches(cohort, **kw)

        def only(self, **kw: Any) -> Match:
            (found,) = self.matches(**kw)
            return found

    with scope(firm.id):
        session.add_all([cohort, *people])
        yield Group()


def test_an_empty_cohort_has_no_matches(group: Any) -> None:
    assert group.matches() == []


def test_a_contact_at_a_target_is_a_door(group: Any) -> None:
    shell = group.board.company("Shell")
    target = group.board.target(group.ada, shell, roles="Logistics planner")
    group.board.contact(group.ben, shell, position="Head of logistics", strength=3)
    match = group.only()
    assert (match.giver_id, match.receiver_id) == (group.ben.id, group.ada.id)
    assert (match.need, match.need_id, match.asset) == ("target", target.id, "door")
    assert match.asset_id == match.company_id == shell.id
    assert match.reason == "A strong door at Shell, in the line of work that is wanted."
    assert 1 <= match.worth <= 100


def test_ones_own_contact_is_no_door(group: Any) -> None:
    shell = group.board.company("Shell")
    group.board.target(group.ada, shell)
    group.board.contact(group.ada, shell)
    assert group.matches() == []


def test_many_contacts_at_one_company_are_one_door_with_the_best_of_them(group: Any) -> None:
    shell = group.board.company("Shell")
    group.board.target(group.ada, shell, roles="Logistics planner")
    group.board.contact(group.ben, shell, position="Cook", strength=1)
    weak = group.only().worth
    group.board.contact(group.ben, shell, position="Logistics manager", strength=2)
    group.board.contact(group.ben, shell, position="Logistics manager", strength=None)
    assert group.only().worth > weak


@pytest.mark.parametrize(
    ("better", "worse"),
    [
        ({"strength": 3}, {"strength": 2}),
        ({"strength": 2}, {"strength": None}),
        ({"strength": None}, {"strength": 1}),
        ({"strength": 1, "worked_together": True}, {"strength": 2}),
        ({"connected_on": dt.date(2026, 1, 1)}, {"connected_on": dt.date(2001, 1, 1)}),
        ({"connected_on": dt.date(2026, 1, 1)}, {"connected_on": None}),
        ({"position": "Logistics planner"}, {"position": "Talent acquisition"}),
        ({"position": "Recruiter"}, {"position": "Cook"}),
    ],
)
def test_what_makes_a_door_stronger(
    group: Any, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    shell = group.board.company("Shell")
    group.board.target(group.ada, shell, roles="Logistics planner")
    group.board.contact(group.ben, shell, **better)
    group.board.contact(group.cy, shell, **worse)
    first, second = group.matches()
    assert first.giver_id == group.ben.id
    assert first.worth > second.worth


def test_what_makes_a_need_matter_more(group: Any) -> None:
    names = ["Important", "Usual", "Little", "Nearly there"]
    companies = [group.board.company(name) for name in names]
    settings = [{"weight": 3}, {"weight": 2}, {"weight": 1}, {"weight": 1, "stage": "offer"}]
    for company, columns in zip(companies, settings, strict=True):
        group.board.target(group.ada, company, **columns)
        group.board.contact(group.ben, company)
    assert [match.company_id for match in group.matches()] == [one.id for one in companies]


def test_older_posts_are_worth_less(group: Any) -> None:
    shell, bp = group.board.company("Shell"), group.board.company("BP")
    group.board.target(group.ada, shell, created_at=now() - dt.timedelta(days=80))
    group.board.target(group.cy, bp, created_at=now() - dt.timedelta(days=3))
    group.board.contact(group.ben, shell)
    group.board.contact(group.ben, bp)
    assert [match.company_id for match in group.matches()] == [bp.id, shell.id]


def test_a_merged_company_is_the_one_it_was_merged_into(group: Any) -> None:
    shell = group.board.company("Shell")
    old = group.board.company("Royal Dutch Shell", merged_into_id=shell.id)
    group.board.target(group.ada, shell)
    group.board.contact(group.ben, old)
    group.board.target(group.cy, old)
    doors = [match for match in group.matches() if match.asset == "door"]
    assert {match.receiver_id for match in doors} == {group.ada.id, group.cy.id}
    assert {match.company_id for match in doors} == {shell.id}


def test_a_door_answers_an_ask_for_one(group: Any) -> None:
    shell = group.board.company("Shell")
    ask = group.board.ask(group.ada, "door", "Who runs the depot?", company=shell)
    group.board.contact(group.ben, shell)
    match = group.only()
    assert (match.need, match.need_id, match.asset) == ("ask", ask.id, "door")


@pytest.mark.parametrize(
    ("kind", "asset"), [("insider", "insider"), ("door", "offer"), ("research", "offer")]
)
def test_an_offer_about_a_target_is_a_match(group: Any, kind: str, asset: str) -> None:
    shell = group.board.company("Shell")
    target = group.board.target(group.ada, shell)
    offer = group.board.offer(group.ben, kind, "What I know", company=shell)
    match = group.only()
    assert (match.asset, match.asset_id, match.need_id) == (asset, offer.id, target.id)
    assert "Shell" in match.reason


def test_inside_knowledge_is_worth_more_than_an_article(group: Any) -> None:
    shell = group.board.company("Shell")
    group.board.target(group.ada, shell)
    group.board.offer(group.ben, "article", "A text", company=shell)
    group.board.offer(group.cy, "insider", "I was there", company=shell)
    assert [match.asset for match in group.matches()] == ["insider", "offer"]


def test_an_offer_answers_an_ask_of_its_kind_with_something_in_common(group: Any) -> None:
    ask = group.board.ask(group.ada, "research", "Salaries in logistics", topics=["salaries"])
    offer = group.board.offer(group.ben, "research", "Pay in Rotterdam", topics=["Salary"])
    group.board.offer(group.cy, "research", "Bird migration", topics=["birds"])
    group.board.offer(group.di, "time", "An hour on salaries", topics=["salaries"])
    match = group.only()
    assert (match.need, match.need_id, match.asset_id) == ("ask", ask.id, offer.id)
    assert match.reason == "An offer of the kind that is asked for; both are about salaries."


def test_topics_tell_more_than_words(group: Any) -> None:
    group.board.ask(group.ada, "time", "Practise interviews in German", topics=["interviews"])
    group.board.offer(group.ben, "time", "Half an hour", topics=["interview"])
    group.board.offer(group.cy, "time", "German over coffee and a long walk by the sea")
    assert [match.giver_id for match in group.matches()] == [group.ben.id, group.cy.id]


def test_asks_and_offers_about_different_companies_do_not_meet(group: Any) -> None:
    shell, bp = group.board.company("Shell"), group.board.company("BP")
    group.board.ask(group.ada, "insider", "Culture of the depot", company=shell)
    group.board.offer(group.ben, "insider", "Culture of the depot", company=bp)
    assert group.matches() == []


def test_a_recruiter_in_the_field_wanted(group: Any, session: Any) -> None:
    group.ada.fields = ["Supply chain"]
    group.cy.titles = ["Nurse"]
    session.flush()
    offer = group.board.offer(group.ben, "recruiter", "Somebody I know", field="supply chains")
    match = group.only()
    assert match.receiver_id == group.ada.id
    assert (match.need, match.need_id, match.asset, match.asset_id, match.places) == (
        "lead",
        offer.id,
        "offer",
        offer.id,
        3,
    )
    assert match.reason == "Knows a recruiter in the field that is wanted: supply and chains."


def test_a_lead_finds_the_members_it_fits(group: Any, session: Any) -> None:
    group.ada.titles, group.ada.places = ["Product manager"], ["Lyon"]
    group.ben.titles, group.ben.places = ["Product owner"], ["Oslo"]
    group.cy.titles = ["Account manager"]
    group.di.fields = ["Energy"]
    session.flush()
    lead = group.board.lead(
        group.ed, "Senior product manager", field="energy", place="Lyon", source="a friend"
    )
    best, other = group.matches()
    assert (best.receiver_id, other.receiver_id) == (group.ada.id, group.di.id)
    assert best.need_id == best.asset_id == lead.id
    assert best.reason == "An opening that fits the role and the place looked for."
    assert best.places == 1


def test_a_remote_lead_fits_every_place(group: Any, session: Any) -> None:
    group.ada.titles, group.ada.places = ["Product manager"], ["Lyon"]
    session.flush()
    group.board.lead(group.ed, "Product manager", place="Remote, or Oslo")
    assert group.only().receiver_id == group.ada.id


def test_a_lead_at_a_target_is_worth_more(group: Any, session: Any) -> None:
    shell = group.board.company("Shell")
    group.ada.titles = group.ben.titles = ["Planner"]
    session.flush()
    group.board.target(group.ada, shell)
    group.board.lead(group.ed, "Planner", company=shell)
    first, second = group.matches()
    assert first.receiver_id == group.ada.id
    assert first.worth > second.worth
    assert first.reason == "An opening at Shell, which is wanted, that fits the role looked for."


def test_two_after_the_same_company_are_buddies_both_ways(group: Any) -> None:
    shell = group.board.company("Shell")
    ada = group.board.target(group.ada, shell, roles="Planner")
    ben = group.board.target(group.ben, shell, roles="Nurse")
    one, other = sorted(group.matches(), key=lambda match: match.giver_id)
    assert (one.asset, one.giver_id, one.need_id, one.asset_id) == (
        "buddy",
        group.ada.id,
        ben.id,
        ada.id,
    )
    assert (other.giver_id, other.need_id) == (group.ben.id, ada.id)
    assert one.reason == "Both are after Shell, and can look together."


def test_the_coach_gives_but_never_receives(group: Any, make_member: Any) -> None:
    coach = make_member("Coach", role="coach", cohorts=(group.cohort,))
    shell = group.board.company("Shell")
    group.board.target(group.ada, shell)
    group.board.target(coach, shell)
    group.board.contact(coach, shell)
    assert {(match.giver_id, match.receiver_id) for match in group.matches()} == {
        (coach.id, group.ada.id)
    }


def test_reasons_never_name_a_person(group: Any) -> None:
    shell = group.board.company("Shell")
    group.board.target(group.ada, shell)
    group.board.contact(group.ben, shell)
    group.board.offer(group.ben, "insider", "I was there", company=shell)
    for match in group.matches():
        for name in ("Ada", "Ben", "Zebulon", "Quackenbush", "zebulon@example.com"):
            assert name not in match.reason


def test_a_very_small_cohort_is_told_only_that_there_is_a_door(
    firm: Any, make_cohort: Any, make_member: Any, board_of: Any
) -> None:
    cohort = make_cohort()
    ada, ben = (make_member(cohorts=(cohort,)) for _ in range(2))
    with scope(firm.id):
        board = board_of(cohort)
        shell = board.company("Shell")
        board.target(ada, shell)
        board.contact(ben, shell, strength=3)
        (match,) = find_matches(cohort)
        assert match.reason == "There is a door at Shell, which is wanted."


def test_only_the_ratio_of_the_coachs_weights_counts(group: Any) -> None:
    shell = group.board.company("Shell")
    group.board.target(group.ada, shell)
    group.board.contact(group.ben, shell, strength=3)
    group.board.offer(group.cy, "insider", "I was there", company=shell)
    usual = [(match.asset, match.worth) for match in group.matches()]
    assert usual[0][0] == "door"
    same = group.matches(weights={"door": 1.0, "insider": 1.0})
    assert [(match.asset, match.worth) for match in same] == usual
    turned = group.matches(weights={"insider": 1.5})
    assert [match.asset for match in turned] == ["insider", "door"]


def test_the_same_board_gives_the_same_matches(group: Any) -> None:
    companies = [group.board.company(f"Company {number}") for number in range(6)]
    for member in (group.ada, group.ben, group.cy, group.di):
        for company in companies:
            group.board.target(member, company)
            group.board.contact(group.ed, company)
            group.board.contact(member, company)
    assert group.matches() == group.matches()
    keys = [match.key for match in group.matches()]
    assert len(set(keys)) == len(keys)
