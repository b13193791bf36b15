"""A member's home: what fits into ten minutes, introductions as lines, mirror, uses."""

from __future__ import annotations

from uuid_utils.compat import uuid7

from coachhub.board.operations import AskDraft, OfferDraft
from coachhub.core.tenancy import scope
from coachhub.firms.hooks import HomeItem
from coachhub.firms.views import _in_ten_minutes
from coachhub.introductions.matching.match import Match
from coachhub.introductions.uses import counted
from fixtures_group import Group


def item(minutes: int) -> HomeItem:
    return HomeItem("t", "x", "/", "Do", minutes=minutes)


def test_ten_minutes_are_what_is_shown_first_and_one_thing_always_is() -> None:
    first, later = _in_ten_minutes([item(5), item(4), item(2), item(1)])
    assert [one.minutes for one in first] == [5, 4]
    assert [one.minutes for one in later] == [2, 1]
    assert _in_ten_minutes([item(30), item(1)]) == ([item(30)], [item(1)])
    assert _in_ten_minutes([]) == ([], [])


def test_home_shows_lines_uses_and_mirror(group: Group) -> None:
    page = group.client("ada").get(f"/f/{group.firm.slug}/").text
    assert "My introductions" in page
    assert "Your mirror" in page
    assert f"{group.base}/rounds/mine" in page


def test_whoever_leads_is_not_asked_for_contacts_first(group: Group) -> None:
    page = group.client("ida").get(f"/f/{group.firm.slug}/").text
    assert "Bring your contacts" not in page
    assert "Bring your contacts" in group.client("ada").get(f"/f/{group.firm.slug}/").text


def test_uses_are_counted_without_names(group: Group) -> None:
    offer = OfferDraft("skill", "I check an Excel model with you", topics=("Excel",))
    ask = AskDraft("skill", "Somebody who looks over my Excel model", topics=("Excel",))
    group.posted("ada", offer)
    group.posted("ben", ask)
    page = group.client("ada").get(f"{group.base}/rounds/mine").text
    assert "1 person in" in page
    assert "can use what you have" in page
    assert "Ben" not in page.partition("uses-here")[2].partition("You could give")[0]


def match(giver: object, receiver: object, asset: str, asset_id: object) -> Match:
    return Match("k", giver, receiver, "ask", uuid7(), asset, asset_id, None, 50.0, "why")  # type: ignore[arg-type]


def test_each_is_counted_once_and_buddies_give_nothing(group: Group) -> None:
    me, one, other, door, offer = (uuid7() for _ in range(5))
    with scope(group.firm.id):
        uses = counted(
            [
                match(me, one, "door", door),
                match(me, one, "offer", offer),
                match(me, other, "offer", offer),
                match(me, other, "buddy", uuid7()),
                match(one, me, "offer", offer),
            ],
            me,
        )
    assert uses.people == 2
    assert [number for _what, number in uses.lines] == [2, 1]
