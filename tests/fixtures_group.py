"""A cohort with a coach and members, and short ways to post and to look."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy.orm import Session

from coachhub.board import operations
from coachhub.board.hooks import Post
from coachhub.board.operations import AskDraft, LeadDraft, OfferDraft, TargetDraft
from coachhub.cohorts.entrance import standings_in
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.permissions import Standing

Drafts = TargetDraft | OfferDraft | AskDraft | LeadDraft
POST = {
    TargetDraft: operations.post_target,
    OfferDraft: operations.post_offer,
    AskDraft: operations.post_ask,
    LeadDraft: operations.post_lead,
}


@dataclass
class Group:
    """A firm's cohort with people in it. Names of people are attributes of tests, ids live here."""

    session: Session
    firm: Firm
    cohort: Cohort
    people: dict[str, Membership]
    base: str
    clients: Callable[[], FlaskClient]
    sign_in: Callable[[FlaskClient, Membership], None]

    def id(self, name: str) -> UUID:
        """Return a person's membership id."""
        with scope(self.firm.id):
            return self.people[name].id

    def actor(self, name: str) -> Actor:
        """Return a person as who does something in the cohort."""
        member = self.people[name]
        actor = Actor(
            label=member.name,
            person_id=member.person_id,
            membership_id=member.id,
            standings=frozenset({Standing.ANYONE, Standing.PERSON, Standing.MEMBER}),
        )
        return replace(actor, standings=actor.standings | standings_in(actor, self.cohort))

    def post(self, name: str, draft: Drafts) -> Any:
        """Let a person post something; the scope must be open."""
        return POST[type(draft)](self.actor(name), self.cohort, draft)  # type: ignore[operator]

    def posted(self, name: str, draft: Drafts) -> UUID:
        """Let a person post something for good, from outside any scope; return its id."""
        with scope(self.firm.id):
            post: Post = self.post(name, draft)
            self.session.commit()
            return post.id

    def client(self, name: str) -> FlaskClient:
        """Return a browser in which a person is signed in."""
        client = self.clients()
        with scope(self.firm.id):
            self.sign_in(client, self.people[name])
        return client


@pytest.fixture
def group(
    app: Any,
    session: Session,
    firm: Firm,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    sign_in: Callable[[FlaskClient, Membership], None],
) -> Group:
    cohort = make_cohort("Spring")
    people = {
        name: make_member(name, cohorts=(cohort,), welcomed_at=now())
        for name in ("Ada Osei", "Ben Liang", "Chiara Rossi")
    }
    people["Ida Coach"] = make_member(
        "Ida Coach", role="coach", cohorts=(cohort,), welcomed_at=now()
    )
    with scope(firm.id):
        base = f"/f/{firm.slug}/c/{cohort.slug}"
    session.commit()
    short = {name.split()[0].lower(): member for name, member in people.items()}
    return Group(session, firm, cohort, short, base, app.test_client, sign_in)
