"""A last look at a digest, seconds before it leaves: is all of it still so?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Enrolment
from coachhub.core.db import db
from coachhub.core.jobs import later
from coachhub.core.words import gettext_noop
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.news import POSTS, still_there
from coachhub.firms.models import Membership
from coachhub.mail.hooks import MAY_SEND
from coachhub.mail.models import FirmMail

LEFT = gettext_noop("They have ended their digests.")
TAKEN_DOWN = gettext_noop(
    "Something in it is no longer on the board; a new one is written without it."
)
STOPPED = gettext_noop("Somebody stopped the digests before this one went out.")


@MAY_SEND.from_room_at_once
def digests_still_hold(mails: Sequence[FirmMail]) -> list[str]:
    """Hold back digests that nobody wants any more, or that tell of what was taken down."""
    of = {mail.id: mail for mail in mails if mail.kind == "digest"}
    if not of:
        return [""] * len(mails)
    left = set(
        db.session.scalars(
            select(DigestPreference.membership_id).where(
                DigestPreference.membership_id.in_({mail.membership_id for mail in of.values()}),
                DigestPreference.cadence == "off",
            )
        )
    )
    digests = {
        one.mail_id: one for one in db.session.scalars(select(Digest).where(Digest.mail_id.in_(of)))
    }
    gone = what_is_gone(item for one in digests.values() for item in one.items)
    found = []
    for mail in mails:
        digest = digests.get(mail.id)
        if mail.id in of and mail.membership_id in left:
            found.append(LEFT)
        elif digest is not None and digest.skipped == STOPPED:
            digest.items = []  # the next one tells it
            found.append(STOPPED)
        elif digest is not None and any(item["key"] in gone for item in digest.items):
            later("digests.again", mail.firm_id, str(digest.id))
            found.append(TAKEN_DOWN)
        else:
            found.append("")
    return found


def what_is_gone(items: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the keys of the posts among a digest's items that nobody should be told about."""
    named: dict[str, dict[UUID, str]] = defaultdict(dict)
    for key in {str(item["key"]) for item in items}:  # the same posts stand in many digests
        kind, _, post_id = key.partition("/")
        if kind in POSTS:
            named[kind][UUID(post_id)] = key
    gone: set[str] = set()
    for kind, keys in named.items():
        table = POSTS[kind]
        there = db.session.scalars(
            select(table.id)
            .join(Membership, Membership.id == table.owner_id)
            .join(
                Enrolment,
                (Enrolment.membership_id == table.owner_id)
                & (Enrolment.cohort_id == table.cohort_id),
            )
            .where(table.id.in_(keys), *still_there(table))
        )
        gone |= set(keys.values()) - {keys[post_id] for post_id in there}
    return gone
