"""What author and reporters are told: the rule, the passage, what follows. Nobody's name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core.db import db
from coachhub.core.links import absolute, on_site
from coachhub.core.secrets import seal
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, in_language
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.moderation import wording
from coachhub.moderation.hooks import find_reportable
from coachhub.moderation.models import Appeal, Case, Decision, Notice, Report

WITHIN_DAYS = 180


@dataclass(frozen=True)
class Decided:
    """A decision as its letter tells it; the usual words are in the reader's language."""

    outcome: str
    effect: str
    passage: str
    message: str


def write(notice: Notice) -> None:
    """Write the letter of a notice into the outbox; the second time nothing happens."""
    row = db.session.execute(
        select(Case, Membership, Person.email, Person.language)
        .select_from(Case)
        .join(Membership, Membership.id == notice.membership_id)
        .join(Person, Person.id == Membership.person_id)
        .where(Case.id == notice.case_id)
    ).one()
    with in_language(row.language):
        _write(notice, row)


def _write(notice: Notice, row: Any) -> None:
    firm = db.session.get_one(Firm, current_firm_id())
    thing = find_reportable(row.Case.target_kind, row.Case.target_id)
    context: dict[str, Any] = {
        "firm": firm,
        "name": row.Membership.name.split()[0],
        "case": row.Case,
        "label": thing.label if thing else row.Case.label or gettext("what was reported"),
        "url": on_site(thing.mend_url or thing.url) if thing else "",
        "gone": thing is None,
        "mine_url": absolute("moderation.mine"),
    }
    queue_letter(
        Letter(
            kind=notice.kind,
            to_address=row.email,
            to_name=row.Membership.name,
            once=f"{notice.kind}/{notice.about}/{notice.membership_id}",
            context=context | _about(notice, row.Case, row.Membership),
            from_name=firm.sender_name or firm.name,
            membership_id=row.Membership.id,
        )
    )


def _about(notice: Notice, case: Case, member: Membership) -> dict[str, Any]:
    if notice.kind in {"case-author", "case-reporter"}:
        decision = _one(Decision, notice.about)
        return {"note": _note(case, member)} | facts_of(case, decision, member)
    if notice.kind == "case-appeal":
        appeal = _one(Appeal, notice.about)
        decision = db.session.scalars(
            select(Decision).where(
                Decision.case_id == case.id,
                Decision.undone_at.is_(None),
                Decision.replaced_at.is_(None),
            )
        ).one()
        answered = {
            "appeal": appeal,
            "verdict": gettext(wording.VERDICTS[appeal.outcome]),
            "who_answered": wording.who(appeal),
        }
        return answered | facts_of(case, decision, member)
    return {}


def facts_of(case: Case, decision: Decision, member: Membership) -> dict[str, Any]:
    """Return all that a letter or page tells an author of one decision."""
    return {
        "decision": Decided(
            decision.outcome, decision.effect, decision.passage, gettext(decision.message)
        ),
        "rule": wording.rule_of(decision),
        "who": wording.who(decision),
        "machine": wording.machine(case, decision),
        "follows": wording.of_decision(decision),
        "for_reporters": gettext(wording.NEXT_FOR_REPORTERS[decision.effect]),
        "appeal_url": appeal_url(decision, member),
        "days": WITHIN_DAYS,
    }


def appeal_url(decision: Decision, member: Membership) -> str:
    """Return where an author asks for a second look; under a link for whom the firm is closed."""
    if member.state == "active":
        return absolute("moderation.mine")
    return absolute("moderation.second_look", token=seal(f"appeal/{decision.id}", "appeal"))


def _note(case: Case, member: Membership) -> str:
    query = select(Report.note).where(Report.case_id == case.id, Report.reporter_id == member.id)
    return db.session.scalar(query) or ""


def _one(model: type[Any], row_id: UUID) -> Any:
    return db.session.scalars(select(model).where(model.id == row_id)).one()
