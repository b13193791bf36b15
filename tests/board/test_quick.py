"""The quick line: what a line is taken for, shown before anything is posted."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from coachhub.board.models import Target
from coachhub.board.quick import Understood, understand
from coachhub.cohorts.models import Cohort
from coachhub.core.tenancy import scope
from fixtures_group import Group

TARGET = {"weight": "2", "stage": "wish"}


def read(group: Group, line: str) -> Understood | None:
    with scope(group.firm.id):
        cohort = group.session.scalars(select(Cohort).where(Cohort.id == group.cohort.id)).one()
        return understand(cohort, line)


@pytest.mark.parametrize(
    ("line", "wanted"),
    [
        (
            "Shell, reservoir engineering, want to learn about their hiring",
            Understood(
                "target",
                "Shell",
                about="reservoir engineering",
                wanted="Their hiring",
                known=True,
                learns=True,
            ),
        ),
        (
            "reservoir engineering; Shell",
            Understood("target", "Shell", about="reservoir engineering", known=True),
        ),
        (
            "Old Mill Bakeries, I want to know how they promote",
            Understood("target", "Old Mill Bakeries", wanted="How they promote", learns=True),
        ),
        (
            "I worked at Shell, well planning",
            Understood("offer", "Shell", about="well planning", known=True),
        ),
        (
            "ask: fifteen minutes with a buyer",
            Understood("ask", about="fifteen minutes with a buyer"),
        ),
    ],
)
def test_a_line_is_read(group: Group, line: str, wanted: Understood) -> None:
    assert read(group, line) == wanted


def test_nothing_is_nothing(group: Group) -> None:
    assert read(group, "  ., ") is None


def test_a_company_on_the_board_is_known_one_in_an_address_book_alone_is_not(
    group: Group,
) -> None:
    ada = group.client("ada")
    ada.post(
        f"{group.base}/new/target",
        data={"company": "Zephyr Mills AG"} | TARGET,
    )
    read_one = read(group, "zephyr mills ag, planning")
    assert read_one is not None
    assert (read_one.company, read_one.known) == ("Zephyr Mills AG", True)


def test_the_page_shows_how_a_line_was_understood_and_posts_nothing(group: Group) -> None:
    ada = group.client("ada")
    line = "Shell, reservoir engineering, want to learn about their hiring"
    page = ada.get(f"{group.base}/quick", query_string={"line": line}).text
    assert "How we understood it" in page
    assert 'value="Shell"' in page
    assert 'value="reservoir engineering"' in page
    assert "Their hiring" in page
    as_ask = ada.get(f"{group.base}/quick", query_string={"line": line, "as": "ask"}).text
    assert "/new/ask" in as_ask
    with scope(group.firm.id):
        assert group.session.scalars(select(Target)).all() == []


def test_an_empty_line_leads_back_to_the_board(group: Group) -> None:
    answer = group.client("ada").get(f"{group.base}/quick", query_string={"line": " "})
    assert answer.status_code == 302
    assert answer.location.endswith("/board")
