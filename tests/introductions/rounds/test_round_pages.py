"""The pages of rounds, as the coach and as a member."""

from __future__ import annotations

from typing import Any

import pytest
from bs4 import BeautifulSoup
from sqlalchemy import select

from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds import operations, release, solving
from coachhub.introductions.rounds.jobs import look_for_help


@pytest.fixture
def draft(group: Any) -> Round:
    return operations.propose_round(group.actor(), group.cohort)


def words(page: BeautifulSoup) -> str:
    return " ".join(page.main.get_text(" ").split())


def test_the_list_offers_to_make_a_round(pages: Any) -> None:
    page = pages.get("/")
    assert "There are 6 possible introductions between 6 members" in words(page)
    page = pages.post("/")
    assert pages.status == 200
    assert page.h1.text == "Round 1"


@pytest.mark.parametrize(
    ("emptied", "told"),
    [
        (("contacts",), "Nobody has offers yet"),
        (("contacts", "targets"), "Nobody has said what they need yet"),
        (("contacts", "targets", "members"), "Nobody is here yet"),
    ],
)
def test_empty_states_say_what_to_do(
    pages: Any, session: Any, emptied: tuple[str, ...], told: str
) -> None:
    from coachhub.board.models import Target  # noqa: PLC0415 - read here only
    from coachhub.cohorts.models import Enrolment  # noqa: PLC0415 - read here only
    from coachhub.contacts.models import Contact  # noqa: PLC0415 - read here only

    rows = {
        "contacts": select(Contact),
        "targets": select(Target),
        "members": select(Enrolment).where(Enrolment.role == "member"),
    }
    for name in emptied:
        for row in session.scalars(rows[name]).all():
            session.delete(row)
    session.flush()
    page = pages.get("/")
    assert told in words(page)
    assert not page.find("button", string="Make a round")


def test_the_studio_shows_the_round(pages: Any, draft: Round) -> None:
    look_for_help.run(draft.firm_id, str(draft.id))
    page = pages.get(f"/{draft.id}")
    assert pages.status == 200
    text = words(page)
    assert "Introductions 5 chosen from 6 possible ones" in text
    assert "Members who receive 5 of 6" in text
    assert "100 % of the best possible" in text
    assert "A strong door at Shell, which is wanted." in text
    picture = page.find("svg", class_="ring-picture")
    assert len(picture.find_all("circle", class_="ring-node")) == 6
    assert len(picture.find_all("path", class_="ring-edge")) == 5
    assert len(picture.find_all("circle", class_="ring-node--waiting")) == 1
    assert picture["aria-label"]
    tables = page.find_all("table")
    assert sum("Ben Example" in table.text for table in tables) >= 1
    left_out = page.find(id="left-out")
    assert "Flo Example" in left_out.text
    assert "nobody needs what they have" in left_out.text
    assert "A door at OMV" in page.find(id="unlocks").text


def test_nothing_on_the_studio_has_inline_style_or_script(pages: Any, draft: Round) -> None:
    page = pages.get(f"/{draft.id}")
    assert page.find_all(style=True) == []
    assert page.find_all("style") == []
    assert [tag for tag in page.find_all("script") if not tag.get("src")] == []


def test_no_page_names_a_contact(pages: Any, draft: Round) -> None:
    for path in (f"/{draft.id}", "/matches", "/", f"/{draft.id}/release", f"/{draft.id}/rules"):
        page = pages.get(path)
        assert pages.status == 200, path
        assert "Zebulon" not in page.text
        assert "Quackenbush" not in page.text


def test_picking_a_member_dims_the_rest(pages: Any, draft: Round, group: Any) -> None:
    page = pages.get(f"/{draft.id}?member={group.di.id}")
    assert page.find("option", selected=True).text == "Di Example"
    assert len(page.find_all("circle", class_="ring-node--picked")) == 1
    assert len(page.find_all("g", class_="ring-edge--faint")) == 3
    pages.get(f"/{draft.id}?member=nonsense")
    assert pages.status == 200


