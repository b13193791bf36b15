"""Rosters in the background: sending, going on after a crash, forgetting."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import Select, delete, select

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.jobs import job
from coachhub.core.words import in_language
from coachhub.firms import entrance, invitations
from coachhub.firms.models import Membership, Roster, RosterLine

AT_ONCE = 25  # invitations in one transaction
KEPT = dt.timedelta(days=8)  # an invitation is good for seven; then there is nothing to undo


@job("console.send_roster")
def SEND(firm_id: UUID, roster_id: str) -> None:  # noqa: N802 - a job is a constant of its room
    """Send a roster's invitations, some at a time; what was sent stays sent if it is broken off."""
    del firm_id
    while _send_some(UUID(roster_id)):
        db.session.commit()


def _any() -> Select[UUID]:
    return select(Roster.id)


@job("console.rosters_go_on", every_minutes=5, waits=_any)
def GO_ON(firm_id: UUID) -> None:  # noqa: N802 - the same
    """Take up rosters whose worker died; drop those that nobody needs any more."""
    for roster_id in db.session.scalars(select(Roster.id).where(Roster.state == "sending")):
        SEND.later(firm_id, str(roster_id))
    db.session.execute(
        delete(Roster).where(Roster.state != "sending", Roster.created_at < now() - KEPT)
    )


def _send_some(roster_id: UUID) -> bool:
    """Invite the next few people; False once there is nothing left to do."""
    # Held until the commit: an undo waits for these, and one worker is enough.
    roster = db.session.scalar(
        select(Roster)
        .where(Roster.id == roster_id)
        .with_for_update(skip_locked=True)
        .execution_options(populate_existing=True)
    )
    if roster is None or roster.state != "sending":
        return False
    lines = db.session.scalars(
        select(RosterLine)
        .where(RosterLine.roster_id == roster_id, RosterLine.state == "good")
        .order_by(RosterLine.line)
        .limit(AT_ONCE)
    ).all()
    inviter = db.session.scalar(select(Membership).where(Membership.id == roster.by_id))
    if not lines or inviter is None:
        roster.state, roster.ended_at = "done", now()
        return False
    actor = entrance.acting(inviter)
    names = {one.id: one.name for one in db.session.scalars(select(Cohort))}
    sender = db.session.get_one(Person, inviter.person_id)
    # What is wrong with a line is read by whoever sent the roster.
    with in_language(sender.language):
        for line in lines:
            _invite(actor, line, names.get(line.cohort_id, "") if line.cohort_id else "")
    return True


def _invite(actor: Actor, line: RosterLine, cohort_name: str) -> None:
    invitee = invitations.Invitee(line.email, line.name, line.role, line.cohort_id)
    try:
        with db.session.begin_nested():
            made = invitations.invite(actor, invitee, cohort_name)
    except DomainError as error:
        line.state, line.told = "failed", str(error)
        line.written = line.email
        return
    line.state, line.invitation_id = "invited", made.id
    # The invitation has them now; what is not here need not be forgotten here.
    line.email = line.name = ""
