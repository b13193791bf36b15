"""What the tests of this room share: a firm with two cohorts, and cases in them."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from coachhub.board.models import Offer
from coachhub.cohorts.models import Cohort
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.moderation.models import Case
from coachhub.moderation.operations import report
from fixtures_group import Group, group

__all__ = ["group"]


@dataclass
class Desk:
    """The moderators' side of a group: cases by what they are called, and who looks at them."""

    group: Group
    admin: FlaskClient
    coach: FlaskClient
    base: str

    def offer(self, title: str, author: str = "ada") -> UUID:
        """Put an offer on the board, whatever it says; return its id."""
        with scope(self.group.firm.id):
            offer = Offer(
                cohort_id=self.group.cohort.id,
                owner_id=self.group.people[author].id,
                kind="time",
                title=title,
                expires_on=dt.date(2100, 1, 1),
            )
            self.group.session.add(offer)
            self.group.session.flush()
            offer_id = offer.id
            self.group.session.commit()
        return offer_id

    def reported(
        self, title: str, reason: str = "selling", *, by: str = "ben", author: str = "ada",
        note: str = "",
    ) -> UUID:  # fmt: skip
        """Let somebody report an offer of somebody's; return the case."""
        return self.report(self.offer(title, author), reason, by, note)

    def report(self, offer_id: UUID, reason: str, by: str = "ben", note: str = "") -> UUID:
        """Let somebody report an offer; return the case."""
        with scope(self.group.firm.id):
            case = report(self.group.actor(by), "offer", offer_id, reason, note)
            case_id = case.id
            self.group.session.commit()
        return case_id

    def case(self, case_id: UUID) -> Case:
        """Return a case as it is now; the scope must be open."""
        self.group.session.expire_all()
        return self.group.session.scalars(select(Case).where(Case.id == case_id)).one()

    def states(self) -> list[str]:
        """Return the content states of all offers, by title."""
        self.group.session.expire_all()
        with scope(self.group.firm.id):
            return list(self.group.session.scalars(select(Offer.moderation).order_by(Offer.title)))


@pytest.fixture
def desk(group: Group, make_member: Callable[..., Membership]) -> Desk:
    member = make_member("Ana Admin", role="admin")
    admin = group.clients()
    with scope(group.firm.id):
        group.sign_in(admin, member)
        group.people["ana"] = member
    return Desk(group, admin, group.client("ida"), f"/f/{group.firm.slug}/console/cases")


@pytest.fixture
def elsewhere(
    group: Group, make_cohort: Callable[..., Cohort], make_member: Callable[..., Membership]
) -> FlaskClient:
    """Return a browser of a coach of the same firm who leads another cohort."""
    coach = make_member("Otto Coach", role="coach", cohorts=(make_cohort("Autumn"),))
    client = group.clients()
    with scope(group.firm.id):
        group.sign_in(client, coach)
        group.people["otto"] = coach
    return client
