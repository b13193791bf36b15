"""Invitations: for one address, one role, at most one cohort, once, for seven days."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update

from coachhub.accounts.models import Person
from coachhub.accounts.operations import clean_address
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotAllowedError, NotFoundError
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed, new_token
from coachhub.core.words import gettext
from coachhub.firms.hooks import INVITATION_ACCEPTED
from coachhub.firms.models import ROLES, Firm, Invitation, Membership
from coachhub.firms.operations import add_member
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.permissions import Standing

GOOD_FOR = dt.timedelta(days=7)


@dataclass(frozen=True)
class Invitee:
    """Whom to invite, as what, into which cohort."""

    email: str
    name: str = ""
    role: str = "member"
    cohort_id: UUID | None = None


def invite(actor: Actor, invitee: Invitee, cohort_name: str = "") -> Invitation:
    """Invite somebody by mail; an open invitation of the same address is replaced.

    Raises NotAllowedError for a role above the inviter's, DomainError for somebody who is here.
    """
    check_role(actor, invitee.role)
    address = clean_address(invitee.email)
    _refuse_if_here(address, invitee)
    for old in db.session.scalars(select(Invitation).where(Invitation.email == address)):
        if old.is_open():
            old.withdrawn_at = now()
    token = new_token()
    made = Invitation(
        email=address,
        name=invitee.name,
        role=invitee.role,
        cohort_id=invitee.cohort_id,
        invited_by_id=actor.membership_id,
        token_hash=hashed(token),
        expires_at=now() + GOOD_FOR,
    )
    db.session.add(made)
    db.session.flush()
    firm = db.session.get_one(Firm, current_firm_id())
    queue_letter(
        Letter(
            kind="invitation",
            to_address=address,
            to_name=invitee.name,
            once=f"invitation/{made.id}",
            context={
                "firm": firm,
                "name": invitee.name,
                "inviter": actor.label,
                "role": invitee.role,
                "cohort_name": cohort_name,
                "url": absolute("firms.join", token=token),
                "expires_on": made.expires_at.date(),
            },
            from_name=firm.sender_name or firm.name,
            language=firm.language,
        )
    )
    audit.record(
        actor,
        "member.invited",
        kind="invitation",
        subject=made.id,
        label=address,
        role=invitee.role,
    )
    return made


def resend(actor: Actor, invitation: Invitation, cohort_name: str = "") -> Invitation:
    """Send somebody's invitation again, with a new link for seven more days; the old one ends.

    Raises DomainError for one that was accepted.
    """
    if invitation.accepted_at is not None:
        raise DomainError(gettext("They have accepted it already."))
    invitee = Invitee(invitation.email, invitation.name, invitation.role, invitation.cohort_id)
    invitation.withdrawn_at = invitation.withdrawn_at or now()
    return invite(actor, invitee, cohort_name)


def find(token: str, *, lock: bool = False) -> Invitation:
    """Return the open invitation behind a link; raises NotFoundError for any other.

    With `lock` whoever else takes it in the same moment waits, and then finds it used.
    """
    query = select(Invitation).where(Invitation.token_hash == hashed(token))
    found = db.session.scalar(query.with_for_update() if lock else query)
    if found is None or not found.is_open():
        raise NotFoundError(
            gettext(
                "This invitation has been used, has expired, or was replaced by a newer one."
                " Please ask whoever invited you to send it again."
            )
        )
    return found


def accept(invitation: Invitation, person: Person, name: str = "") -> Membership:
    """Make the invited person a member, called `name` here; exactly one acceptance wins.

    Raises DomainError for another person than the invited one; the invitation stays good.
    """
    if person.email != invitation.email:
        raise DomainError(
            gettext(
                "This invitation is for %(email)s. You are signed in as %(email2)s: sign out and"
                " open the link again.",
                email=invitation.email,
                email2=person.email,
            )
        )
    taken = db.session.execute(
        update(Invitation)
        .where(
            Invitation.id == invitation.id,
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(accepted_at=now())
        .execution_options(synchronize_session=False)
    )
    if taken.rowcount != 1:  # type: ignore[attr-defined]
        raise DomainError(gettext("This invitation has just been used."))
    actor = Actor(label=name or person.name, person_id=person.id)
    membership = add_member(actor, person, invitation.role, name)
    INVITATION_ACCEPTED.call(invitation, membership)
    return membership


def withdraw(actor: Actor, invitation: Invitation) -> None:
    """Take an invitation back; its link stops working."""
    invitation.withdrawn_at = now()
    db.session.flush()
    audit.record(
        actor,
        "invitation.withdrawn",
        kind="invitation",
        subject=invitation.id,
        label=invitation.email,
    )


def check_role(actor: Actor, role: str) -> None:
    """Refuse a role that there is not (DomainError), or above the actor's (NotAllowedError)."""
    if role not in ROLES:
        raise DomainError(gettext("There is no role “%(role)s”.", role=role))
    allowed = Standing.ADMIN in actor.standings or Standing.STAFF in actor.standings
    if not allowed and not (role == "member" and Standing.COACH in actor.standings):
        raise NotAllowedError(
            gettext("You can invite members; coaches and admins are the admin's to ask.")
        )


def _refuse_if_here(address: str, invitee: Invitee) -> None:
    here = db.session.scalar(
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(Person.email == address, Membership.state == "active")
    )
    if here is not None and invitee.cohort_id is None:
        raise DomainError(
            gettext("%(name)s is already here as %(role)s.", name=here.name, role=here.role)
        )
