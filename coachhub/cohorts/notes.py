"""A coach's note to a member: the one action behind most signals."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from uuid import UUID

from sqlalchemy import func, select
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, gettext_noop, in_language
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import Letter, queue_letter

_SUGGESTIONS = {
    "quiet": gettext_noop(
        "we have not seen you here for a while, and I wonder how you are. Shall we talk for"
        " ten minutes this week? Tell me when it suits you."
    ),
    "waited": gettext_noop(
        "the last rounds have not brought you an introduction yet. Let us look at your"
        " targets and asks together and make them easier to help with."
    ),
    "no_targets": gettext_noop(
        "which companies would you like to reach? Two or three on your list are enough"
        " for the group to start looking for doors. If it helps, we can think of some together."
    ),
    "no_offers": gettext_noop(
        "the group would gain from what you know. Where have you worked, what do you"
        " read, what are you good at? Each of these can be an offer, and it takes two minutes."
    ),
    "unmet_asks": gettext_noop(
        "one of your asks is still open. Let us put it so that it is easy to say yes"
        " to: a smaller step, one named company, or fifteen minutes instead of an hour."
    ),
    "over_giving": gettext_noop(
        "you have given a lot to this group. Thank you. Now let us see that something"
        " comes back: what would help you most this week?"
    ),
}


def suggestion(about: str, member: Membership, coach: Membership) -> str:
    """Return the first words of a note about a signal; empty for an unknown one."""
    text = _SUGGESTIONS.get(about, "")
    if not text:
        return ""
    first, signed = member.name.split()[0], coach.name.split()[0]
    dear, warmly = gettext("Dear %(name)s,", name=first), gettext("Warmly,")
    return f"{dear}\n\n{gettext(text)}\n\n{warmly}\n{signed}"


def last_notes(membership_ids: Collection[UUID]) -> dict[UUID, dt.datetime]:
    """Return when each of some members was last sent a note by a coach; those who were, only."""
    rows = db.session.execute(
        select(FirmMail.membership_id, func.max(FirmMail.created_at))
        .where(FirmMail.kind == "coach_note", FirmMail.membership_id.in_(membership_ids))
        .group_by(FirmMail.membership_id)
    )
    return {one: when for one, when in rows if one is not None}


def send_note(actor: Actor, cohort: Cohort, member: Membership, text: str) -> None:
    """Send a member a note by mail; answers go to the coach. That it was sent is recorded."""
    to = db.session.scalars(select(Person).where(Person.id == member.person_id)).one()
    back = db.session.scalar(select(Person.email).where(Person.id == actor.person_id))
    with in_language(to.language):
        letter = Letter(
            kind="coach_note",
            to_address=to.email,
            to_name=member.name,
            once=f"coach_note:{uuid7()}",
            context={
                "member": member.name,
                "coach": actor.label,
                "cohort": cohort,
                "firm": db.session.get_one(Firm, current_firm_id()),
                "text": text,
                "url": absolute("board.board", cohort=cohort.slug),
            },
            from_name=actor.label,
            reply_to=back or "",
            membership_id=member.id,
        )
    queue_letter(letter)
    audit.record(actor, "member.note_sent", kind="membership", subject=member.id, label=member.name)
