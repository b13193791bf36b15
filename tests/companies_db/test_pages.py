"""The coach's pages about companies."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.companies.models import CompanyMerge, CompanyName
from coachhub.companies.operations import identify, identify_many
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership

SignIn = Callable[[FlaskClient, Membership], None]


@pytest.fixture
def coach(
    client: FlaskClient, make_member: Callable[..., Membership], sign_in: SignIn
) -> Membership:
    made = make_member("Ida", role="coach")
    sign_in(client, made)
    return made


@pytest.fixture
def name(firm: Firm, session: Session) -> CompanyName:
    with scope(firm.id):
        identify_many(["Krystal", "Krystal Biotech"])
        session.commit()
        return session.scalars(select(CompanyName).where(CompanyName.maybe_id.is_not(None))).one()


def test_members_do_not_see_the_questions(
    client: FlaskClient, firm: Firm, make_member: Callable[..., Membership], sign_in: SignIn
) -> None:
    sign_in(client, make_member())
    assert client.get(f"/f/{firm.slug}/companies/questions").status_code == 403
    assert client.get(f"/f/{firm.slug}/companies/").status_code == 403


def test_a_coach_answers_yes_and_takes_it_back(
    client: FlaskClient, coach: Membership, firm: Firm, name: CompanyName, session: Session
) -> None:
    del coach
    base = f"/f/{firm.slug}/companies"
    page = client.get(f"{base}/questions").text
    assert "Is Krystal Biotech the same as Krystal?" in page
    answer = client.post(f"{base}/questions/{name.id}/same")
    assert answer.status_code == 303
    with scope(firm.id):
        merge = session.scalars(select(CompanyMerge)).one()
    page = client.get(f"{base}/questions").text
    assert f"{base}/merges/{merge.id}/undo" in page
    assert "Krystal Biotech is Krystal" in page
    client.post(f"{base}/merges/{merge.id}/undo")
    assert "Is Krystal Biotech the same as Krystal?" in client.get(f"{base}/questions").text


def test_a_coach_answers_no_and_takes_it_back(
    client: FlaskClient, coach: Membership, firm: Firm, name: CompanyName
) -> None:
    del coach
    base = f"/f/{firm.slug}/companies/questions"
    other = name.maybe_id
    client.post(f"{base}/{name.id}/different")
    page = client.get(base).text
    assert "No open questions" in page
    assert f"{base}/{name.id}/again/{other}" in page
    client.post(f"{base}/{name.id}/again/{other}")
    assert "Is Krystal Biotech the same as Krystal?" in client.get(base).text


def test_names_can_be_split_renamed_and_joined(
    client: FlaskClient, coach: Membership, firm: Firm, session: Session
) -> None:
    del coach
    base = f"/f/{firm.slug}/companies"
    with scope(firm.id):
        whole = identify("Harbour")
        assert whole is not None
        identify_many(["Harbour Ltd", "Elm Street Press"])
        name = session.scalars(
            select(CompanyName).where(CompanyName.written == "Harbour Ltd")
        ).one()
        page, name_id = f"{base}/{whole.id}", name.id
        session.commit()
    assert client.get(f"{base}/?q=harb").text.count("Harbour") >= 1
    assert client.post(f"{page}/split", data={}).status_code == 422
    assert client.post(f"{page}/split", data={"names": str(name_id)}).status_code == 303
    assert client.post(f"{page}/rename", data={"name": ""}).status_code == 422
    assert client.post(f"{page}/rename", data={"name": "Harbour plc"}).status_code == 303
    assert "Harbour plc" in client.get(page).text
    wrong = client.post(f"{page}/merge", data={"other": "Nobody Knows"})
    assert wrong.status_code == 422
    assert 'value="Nobody Knows"' in wrong.text
    right = client.post(f"{page}/merge", data={"other": "Elm Street Press"})
    assert right.status_code == 303
    assert "Elm Street Press" in client.get(right.location).text
    assert client.get(f"{base}/00000000-0000-0000-0000-000000000007").status_code == 404
