"""Each place that matches come from."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest

from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.introductions.matching.search import find_matches


def test_an_empty_cohort_has_no_matches(five: Any) -> None:
    assert five.matches() == []


def test_a_contact_at_a_target_is_a_door(five: Any) -> None:
    shell = five.board.company("Shell")
    target = five.board.target(five.ada, shell, roles="Logistics planner")
    five.board.contact(five.ben, shell, position="Head of logistics", strength=3)
    match = five.only()
    assert (match.giver_id, match.receiver_id) == (five.ben.id, five.ada.id)
    assert (match.need, match.need_id, match.asset) == ("target", target.id, "door")
    assert match.asset_id == match.company_id == shell.id
    assert match.reason == "A strong door at Shell, in the line of work that is wanted."
    assert 1 <= match.worth <= 100


def test_ones_own_contact_is_no_door(five: Any) -> None:
    shell = five.board.company("Shell")
    five.board.target(five.ada, shell)
    five.board.contact(five.ada, shell)
    assert five.matches() == []


def test_many_contacts_at_one_company_are_one_door_with_the_best_of_them(five: Any) -> None:
    shell = five.board.company("Shell")
    five.board.target(five.ada, shell, roles="Logistics planner")
    five.board.contact(five.ben, shell, position="Cook", strength=1)
    weak = five.only().worth
    five.board.contact(five.ben, shell, position="Logistics manager", strength=2)
    five.board.contact(five.ben, shell, position="Logistics manager", strength=None)
    assert five.only().worth > weak


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
    five: Any, better: dict[str, Any], worse: dict[str, Any]
) -> None:
    shell = five.board.company("Shell")
    five.board.target(five.ada, shell, roles="Logistics planner")
    five.board.contact(five.ben, shell, **better)
    five.board.contact(five.cy, shell, **worse)
    first, second = five.matches()
    assert first.giver_id == five.ben.id
    assert first.worth > second.worth


def test_what_makes_a_need_matter_more(five: Any) -> None:
    names = ["Important", "Usual", "Little", "Nearly there"]
    companies = [five.board.company(name) for name in names]
    settings = [{"weight": 3}, {"weight": 2}, {"weight": 1}, {"weight": 1, "stage": "offer"}]
    for company, columns in zip(companies, settings, strict=True):
        five.board.target(five.ada, company, **columns)
        five.board.contact(five.ben, company)
    assert [match.company_id for match in five.matches()] == [one.id for one in companies]


def test_older_posts_are_worth_less(five: Any) -> None:
    shell, bp = five.board.company("Shell"), five.board.company("BP")
    five.board.target(five.ada, shell, created_at=now() - dt.timedelta(days=80))
    five.board.target(five.cy, bp, created_at=now() - dt.timedelta(days=3))
    five.board.contact(five.ben, shell)
    five.board.contact(five.ben, bp)
    assert [match.company_id for match in five.matches()] == [bp.id, shell.id]


def test_a_merged_company_is_the_one_it_was_merged_into(five: Any) -> None:
    shell = five.board.company("Shell")
    old = five.board.company("Royal Dutch Shell", merged_into_id=shell.id)
    five.board.target(five.ada, shell)
    five.board.contact(five.ben, old)
    five.board.target(five.cy, old)
    doors = [match for match in five.matches() if match.asset == "door"]
    assert {match.receiver_id for match in doors} == {five.ada.id, five.cy.id}
    assert {match.company_id for match in doors} == {shell.id}


def test_a_door_answers_an_ask_for_one(five: Any) -> None:
    shell = five.board.company("Shell")
    ask = five.board.ask(five.ada, "door", "Who runs the depot?", company=shell)
    five.board.contact(five.ben, shell)
    match = five.only()
    assert (match.need, match.need_id, match.asset) == ("ask", ask.id, "door")


@pytest.mark.parametrize(
    ("kind", "asset"), [("insider", "insider"), ("door", "offer"), ("research", "offer")]
)
def test_an_offer_about_a_target_is_a_match(five: Any, kind: str, asset: str) -> None:
    shell = five.board.company("Shell")
    target = five.board.target(five.ada, shell)
    offer = five.board.offer(five.ben, kind, "What I know", company=shell)
    match = five.only()
    assert (match.asset, match.asset_id, match.need_id) == (asset, offer.id, target.id)
    assert "Shell" in match.reason


def test_inside_knowledge_is_worth_more_than_an_article(five: Any) -> None:
    shell = five.board.company("Shell")
    five.board.target(five.ada, shell)
    five.board.offer(five.ben, "article", "A text", company=shell)
    five.board.offer(five.cy, "insider", "I was there", company=shell)
    assert [match.asset for match in five.matches()] == ["insider", "offer"]


def test_an_offer_answers_an_ask_of_its_kind_with_something_in_common(five: Any) -> None:
    ask = five.board.ask(five.ada, "research", "Salaries in logistics", topics=["salaries"])
    offer = five.board.offer(five.ben, "research", "Pay in Rotterdam", topics=["Salary"])
    five.board.offer(five.cy, "research", "Bird migration", topics=["birds"])
    five.board.offer(five.di, "time", "An hour on salaries", topics=["salaries"])
    match = five.only()
    assert (match.need, match.need_id, match.asset_id) == ("ask", ask.id, offer.id)
    assert match.reason == "An offer of the kind that is asked for; both are about salaries."


def test_topics_tell_more_than_words(five: Any) -> None:
    five.board.ask(five.ada, "time", "Practise interviews in German", topics=["interviews"])
    five.board.offer(five.ben, "time", "Half an hour", topics=["interview"])
    five.board.offer(five.cy, "time", "German over coffee and a long walk by the sea")
    assert [match.giver_id for match in five.matches()] == [five.ben.id, five.cy.id]


def test_asks_and_offers_about_different_companies_do_not_meet(five: Any) -> None:
    shell, bp = five.board.company("Shell"), five.board.company("BP")
    five.board.ask(five.ada, "insider", "Culture of the depot", company=shell)
    five.board.offer(five.ben, "insider", "Culture of the depot", company=bp)
    assert five.matches() == []


def test_a_recruiter_in_the_field_wanted(five: Any, session: Any) -> None:
    five.ada.fields = ["Supply chain"]
    five.cy.titles = ["Nurse"]
    session.flush()
    offer = five.board.offer(five.ben, "recruiter", "Somebody I know", field="supply chains")
    match = five.only()
    assert match.receiver_id == five.ada.id
    assert (match.need, match.need_id, match.asset, match.asset_id, match.places) == (
        "lead",
        offer.id,
        "offer",
        offer.id,
        3,
    )
    assert match.reason == "Knows a recruiter in the field that is wanted: supply and chains."


def test_a_lead_finds_the_members_it_fits(five: Any, session: Any) -> None:
    five.ada.titles, five.ada.places = ["Product manager"], ["Lyon"]
    five.ben.titles, five.ben.places = ["Product owner"], ["Oslo"]
    five.cy.titles = ["Account manager"]
    five.di.fields = ["Energy"]
    session.flush()
    lead = five.board.lead(
        five.ed, "Senior product manager", field="energy", place="Lyon", source="a friend"
    )
    best, other = five.matches()
    assert (best.receiver_id, other.receiver_id) == (five.ada.id, five.di.id)
    assert best.need_id == best.asset_id == lead.id
    assert best.reason == "An opening that fits the role and the place looked for."
    assert best.places == 1


def test_a_remote_lead_fits_every_place(five: Any, session: Any) -> None:
    five.ada.titles, five.ada.places = ["Product manager"], ["Lyon"]
    session.flush()
    five.board.lead(five.ed, "Product manager", place="Remote, or Oslo")
    assert five.only().receiver_id == five.ada.id


def test_a_lead_at_a_target_is_worth_more(five: Any, session: Any) -> None:
    shell = five.board.company("Shell")
    five.ada.titles = five.ben.titles = ["Planner"]
    session.flush()
    five.board.target(five.ada, shell)
    five.board.lead(five.ed, "Planner", company=shell)
    first, second = five.matches()
    assert first.receiver_id == five.ada.id
    assert first.worth > second.worth
    assert first.reason == "An opening at Shell, which is wanted, that fits the role looked for."


def test_two_after_the_same_company_are_buddies_both_ways(five: Any) -> None:
    shell = five.board.company("Shell")
    ada = five.board.target(five.ada, shell, roles="Planner")
    ben = five.board.target(five.ben, shell, roles="Nurse")
    one, other = sorted(five.matches(), key=lambda match: match.giver_id)
    assert (one.asset, one.giver_id, one.need_id, one.asset_id) == (
        "buddy",
        five.ada.id,
        ben.id,
        ada.id,
    )
    assert (other.giver_id, other.need_id) == (five.ben.id, ada.id)
    assert one.reason == "Both are after Shell, and can look together."


def test_the_coach_gives_but_never_receives(five: Any, make_member: Any) -> None:
    coach = make_member("Coach", role="coach", cohorts=(five.cohort,))
    shell = five.board.company("Shell")
    five.board.target(five.ada, shell)
    five.board.target(coach, shell)
    five.board.contact(coach, shell)
    assert {(match.giver_id, match.receiver_id) for match in five.matches()} == {
        (coach.id, five.ada.id)
    }


def test_reasons_never_name_a_person(five: Any) -> None:
    shell = five.board.company("Shell")
    five.board.target(five.ada, shell)
    five.board.contact(five.ben, shell)
    five.board.offer(five.ben, "insider", "I was there", company=shell)
    for match in five.matches():
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


def test_only_the_ratio_of_the_coachs_weights_counts(five: Any) -> None:
    shell = five.board.company("Shell")
    five.board.target(five.ada, shell)
    five.board.contact(five.ben, shell, strength=3)
    five.board.offer(five.cy, "insider", "I was there", company=shell)
    usual = [(match.asset, match.worth) for match in five.matches()]
    assert usual[0][0] == "door"
    same = five.matches(weights={"door": 1.0, "insider": 1.0})
    assert [(match.asset, match.worth) for match in same] == usual
    turned = five.matches(weights={"insider": 1.5})
    assert [match.asset for match in turned] == ["insider", "door"]


def test_the_same_board_gives_the_same_matches(five: Any) -> None:
    companies = [five.board.company(f"Company {number}") for number in range(6)]
    for member in (five.ada, five.ben, five.cy, five.di):
        for company in companies:
            five.board.target(member, company)
            five.board.contact(five.ed, company)
            five.board.contact(member, company)
    assert five.matches() == five.matches()
    keys = [match.key for match in five.matches()]
    assert len(set(keys)) == len(keys)
