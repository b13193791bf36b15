"""Posts, contacts and companies to match, each made in one line."""

from __future__ import annotations

import datetime as dt
import itertools
from typing import Any

import pytest
from sqlalchemy.orm import Session

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort
from coachhub.companies.models import Company, CompanyName
from coachhub.companies.names import company_key
from coachhub.contacts.models import Contact
from coachhub.firms.models import Membership
from coachhub.introductions.calendar import today

_numbers = itertools.count(1)


class Board:
    """Puts things on a cohort's board. The firm's scope must be open."""

    def __init__(self, session: Session, cohort: Cohort) -> None:
        self.session = session
        self.cohort = cohort

    def _add(self, row: Any) -> Any:
        self.session.add(row)
        self.session.flush()
        return row

    def company(self, name: str, **columns: Any) -> Company:
        made = self._add(Company(name=name, key=company_key(name), **columns))
        self._add(CompanyName(written=name, key=made.key, company_id=made.id))
        return made

    def contact(self, owner: Membership, company: Company | None, **columns: Any) -> Contact:
        given: dict[str, Any] = {
            "fingerprint": f"print{next(_numbers)}",
            "first_name": "Zebulon",
            "last_name": "Quackenbush",
            "email": "zebulon@example.com",
            "company_name": company.name if company else "",
            "company_id": company.id if company else None,
        }
        return self._add(Contact(owner_id=owner.id, **given | columns))

    def _post(self, model: type[Any], owner: Membership, columns: dict[str, Any]) -> Any:
        company = columns.pop("company", None)
        given = {
            "cohort_id": self.cohort.id,
            "owner_id": owner.id,
            "expires_on": today() + dt.timedelta(days=30),
            "company_id": company.id if company else None,
        }
        return self._add(model(**given | columns))

    def target(self, owner: Membership, company: Company, **columns: Any) -> Target:
        return self._post(Target, owner, {"company": company, **columns})

    def offer(self, owner: Membership, kind: str, title: str, **columns: Any) -> Offer:
        return self._post(Offer, owner, {"kind": kind, "title": title, **columns})

    def ask(self, owner: Membership, kind: str, title: str, **columns: Any) -> Ask:
        return self._post(Ask, owner, {"kind": kind, "title": title, **columns})

    def lead(self, owner: Membership, title: str, **columns: Any) -> Lead:
        return self._post(Lead, owner, {"kind": "opening", "title": title, **columns})


@pytest.fixture
def board_of(session: Session) -> Any:
    """Return the board of a cohort: `board_of(cohort).target(ada, shell)`."""

    def of(cohort: Cohort) -> Board:
        return Board(session, cohort)

    return of
