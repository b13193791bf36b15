"""The shared board: what is on it, how it is searched, who sees what."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import update

from coachhub.board.models import Ask, Offer
from coachhub.board.operations import AskDraft, LeadDraft, OfferDraft, TargetDraft
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from fixtures_group import Group

BREAD = OfferDraft("treat", "Walnut bread on Mondays before interviews")
NORDLICHT = OfferDraft(
    "insider", "Six years in controlling there", company="Nordlicht GmbH", topics=("SAP",)
)
BUYERS = AskDraft("insider", "Fifteen minutes on how their buyers choose", company="Harbour Foods")
PLANNER = LeadDraft(
    "opening", "Maintenance planner", place="Rotterdam", source="Tom Secret of Delta"
)


def text_of(group: Group, name: str, query: str = "") -> str:
    answer = group.client(name).get(f"{group.base}/board{query}")
    assert answer.status_code == 200
    soup = BeautifulSoup(answer.text, "html.parser")
    found = soup.select_one("#results")
    assert found is not None
    return " ".join(found.get_text(" ").split())


def test_everybody_sees_offers_asks_and_leads(group: Group) -> None:
    group.posted("ada", BREAD)
    group.posted("ada", BUYERS)
    group.posted("ben", PLANNER)
    for name in ("ada", "ben", "chiara", "ida"):
        page = text_of(group, name)
        assert "Walnut bread on Mondays" in page
        assert "how their buyers choose" in page
        assert "Maintenance planner" in page
        assert "Rotterdam" in page


def test_a_leads_source_is_on_no_page(group: Group) -> None:
    lead = group.posted("ben", PLANNER)
    for name in ("ada", "ida"):
        client = group.client(name)
        for page in ("/board", f"/people/{group.id('ben')}"):
            assert "Tom Secret" not in client.get(group.base + page).text
        assert client.get(f"{group.base}/posts/lead/{lead}/edit").status_code == 404
    own = group.client("ben").get(f"{group.base}/posts/lead/{lead}/edit")
    assert "Tom Secret" in own.text


@pytest.mark.parametrize(
    ("query", "found", "left_out"),
    [
        ("?q=walnut", ["Walnut"], ["controlling", "planner"]),
        ("?q=nordlicht", ["controlling"], ["Walnut"]),
        ("?q=NORDLICHT+gmbh", ["controlling"], ["Walnut"]),
        ("?q=ben+liang", ["planner"], ["Walnut", "controlling"]),
        ("?q=sap", ["controlling"], ["Walnut"]),
        ("?q=100%25_", ["Nothing like that"], ["Walnut"]),
        ("?post=lead", ["planner"], ["Walnut"]),
        ("?kind=treat", ["Walnut"], ["controlling", "planner"]),
        ("?topic=SAP", ["controlling"], ["Walnut", "planner"]),
        ("?show=mine", ["Walnut", "controlling"], ["planner"]),
        ("?post=nonsense&page=900&topic=%00", ["Walnut"], []),
    ],
)
def test_search_and_filters(
    group: Group, query: str, found: list[str], left_out: list[str]
) -> None:
    group.posted("ada", BREAD)
    group.posted("ada", NORDLICHT)
    group.posted("ben", PLANNER)
    page = text_of(group, "ada", query)
    if "page=900" in query:
        page = text_of(group, "ada", query.replace("page=900", "page=1"))
    for word in found:
        assert word in page
    for word in left_out:
        assert word not in page


def test_a_rivals_target_has_no_name(group: Group) -> None:
    group.posted("ada", TargetDraft("Harbour Foods", roles="Head of planning"))
    group.posted("ben", TargetDraft("Harbour Foods Inc.", roles="Secret role of Ben"))
    page = text_of(group, "ada")
    assert "Head of planning" in page
    assert "Ben Liang" not in page
    assert "Secret role" not in page
    assert "2 members want to reach it" in page
    assert "One more member wants to reach it too" in page
    # Neither by a search for the person or the role, nor on the company's or person's page.
    for query in ("?q=ben+liang", "?q=secret+role"):
        assert "Harbour" not in text_of(group, "ada", query)
    member = group.client("ada").get(f"{group.base}/people/{group.id('ben')}").text
    assert "Harbour" not in member
    link = re.search(
        r'href="([^"]*/companies/[^"]*)"', group.client("ada").get(f"{group.base}/board").text
    )
    assert link is not None
    company = group.client("ada").get(link[1]).text
    assert "Secret role" not in company
    assert "Ben Liang" not in company


def test_others_see_the_name_and_so_does_the_coach(group: Group) -> None:
    group.posted("ada", TargetDraft("Harbour Foods", roles="Head of planning"))
    group.posted("ben", TargetDraft("Harbour Foods", roles="Plant engineer"))
    for name in ("chiara", "ida"):
        page = text_of(group, name)
        assert "Ada Osei" in page
        assert "Ben Liang" in page
        assert "Plant engineer" in page


def test_taking_ones_own_target_off_shows_no_rival(group: Group) -> None:
    own = group.posted("ada", TargetDraft("Harbour Foods"))
    group.posted("ben", TargetDraft("Harbour Foods"))
    group.client("ada").post(f"{group.base}/posts/target/{own}/close")
    assert "Ben Liang" not in text_of(group, "ada", "?q=harbour")


@pytest.mark.parametrize("state", ["quarantined", "returned", "removed"])
def test_held_posts_are_shown_to_their_author_only(group: Group, state: str) -> None:
    group.posted("ada", BREAD)
    with scope(group.firm.id):
        for step in dict.fromkeys(("quarantined", state)):
            group.session.execute(update(Offer).values(moderation=step))
        group.session.commit()
    assert "Only you see this" in text_of(group, "ada")
    for name in ("ben", "ida"):
        assert "Walnut" not in text_of(group, name)


def test_closed_expired_and_leavers_posts_are_gone(group: Group) -> None:
    group.posted("ada", BREAD)
    ask = group.posted("ben", BUYERS)
    group.client("ben").post(f"{group.base}/posts/ask/{ask}/close")
    assert "buyers" not in text_of(group, "ada")
    with scope(group.firm.id):
        group.session.execute(update(Ask).values(closed_at=None, expires_on="2020-01-01"))
        group.session.commit()
    assert "buyers" not in text_of(group, "ada")
    with scope(group.firm.id):
        group.session.execute(
            update(Membership).where(Membership.name == "Ada Osei").values(state="suspended")
        )
        group.session.commit()
    assert "Walnut" not in text_of(group, "ben")


def test_the_board_has_pages(group: Group) -> None:
    with scope(group.firm.id):
        for number in range(23):
            group.post("ada", OfferDraft("skill", f"Half an hour on pivot table number {number}"))
        group.session.commit()
    first, second = text_of(group, "ben"), text_of(group, "ben", "?page=2")
    assert "1 to 20 of 23 posts" in first
    assert "number 22" in first
    assert "number 0" in second
    assert "number 22" not in second


def test_an_empty_board_says_what_to_do(group: Group) -> None:
    assert "It begins with one offer" in text_of(group, "ada")
