"""A recruiter's shortlist: up to three members who said yes, in one mail."""

from __future__ import annotations

from uuid import UUID

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import select

from coachhub.board.models import Lead
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.introductions import letters, promises
from coachhub.introductions.direct import MOST_ON_A_SHORTLIST
from coachhub.introductions.models import Introduction
from coachhub.mail.outbox import suppressed


class ShortlistError(DomainError):
    """A shortlist cannot be sent like this; the message says why."""


def own_lead(actor: Actor, lead_id: UUID) -> Lead:
    """Return one of the actor's own leads; raises NotFoundError."""
    lead = db.session.scalar(
        select(Lead).where(Lead.id == lead_id, Lead.owner_id == actor.member_id(), Lead.is_shown)
    )
    if lead is None:
        raise NotFoundError
    return lead


def willing(lead: Lead) -> list[Introduction]:
    """Return the introductions of members who said yes to a lead, first come first."""
    return list(
        db.session.scalars(
            select(Introduction)
            .where(
                Introduction.need_id == lead.id,
                Introduction.giver_id == lead.owner_id,
                Introduction.asset == "lead",
                Introduction.state.in_(("introduced", "kept")),
            )
            .order_by(Introduction.introduced_at)
        )
    )


def send_shortlist(
    actor: Actor, lead: Lead, chosen: list[UUID], to_address: str = "", note: str = ""
) -> int:
    """Send the chosen introductions' receivers in one mail, and count those promises as kept.

    Args:
        actor: the lead's owner.
        lead: a recruiter's search.
        chosen: ids out of `willing`, at most three.
        to_address: the recruiter's; if empty, the actor gets the mail and passes it on.
        note: the actor's own words on top.

    Returns how many members are on it. Raises ShortlistError.
    """
    if lead.kind != "recruiter" or lead.owner_id != actor.member_id():
        raise NotFoundError
    rows = [row for row in willing(lead) if row.id in chosen]
    if not rows or len(rows) != len(set(chosen)):
        raise ShortlistError(gettext("Please choose who goes on the shortlist."))
    if len(rows) > MOST_ON_A_SHORTLIST:
        raise ShortlistError(
            gettext(
                "Please choose at most %(MOST_ON_A_SHORTLIST)s people.",
                MOST_ON_A_SHORTLIST=MOST_ON_A_SHORTLIST,
            )
        )
    if not letters.shortlist(actor, lead, rows, _checked(to_address), note.strip()):
        raise ShortlistError(gettext("This shortlist has been sent already."))
    for row in rows:
        if row.state == "introduced":
            promises.keep(actor, row)
    return len(rows)


def _checked(address: str) -> str:
    if not address.strip():
        return ""
    try:
        found = validate_email(address.strip(), check_deliverability=False)
    except EmailNotValidError as error:
        raise ShortlistError(gettext("That mail address does not look right.")) from error
    if suppressed(found.normalized):
        raise ShortlistError(
            gettext(
                "We may not write to this address. Leave it empty, and pass the mail on yourself."
            )
        )
    return found.normalized
