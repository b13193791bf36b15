"""The room's screen: steps as plain pages, screens that follow, nothing private on any."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest

from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.introductions.models import Introduction, Round
from fixtures_board_posts import Board
from plugins.huddle.weekly import Group


@pytest.fixture
def filled(group: Group, make_introduction: Callable[..., Introduction]) -> str:
    """Return the address of a huddle with offers, a round of a swap, and homework."""
    [first, *_rest] = group.meets()
    with scope(group.firm.id):
        board = Board(group.session, group.cohort)
        for number in range(8):
            board.offer(group.ada, kind="time", title=f"Hour number {number}")
        board.target(group.ben, company=board.company("Harbour Foods"), roles="Plant manager")
        round_ = Round(
            cohort_id=group.cohort.id, number=3, state="released", released_at=now(),
            max_ring=4, max_chain=0, give_cap=2, receive_cap=2,
        )  # fmt: skip
        group.session.add(round_)
        group.session.flush()
        round_id = round_.id
    swap: dict[str, Any] = {"round_id": round_id, "ring": 1, "reason": "Ben wants Harbour Foods"}
    make_introduction(group.ada, group.ben, group.cohort, state="giver_asked", **swap)
    make_introduction(group.ben, group.ada, group.cohort, state="giver_asked", **swap)
    group.session.commit()
    group.as_(group.coach).post(
        group.page("homework/new"),
        data={"kind": "free", "title": "One small ask", "text": "", "due_on": "2026-10-26"},
    )
    return group.page(str(first.id))


def titles(pages: list[str]) -> list[str]:
    return [re.findall(r"<h1>(.*?)</h1>", page)[0] for page in pages]


def walk(client: Any, start: str) -> list[str]:
    """Follow the links forward, as somebody without scripts does; return the pages."""
    pages = [client.get(start).text]
    while found := re.search(r'rel="next"\s+href="([^"]+)"', pages[-1]):
        pages.append(client.get(found[1]).text)
    return pages


def test_the_steps_are_plain_pages_with_links(group: Group, filled: str) -> None:
    pages = walk(group.as_(group.coach), f"{filled}/present")
    assert titles(pages) == [
        "Monday huddle",
        "New on the board to give (1 of 2)",
        "New on the board to give (2 of 2)",
        "New companies to reach",
        "Round 3",
        "For next time",
        "Thank you",
    ]
    assert "09:30 to 10:30" in pages[0]
    assert pages[1].count("<li>") == 6
    assert "We meet again on Monday, 26 October 2026, at 09:30." in pages[-1]


def test_the_ring_has_no_name_no_company_and_no_reason(group: Group, filled: str) -> None:
    page = walk(group.as_(group.coach), f"{filled}/present")[4]
    assert "2 of us in 2 introductions, 1 swap" in page
    assert page.count("ring-arrow--1") == 2
    inside = page.partition("<main")[2].partition("</main>")[0]
    for private in ("Ada", "Ben", "Harbour", "Plant manager", "wants"):
        assert private not in inside


def test_a_step_that_is_none_shows_the_nearest(group: Group, filled: str) -> None:
    coach = group.as_(group.coach)
    for given, title in (("99", "Thank you"), ("0", "Monday huddle"), ("x", "Monday huddle")):
        assert titles([coach.get(f"{filled}/present?step={given}").text]) == [title]


def test_screens_follow_the_coach_and_nobody_else(group: Group, filled: str) -> None:
    ada, coach = group.as_(group.ada), group.as_(group.coach)
    waiting = ada.get(f"{filled}/follow").text
    assert titles([waiting]) == ["In a moment"]
    ask = re.search(r'hx-get="([^"]+)"', waiting)[1].replace("&amp;", "&")
    assert ada.get(ask).status_code == 204
    assert ada.post(f"{filled}/step", data={"step": "2"}).status_code == 403
    shown = coach.post(f"{filled}/step", data={"step": "2"}, headers={"HX-Request": "true"})
    assert (shown.status_code, shown.text) == (204, "")
    moved = ada.get(ask)
    assert titles([moved.text]) == ["New on the board to give (1 of 2)"]
    again = re.search(r'hx-get="([^"]+)"', moved.text)[1].replace("&amp;", "&")
    assert ada.get(again).status_code == 204
    # Without scripts the same happens by a button and a link.
    assert coach.post(f"{filled}/step", data={"step": "5"}).location.endswith("present?step=5")
    assert titles([ada.get(f"{filled}/follow").text]) == ["Round 3"]


def test_looking_at_a_step_moves_nobodys_screen(group: Group, filled: str) -> None:
    ada, coach = group.as_(group.ada), group.as_(group.coach)
    coach.get(f"{filled}/present?step=4")
    assert titles([ada.get(f"{filled}/follow").text]) == ["In a moment"]