def test_ruling_out_shows_the_cost_first(pages: Any, draft: Round, session: Any) -> None:
    key = session.scalars(select(Introduction.key).order_by(Introduction.ring)).first()
    page = pages.get(f"/{draft.id}/what-if?change=forbid&key={key}")
    assert "The round would be worth" in words(page)
    assert "How strong it is" in words(page)
    session.refresh(draft)
    assert draft.forbidden == []
    page = pages.post(f"/{draft.id}/forbid", key=key)
    assert "Ruled out. The round is worth" in page.text
    session.refresh(draft)
    assert draft.forbidden == [key]
    page = pages.post(f"/{draft.id}/allow", key=key)
    assert "Allowed again" in page.text


def test_an_impossible_what_if_is_a_404(pages: Any, draft: Round, session: Any) -> None:
    pages.get(f"/{draft.id}/what-if?change=pin&key=nothing")
    assert pages.status == 404
    pages.get(f"/{draft.id}/what-if?change=explode&key=nothing")
    assert pages.status == 404
    key = session.scalars(select(Introduction.key).order_by(Introduction.ring)).first()
    pages.get(f"/{draft.id}/what-if?change=explode&key={key}")
    assert pages.status == 404


def test_what_other_rules_would_make_of_it(pages: Any, draft: Round) -> None:
    assert "Swaps only" not in words(pages.get(f"/{draft.id}/rules"))
    page = pages.get(f"/{draft.id}/rules?compare=1")
    text = words(page)
    assert "Swaps only" in text
    assert "As it is" in text
    swaps = next(line for line in page.table.find_all("tr") if "Swaps only" in line.text)
    assert [cell.text.strip() for cell in swaps.find_all("td")][:2] == ["2", "2"]


def test_pinning_from_the_list_of_matches(pages: Any, draft: Round, session: Any) -> None:
    page = pages.get("/matches")
    assert len(page.table.tbody.find_all("tr")) == 6
    link = page.find("a", string=lambda text: text and "Pin" in text) or page.select_one(
        'a[href*="change=pin"]'
    )
    page = pages.get(link["href"])
    key = page.find("input", {"name": "key"})["value"]
    pages.post(f"/{draft.id}/pin", key=key)
    session.refresh(draft)
    assert draft.pinned == [key]
    page = pages.get("/matches")
    assert "Pinned" in page.text


def test_matches_can_be_filtered(pages: Any, group: Any) -> None:
    assert "No matches here" in words(pages.get("/matches?asset=lead"))
    page = pages.get(f"/matches?member={group.di.id}")
    assert len(page.table.tbody.find_all("tr")) == 2
    pages.get("/matches?page=999")
    assert pages.status == 200


def test_rules_are_changed_and_bad_ones_shown_again(pages: Any, draft: Round, session: Any) -> None:
    counts = dict.fromkeys(("door", "insider", "offer", "lead", "buddy"), "1")
    rules = {"max_ring": "2", "max_chain": "0", "give_cap": "2", "receive_cap": "2", **counts}
    page = pages.post(f"/{draft.id}/rules", **rules | {"door": "1.5"})
    session.refresh(draft)
    assert (draft.max_ring, draft.weights) == (2, {"door": 1.5})
    assert "Changed the rules of the round" in page.text
    page = pages.post(f"/{draft.id}/rules", **rules | {"max_chain": "99"})
    assert pages.status == 422
    assert page.find("input", {"name": "max_chain"})["value"] == "99"
    assert "From 0 to 6." in page.text


def test_a_members_turns(pages: Any, draft: Round, group: Any, session: Any) -> None:
    page = pages.post(f"/{draft.id}/caps", member=str(group.di.id), give="0", receive="0")
    session.refresh(draft)
    assert draft.caps == {str(group.di.id): [0, 0]}
    assert "Changed the turns of a member" in page.text
    assert "Di Example: gives 0, receives 0" in pages.get(f"/{draft.id}/rules").text
    pages.post(f"/{draft.id}/caps", member=str(group.di.id), give="", receive="x")
    assert pages.status == 422
    pages.post(f"/{draft.id}/caps", member="nobody", give="1", receive="1")
    assert pages.status == 422


def test_leaving_out(pages: Any, draft: Round, session: Any) -> None:
    step = session.scalars(select(Introduction)).first()
    page = pages.post(f"/{draft.id}/steps/{step.id}/leave-out")
    assert "Left out. The round is worth" in page.text
    assert "Chain" in words(page)


