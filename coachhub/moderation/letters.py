"""What author and reporters are told: the rule, the passage, what follows. Nobody's name."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core.db import db
from coachhub.core.links import on_site
from coachhub.core.tenancy import current_firm_id
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.moderation.hooks import Reportable
from coachhub.moderation.models import Case, Decision, Report
from coachhub.moderation.rules import BY_CODE


def tell_author(case: Case, decision: Decision, thing: Reportable | None) -> None:
    """Write to the author when something follows for them."""
    if decision.effect == "none" or case.author_id is None:
        return
    _write("case-author", case, decision, thing, case.author_id)


def tell_reporters(case: Case, decision: Decision, thing: Reportable | None) -> None:
    """Write to everybody who reported, once each."""
    query = select(Report.reporter_id).where(Report.case_id == case.id).distinct()
    for reporter_id in db.session.scalars(query).all():
        _write("case-reporter", case, decision, thing, reporter_id)


def _write(
    kind: str, case: Case, decision: Decision, thing: Reportable | None, membership_id: UUID
) -> None:
    row = db.session.execute(
        select(Membership, Person.email)
        .join(Person, Person.id == Membership.person_id)
        .where(Membership.id == membership_id)
    ).one()
    firm = db.session.get_one(Firm, current_firm_id())
    context: dict[str, Any] = {
        "firm": firm,
        "name": row.Membership.name.split()[0],
        "case": case,
        "decision": decision,
        "rule": BY_CODE[decision.rule],
        "label": thing.label if thing else "what was reported",
        "url": on_site(thing.url) if thing else "",
    }
    queue_letter(
        Letter(
            kind=kind,
            to_address=row.email,
            to_name=row.Membership.name,
            once=f"{kind}/{case.id}/{membership_id}",
            context=context,
            from_name=firm.sender_name or firm.name,
            membership_id=membership_id,
        )
    )
