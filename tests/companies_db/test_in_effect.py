"""What a coach says on the pages counts at once, for everybody's contacts, and can be undone."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session

from coachhub.cohorts.hooks import doors_at
from coachhub.cohorts.models import Cohort
from coachhub.companies.models import CompanyName
from coachhub.companies.operations import identify
from coachhub.contacts.models import Contact
from coachhub.contacts.operations import ContactDraft, add_contact
from coachhub.core.access import Actor
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership

Counts = Callable[[], dict[str, int]]
KNOWN = ("Krystal", "Krystal Biotech", "krystal biotech inc", "Harbour", "Harbour Ltd")


@pytest.fixture
def base(
    client: FlaskClient,
    firm: Firm,
    session: Session,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
    sign_in: Callable[[FlaskClient, Membership], None],
) -> str:
    """Let seven members know people at companies written in their own ways; sign a coach in."""
    cohort = make_cohort("Spring")
    members = [make_member(cohorts=(cohort,)) for _ in range(7)]
    coach = make_member("Ida", role="coach", cohorts=(cohort,))
    with scope(firm.id):
        for number, name in enumerate(KNOWN):
            actor = Actor("a member", membership_id=members[number].id)
            add_contact(actor, ContactDraft(first_name=f"P{number}", company=name))
        session.commit()
    sign_in(client, coach)
    return f"/f/{firm.slug}/companies"


@pytest.fixture
def doors(firm: Firm, session: Session) -> Counts:
    """Read how many members have a door, by each company's name as written."""

    def read() -> dict[str, int]:
        session.expire_all()
        with scope(firm.id):
            cohort = session.scalars(select(Cohort)).one()
            owners = dict(session.execute(select(Contact.company_name, Contact.company_id)).all())
            at = doors_at(cohort, list(owners.values()))
            return {name: at[company_id].members or 0 for name, company_id in owners.items()}

    return read


def undo_of(page: str) -> str:
    """The address behind the undo button of the page just shown."""
    found = re.search(r'action="([^"]*(?:undo|again|rejoin)[^"]*)"', page)
    assert found is not None
    return found[1]


def named(session: Session, firm: Firm, written: str) -> CompanyName:
    with scope(firm.id):
        return session.scalars(select(CompanyName).where(CompanyName.written == written)).one()


def test_yes_counts_at_once_and_is_undone(
    client: FlaskClient, base: str, doors: Counts, session: Session, firm: Firm
) -> None:
    before = doors()
    assert (before["Krystal"], before["Krystal Biotech"]) == (1, 2)
    name_id = named(session, firm, "Krystal Biotech").id
    page = client.post(f"{base}/questions/{name_id}/same", follow_redirects=True).text
    assert {doors()[name] for name in KNOWN[:3]} == {3}
    with scope(firm.id):
        again, known = identify("Krystal Biotech GmbH"), identify("Krystal")
        assert again is not None
        assert known is not None
        assert again.id == known.id
    client.post(undo_of(page))
    assert doors() == before


def test_no_is_never_asked_again_until_it_is_taken_back(
    client: FlaskClient, base: str, doors: Counts, session: Session, firm: Firm
) -> None:
    before = doors()
    name_id = named(session, firm, "Krystal Biotech").id
    page = client.post(f"{base}/questions/{name_id}/different", follow_redirects=True).text
    assert doors() == before
    assert "Is Krystal Biotech the same" not in page
    client.post(undo_of(page))
    assert "Is Krystal Biotech the same" in client.get(f"{base}/questions").text


def test_split_and_merge_count_at_once_and_are_undone(
    client: FlaskClient, base: str, doors: Counts, session: Session, firm: Firm
) -> None:
    before = doors()
    assert before["Harbour"] == before["Harbour Ltd"] == 2
    name = named(session, firm, "Harbour Ltd")
    whole, name_id = f"{base}/{name.company_id}", name.id
    parted = client.post(f"{whole}/split", data={"names": str(name_id)}, follow_redirects=True)
    assert (doors()["Harbour"], doors()["Harbour Ltd"]) == (1, 1)
    client.post(undo_of(parted.text))
    assert doors() == before
    joined = client.post(f"{whole}/merge", data={"other": "Krystal"}, follow_redirects=True)
    assert (doors()["Harbour"], doors()["Krystal"]) == (3, 3)
    client.post(undo_of(joined.text))
    assert doors() == before
