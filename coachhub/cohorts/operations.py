"""Writing cohorts: making, ruling, filling and closing them."""

from __future__ import annotations

from dataclasses import asdict, dataclass

from sqlalchemy import select

from coachhub.cohorts.hooks import ENROLLED, ENROLMENT_ENDED
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import audit
from coachhub.core.access import Actor, platform
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.firms.hooks import INVITATION_ACCEPTED, MEMBER_LEFT
from coachhub.firms.models import Invitation, Membership
from coachhub.firms.operations import slug_of


@dataclass(frozen=True)
class CohortDraft:
    """What a cohort is called, and what it says about itself."""

    name: str
    about: str = ""


@dataclass(frozen=True)
class CohortRules:
    """The coach's rules for a cohort; see `cohorts.models.Cohort`."""

    rivals: str = "share"
    cadence: str = "weekly"
    max_ring: int = 4
    max_chain: int = 0
    give_cap: int = 2
    receive_cap: int = 2


def create_cohort(actor: Actor, draft: CohortDraft) -> Cohort:
    """Make a cohort; its address is made from its name.

    Raises DomainError where another cohort has the name.
    """
    base = slug_of(draft.name) or "cohort"
    slug, number = base, 2
    taken = set(db.session.scalars(select(Cohort.slug).where(Cohort.slug.startswith(base))))
    while slug in taken:
        slug, number = f"{base}-{number}", number + 1
    _check_name(draft.name)
    cohort = Cohort(name=draft.name, slug=slug, about=draft.about)
    db.session.add(cohort)
    db.session.flush()
    _record(actor, "cohort.created", cohort)
    return cohort


def edit_cohort(actor: Actor, cohort: Cohort, draft: CohortDraft) -> None:
    """Change what a cohort is called and says about itself; its address stays."""
    if draft.name != cohort.name:
        _check_name(draft.name)
    before = cohort.name
    cohort.name, cohort.about = draft.name, draft.about
    db.session.flush()
    _record(actor, "cohort.edited", cohort, before=before)


def change_rules(actor: Actor, cohort: Cohort, rules: CohortRules) -> None:
    """Change the rules of a cohort's rounds and mails."""
    wanted = asdict(rules)
    before = {name: getattr(cohort, name) for name in wanted}
    changed = {name: value for name, value in wanted.items() if before[name] != value}
    if not changed:
        return
    for name, value in changed.items():
        setattr(cohort, name, value)
    db.session.flush()
    was = {name: before[name] for name in changed}
    _record(actor, "cohort.rules_changed", cohort, before=was, after=changed)


def close_cohort(actor: Actor, cohort: Cohort) -> None:
    """Close a cohort: it can be read, nothing is posted or matched any more."""
    if cohort.state == "closed":
        return
    cohort.state = "closed"
    db.session.flush()
    _record(actor, "cohort.closed", cohort)


def reopen_cohort(actor: Actor, cohort: Cohort) -> None:
    """Open a closed cohort again."""
    if cohort.state == "running":
        return
    cohort.state = "running"
    db.session.flush()
    _record(actor, "cohort.reopened", cohort)


def enrol(actor: Actor, cohort: Cohort, membership: Membership, role: str = "member") -> Enrolment:
    """Put somebody into a cohort as a member, or as a coach who leads it.

    Somebody who was in it before comes back, and keeps what they have posted. Raises DomainError
    for a coach's place where the person is no coach of the firm.
    """
    if role == "coach" and membership.role not in {"coach", "admin"}:
        raise DomainError(
            gettext("%(name)s is not a coach of this firm yet.", name=membership.name)
        )
    if membership.state != "active":
        raise DomainError(gettext("%(name)s is not active in this firm.", name=membership.name))
    enrolment = db.session.scalar(
        select(Enrolment).where(
            Enrolment.cohort_id == cohort.id, Enrolment.membership_id == membership.id
        )
    )
    if enrolment is not None and enrolment.state == "active" and enrolment.role == role:
        return enrolment
    if enrolment is None:
        enrolment = Enrolment(cohort_id=cohort.id, membership_id=membership.id)
        db.session.add(enrolment)
    enrolment.role, enrolment.state, enrolment.ended_at = role, "active", None
    db.session.flush()
    ENROLLED.call(enrolment)
    _record(actor, "cohort.enrolled", cohort, member=membership.name, role=role)
    return enrolment


def end_enrolment(actor: Actor, cohort: Cohort, enrolment: Enrolment) -> None:
    """End somebody's time in a cohort; what they posted is no longer shown there."""
    if enrolment.state == "ended":
        return
    enrolment.state, enrolment.ended_at = "ended", now()
    db.session.flush()
    ENROLMENT_ENDED.call(enrolment)
    name = db.session.scalar(
        select(Membership.name).where(Membership.id == enrolment.membership_id)
    )
    _record(actor, "cohort.enrolment_ended", cohort, member=name, role=enrolment.role)


@INVITATION_ACCEPTED.from_room
def enrol_invited(invitation: Invitation, membership: Membership) -> None:
    """Put whoever accepts an invitation into the cohort it was for."""
    if invitation.cohort_id is None:
        return
    cohort = db.session.scalar(select(Cohort).where(Cohort.id == invitation.cohort_id))
    if cohort is not None and cohort.state == "running":
        role = "member" if membership.role == "member" else "coach"
        enrol(platform("invitation"), cohort, membership, role)


@MEMBER_LEFT.from_room
def end_all(membership: Membership) -> None:
    """Take whoever leaves the firm out of its cohorts; a suspended member keeps their places."""
    if membership.state != "left":
        return
    rows = db.session.execute(
        select(Cohort, Enrolment)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.membership_id == membership.id, Enrolment.state == "active")
    ).all()
    for row in rows:
        end_enrolment(platform("membership ended"), row.Cohort, row.Enrolment)


def _check_name(name: str) -> None:
    if db.session.scalar(select(Cohort.id).where(Cohort.name == name)):
        raise DomainError(gettext("There is a cohort called “%(name)s” already.", name=name))


def _record(actor: Actor, action: str, cohort: Cohort, **details: object) -> None:
    audit.record(actor, action, kind="cohort", subject=cohort.id, label=cohort.name, **details)
