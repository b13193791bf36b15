"""The page of the ask builder, and its way to the board."""

from __future__ import annotations

import html
import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.board.kinds import offer_kinds
from coachhub.board.operations import (
    AskDraft,
    OfferDraft,
    TargetDraft,
    post_ask,
    post_offer,
    post_target,
)
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin

DESK = Actor(label="Test")


@pytest.fixture
def page(
    firm: Firm,
    session: Session,
    client: FlaskClient,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    sign_in: Callable[..., None],
) -> str:
    """A member with a target and an offer; the address of the builder."""
    cohort = make_cohort("Energy")
    member = make_member(cohorts=(cohort,), welcomed_at=now())
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["pitch"])
        actor = Actor(label="Ana", membership_id=member.id)
        post_target(actor, cohort, TargetDraft("Nordlicht Energy", roles="Plant engineer"))
        offer = OfferDraft("skill", "I check one spreadsheet model for you in half an hour")
        post_offer(actor, cohort, offer)
        session.commit()
    sign_in(client, member)
    return f"/f/{firm.slug}/pitch/ask"


def test_without_words_it_asks_for_them(client: FlaskClient, page: str) -> None:
    shown = client.get(page).text
    assert "What would you ask, bluntly?" in shown
    assert "Take it to the board" not in shown
    assert "Write it as you would say it" in client.get(f"{page}?words=+").text


def test_one_click_takes_a_framing_into_the_boards_form(client: FlaskClient, page: str) -> None:
    shown = client.get(page, query_string={"words": "get me into nordlicht energy", "offer": ""})
    assert "is hard to say yes to" in shown.text
    assert "roles such as Plant engineer" in shown.text
    links = [html.unescape(one) for one in re.findall(r'href="([^"]+/new/ask\?[^"]+)"', shown.text)]
    assert len(links) == 3
    for link in links:
        form = client.get(link)
        assert form.status_code == 200
        assert 'value="Nordlicht Energy"' in form.text
        assert "no is a good answer" in form.text
    door = client.get(links[2]).text
    assert re.search(r'<option selected value="door">', door)
    title = html.unescape(re.search(r'name="title"[^>]* value="([^"]+)"', door).group(1))
    assert title.startswith("One person at Nordlicht Energy")
    posted = client.post(
        links[2].partition("?")[0],
        data={"kind": "door", "title": title, "company": "Nordlicht Energy", "body": "x"},
    )
    assert posted.status_code == 303


def test_ones_own_offer_travels_along(client: FlaskClient, page: str) -> None:
    shown = client.get(page).text
    offer = re.search(r'<option selected value="([0-9a-f-]{36})">I check one', shown)
    assert offer is not None
    asked = client.get(page, query_string={"words": "I need a job", "offer": offer.group(1)})
    assert "In return: I check one spreadsheet model" in html.unescape(asked.text)


def test_what_is_typed_stands_there_as_text(client: FlaskClient, page: str) -> None:
    shown = client.get(page, query_string={"words": "<script>x</script>", "learn": "<b>pay</b>"})
    assert "<script>x" not in shown.text
    assert "<b>pay" not in shown.text
    assert "&lt;b&gt;pay&lt;/b&gt;" in shown.text


def test_ones_own_ask_leads_to_the_builder_and_others_do_not(
    client: FlaskClient,
    page: str,
    firm: Firm,
    session: Session,
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
) -> None:
    del page
    with scope(firm.id):
        cohort = session.scalars(select(Cohort)).one()
        owner = session.scalars(select(Membership)).one()
        other = make_member(cohorts=(cohort,), welcomed_at=now())
        draft = AskDraft("skill", "Would you check my pitch for ten minutes?")
        post_ask(Actor(label="Ana", membership_id=owner.id), cohort, draft)
        session.commit()
        board = f"/f/{firm.slug}/c/{cohort.slug}/board?show=asks"
        second = client.application.test_client()
        sign_in(second, other)
    link = "Three ways to say it that get a yes"
    found = re.search(rf'<a href="([^"]+)">{link}', client.get(board).text)
    assert found is not None
    assert "Would you check my pitch" in client.get(html.unescape(found.group(1))).text
    assert "Would you check my pitch" in second.get(board).text
    assert link not in second.get(board).text


def test_an_ear_for_a_pitch_can_be_offered(page: str, firm: Firm) -> None:
    del page
    with scope(firm.id):
        assert "listener" in offer_kinds()