def test_releasing_asks_first_and_can_be_taken_back(pages: Any, draft: Round, session: Any) -> None:
    page = pages.get(f"/{draft.id}/release")
    assert page.h1.text == "Release round 1?"
    assert "The 5 givers are asked by mail in ten minutes" in words(page)
    page = pages.post(f"/{draft.id}/release")
    assert "Round 1 is released" in page.text
    assert page.find("form", action=lambda url: url and url.endswith("/withdraw"))
    assert "Giver asked" in words(page)
    assert not page.find("form", id="rules")
    pages.get(f"/{draft.id}/release")
    assert pages.status == 404
    page = pages.post(f"/{draft.id}/withdraw")
    assert "is a draft again" in page.text
    session.refresh(draft)
    assert draft.state == "draft"


def test_a_stale_step_is_marked(pages: Any, draft: Round, group: Any, session: Any) -> None:
    group.di.state = "suspended"
    session.flush()
    page = pages.get(f"/{draft.id}")
    assert "Something changed since this round was made" in page.text
    assert page.text.count("Does not hold any more") == 2
    page = pages.post(f"/{draft.id}/release")
    assert pages.status == 409
    assert "2 steps do not hold any more" in page.text
    page = pages.post(f"/{draft.id}/again")
    assert "Something changed" not in page.text


def test_dropping(pages: Any, draft: Round) -> None:
    page = pages.post(f"/{draft.id}/drop")
    assert "The draft is gone" in page.text
    assert "Put away" in words(page)


def test_a_large_round_shows_its_progress(pages: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(solving, "LARGE", 1)
    page = pages.post("/")
    assert "being worked out" in words(page)
    address = f"/{pages.round().id}"
    followed = page.find(id="followed")
    assert followed["hx-get"] == f"{pages.prefix}{address}"
    assert page.find("noscript").find("meta", {"http-equiv": "refresh"})
    # What can be pressed stays where it is while the figures are taken in anew.
    assert not followed.find("button")
    assert "being worked out" in words(pages.get(address))
    assert "is being worked out" in words(pages.post(f"{address}/again"))
    as_it_asks = {"HX-Target": "div#followed"}
    pages.get(address, headers=as_it_asks)
    assert "HX-Refresh" not in pages.headers
    pages.post(f"{address}/drop")
    pages.get(address, headers=as_it_asks)
    assert pages.headers["HX-Refresh"] == "true"


@pytest.mark.parametrize("path", ["/", "/matches"])
def test_members_do_not_see_the_studio(pages: Any, group: Any, path: str) -> None:
    pages.at(group.ada).get(path)
    assert pages.status == 403


def test_a_member_sees_what_they_could_give_and_get(pages: Any, group: Any) -> None:
    page = pages.at(group.ada).get("/mine")
    give, get = page.find(id="give"), page.find(id="get")
    assert "A strong door at Total, which is wanted." in give.text
    assert "A strong door at OMV, which is wanted." in give.text
    assert "A strong door at Shell, which is wanted." in get.text
    for name in ("Ben", "Cy", "Flo", "Zebulon"):
        assert name not in words(page)


def test_a_member_without_matches_is_told_what_helps(
    pages: Any, group: Any, make_member: Any
) -> None:
    new = make_member("New", cohorts=(group.cohort,))
    page = pages.at(new).get("/mine")
    assert "Nothing yet that somebody needs" in words(page)
    assert "Nothing yet for what you need" in words(page)


def test_another_cohorts_round_is_not_here(
    pages: Any, draft: Round, group: Any, make_cohort: Any, firm: Firm, session: Any
) -> None:
    other = make_cohort()
    with scope(firm.id):
        from coachhub.cohorts.models import Enrolment  # noqa: PLC0415 - read here only

        session.add(Enrolment(cohort_id=other.id, membership_id=group.coach.id, role="coach"))
        session.flush()
    pages.get(f"/f/{firm.slug}/c/{other.slug}/rounds/{draft.id}")
    assert pages.status == 404
    pages.post(f"/f/{firm.slug}/c/{other.slug}/rounds/{draft.id}/release")
    assert pages.status == 404
    assert release.may_withdraw(draft) is False
