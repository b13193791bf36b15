"""A case and its steps: opened once per thing, locked while it is worked on."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Membership
from coachhub.moderation import house
from coachhub.moderation.hooks import Reportable
from coachhub.moderation.models import OPEN, Case, Decision
from coachhub.moderation.rules import HouseRule

_WORDS = {
    "upheld": gettext_noop("the report was upheld"),
    "not_upheld": gettext_noop("no rule was broken"),
    "duplicate": gettext_noop("it was decided like another case"),
}
_FOLLOWS = {
    "message": gettext_noop("the author got a word"),
    "returned": gettext_noop("the text is back with its author"),
    "redacted": gettext_noop("a passage is masked"),
    "removed": gettext_noop("the text is removed"),
}


class DecidedError(DomainError):
    """Somebody else was faster; the message says who, and what they decided."""

    def __init__(self, message: str, decision: Decision | None = None) -> None:
        """Carry the decision that stands, so that it can be shown."""
        super().__init__(message)
        self.decision = decision


def open_case(thing: Reportable, *rules: HouseRule, origin: str = "report") -> Case:
    """Return the open case of a thing, locked; a new one if there is none."""
    query = (
        select(Case)
        .where(Case.target_id == thing.id, Case.state.in_(OPEN))
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    due_at = min(house.due(rule) for rule in rules or (house.by_code()["other"],))
    found = db.session.scalar(query)
    if found is None:
        db.session.execute(
            insert(Case)
            .values(
                id=uuid7(),
                firm_id=current_firm_id(),
                created_at=now(),
                target_kind=thing.kind,
                target_id=thing.id,
                cohort_id=thing.cohort_id,
                author_id=thing.owner_id,
                label=thing.label,
                evidence=thing.text,
                found=[],
                origin=origin,
                state="open",
                outcome="",
                verdict="",
                version=1,
                due_at=due_at,
            )
            .on_conflict_do_nothing()
        )
        found = db.session.scalars(query).one()
    found.due_at = min(found.due_at, due_at)
    return found


def locked(case: Case, version: int, *states: str) -> None:
    """Lock a case for this transaction, as it was at `version` and in one of these states.

    Raises DecidedError if it has been decided meanwhile, DomainError if somebody has worked on it.
    """
    lock_all([case])
    check(case, version, *states)


def lock_all(found: Collection[Case]) -> None:
    """Lock cases for this transaction, and read them as they are now."""
    db.session.flush()
    query = (
        select(Case)
        .where(Case.id.in_([case.id for case in found]))
        .order_by(Case.id)  # whoever locks several meets the others in one order
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    db.session.scalars(query).all()


def check(case: Case, version: int, *states: str) -> None:
    """Raise what `locked` raises for a locked case that is not as it was seen."""
    if case.state not in states and case.state not in OPEN:
        raise decided(case)
    if case.version != version or case.state not in states:
        raise DomainError(
            gettext("Somebody else has just worked on this case. Please look at it again.")
        )


def decided(case: Case) -> DecidedError:
    """Return what whoever is too late hears: by whom it has been decided, and what."""
    row = db.session.execute(
        select(Decision, Membership.name)
        .outerjoin(Membership, Membership.id == Decision.decided_by_id)
        .where(
            Decision.case_id == case.id,
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
        )
    ).one_or_none()
    if row is None:
        return DecidedError(gettext("This case has already been decided."))
    machine, person = gettext("a machine"), row.name or gettext("somebody else")
    what = [_WORDS[row.Decision.outcome], _FOLLOWS.get(row.Decision.effect, "")]
    told = gettext(
        "This case has already been decided by %(who)s: %(what)s.",
        who=machine if row.Decision.by_machine else person,
        what="; ".join(gettext(one) for one in what if one),
    )
    return DecidedError(told, row.Decision)


def step(case: Case, **columns: Any) -> None:
    """Take a locked case one step on."""
    step_all([case], **columns)


def step_all(found: Iterable[Case], **columns: Any) -> None:
    """Take locked cases one step on, all in one statement."""
    for case in found:
        for name, value in columns.items():
            setattr(case, name, value)
        case.version += 1
    db.session.flush()


def claim(actor: Actor, case: Case, version: int) -> None:
    """Say that one looks after a case; one that somebody else claimed can be taken over."""
    audit.take_turn()
    locked(case, version, *OPEN)
    step(case, state="claimed", claimed_by_id=actor.member_id(), claimed_at=now())
    audit.record(actor, "case.claimed", kind="case", subject=case.id, label=case.label)


def give_back(actor: Actor, case: Case, version: int) -> None:
    """Put a case that somebody looked after back into the queue."""
    audit.take_turn()
    locked(case, version, "claimed")
    step(case, state="open", claimed_by_id=None, claimed_at=None)
    audit.record(actor, "case.given_back", kind="case", subject=case.id, label=case.label)
