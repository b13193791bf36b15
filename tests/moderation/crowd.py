"""A firm in a database of its own, where what is committed stays: for many at once, and kills."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, field
from uuid import UUID

from flask import Flask

from coachhub.accounts.models import Person
from coachhub.board.models import Offer
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.moderation import operations
from moderation.scene import WORDS


@dataclass
class Crowd:
    """One cohort: somebody who posts, many who report, many who moderate."""

    app: Flask
    firm_id: UUID
    cohort_id: UUID
    author: Actor
    numbers: itertools.count[int] = field(default_factory=lambda: itertools.count(1))

    @classmethod
    def begin(cls, app: Flask) -> Crowd:
        with app.app_context():
            firm = Firm(name="Firm", slug="firm")
            db.session.add(firm)
            db.session.flush()
            with scope(firm.id):
                cohort = Cohort(name="Group", slug="group")
                db.session.add(cohort)
                db.session.flush()
                author = _member(firm.id, cohort.id, "Ada", "member")
                db.session.commit()
                return cls(app, firm.id, cohort.id, author)

    def people(self, count: int, role: str) -> list[Actor]:
        with self.app.app_context(), scope(self.firm_id):
            made = [
                _member(self.firm_id, self.cohort_id, f"{role} {next(self.numbers)}", role)
                for _number in range(count)
            ]
            db.session.commit()
            return made

    def moderators(self, count: int) -> list[Actor]:
        return self.people(count, "coach")

    def reported(self, times: int) -> UUID:
        """Let so many people report a text; return the id of the case."""
        reporters = self.people(times, "member")
        with self.app.app_context(), scope(self.firm_id):
            offer = Offer(
                cohort_id=self.cohort_id,
                owner_id=self.author.member_id(),
                kind="skill",
                title="Easy money",
                body=WORDS,
                expires_on=now().date() + dt.timedelta(days=60),
            )
            db.session.add(offer)
            db.session.flush()
            cases = {
                operations.report(one, "offer", offer.id, "scam" if index % 2 else "selling").id
                for index, one in enumerate(reporters)
            }
            db.session.commit()
            [case_id] = cases
            return case_id


def _member(firm_id: UUID, cohort_id: UUID, name: str, role: str) -> Actor:
    key = name.lower().replace(" ", "-")
    person = Person(email=f"{key}@example.org", name=name, fs_uniquifier=key)
    db.session.add(person)
    db.session.flush()
    db.session.add(Seat(firm_id=firm_id, person_id=person.id))
    db.session.flush()
    made = Membership(person_id=person.id, name=name, role=role)
    db.session.add(made)
    db.session.flush()
    enrolled = "coach" if role == "coach" else "member"
    db.session.add(Enrolment(cohort_id=cohort_id, membership_id=made.id, role=enrolled))
    db.session.flush()
    return Actor(label=name, person_id=person.id, membership_id=made.id)
