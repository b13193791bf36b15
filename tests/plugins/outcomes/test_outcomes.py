"""Outcomes: for its owner, for others, on bad input."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.core.access import Actor
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import disable_plugin, enable_plugin
from coachhub_outcomes.joins import member_left
from coachhub_outcomes.models import Note

DESK = Actor(label="Test")


@pytest.fixture
def member(
    firm: Firm,
    session: Session,
    client: FlaskClient,
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
) -> Iterator[Membership]:
    """Sign a member in, in a firm that has the plugin on."""
    member = make_member()
    sign_in(client, member)
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["outcomes"])
        session.commit()
    return member


@pytest.fixture
def page(firm: Firm) -> str:
    return f"/f/{firm.slug}/outcomes/"


def test_a_note_is_kept_and_dropped(client: FlaskClient, member: Membership, page: str) -> None:
    del member
    assert "No note yet" in client.get(page).text
    kept = client.post(page, data={"text": "Call <b>Ada</b>"}, follow_redirects=True)
    assert "Call &lt;b&gt;Ada&lt;/b&gt;" in kept.text
    [drop] = [line for line in kept.text.split('"') if line.endswith("/drop")]
    assert "No note yet" in client.post(drop, follow_redirects=True).text


def test_an_empty_note_is_not_kept(client: FlaskClient, member: Membership, page: str) -> None:
    del member
    answer = client.post(page, data={"text": " "})
    assert answer.status_code == 422
    assert "Write a few words first." in answer.text


def test_a_note_is_its_owners_alone(
    client: FlaskClient,
    member: Membership,
    page: str,
    make_member: Callable[..., Membership],
    sign_in: Callable[..., None],
) -> None:
    del member
    kept = client.post(page, data={"text": "Mine"}, follow_redirects=True).text
    [drop] = [line for line in kept.split('"') if line.endswith("/drop")]
    sign_in(client, make_member())
    assert "Mine" not in client.get(page).text
    assert client.post(drop).status_code == 404


def test_a_leavers_notes_go(
    client: FlaskClient, member: Membership, page: str, firm: Firm, session: Session
) -> None:
    client.post(page, data={"text": "Mine"})
    with scope(firm.id):
        member_left(member)
        assert session.scalar(select(func.count()).select_from(Note)) == 0


def test_off_is_off(
    client: FlaskClient, member: Membership, page: str, firm: Firm, session: Session
) -> None:
    del member
    with scope(firm.id):
        disable_plugin(DESK, registry().plugins["outcomes"])
        session.commit()
    assert client.get(page).status_code == 404
    assert "Outcomes" not in client.get(f"/f/{firm.slug}/").text
