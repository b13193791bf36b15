"""By whom and by which company the board can be filtered: one statement, however large it is."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import Text, cast, func, literal, or_, select, union_all

from coachhub.board.models import Target
from coachhub.board.rules import MODELS, Viewer, shown
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.companies.models import Company
from coachhub.core.db import db
from coachhub.firms.models import Membership

MOST = 300


@dataclass(frozen=True)
class Choices:
    """Pairs of id and name, by name."""

    companies: tuple[tuple[str, str], ...]
    people: tuple[tuple[str, str], ...]


def choices_of(cohort: Cohort, viewer: Viewer, today: dt.date) -> Choices:
    """Return the companies that stand on the board, and the people of the cohort."""
    stands = [
        Company.id.in_(
            select(model.company_id).where(
                shown(model, cohort, viewer, today),
                *((model.stage != "landed",) if model is Target else ()),
            )
        )
        for model in MODELS.values()
    ]
    companies = select(literal("company", Text).label("what"), Company.id, Company.name).where(
        or_(*stands)
    )
    people = (
        select(literal("person", Text).label("what"), Membership.id, Membership.name)
        .join(Enrolment, Enrolment.membership_id == Membership.id)
        .where(
            Enrolment.cohort_id == cohort.id,
            Enrolment.state == "active",
            Membership.state == "active",
        )
    )
    every = union_all(companies, people).subquery()
    rows = db.session.execute(
        select(every.c.what, cast(every.c.id, Text), every.c.name)
        .order_by(every.c.what, func.lower(every.c.name))
        .limit(2 * MOST)
    ).all()
    return Choices(
        tuple((one, name) for what, one, name in rows if what == "company")[:MOST],
        tuple((one, name) for what, one, name in rows if what == "person")[:MOST],
    )
