"""A last look at a digest, seconds before it leaves: is all of it still so?"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Enrolment
from coachhub.core.db import db
from coachhub.core.jobs import later
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.news import POSTS, still_there
from coachhub.firms.models import Membership
from coachhub.mail.hooks import MAY_SEND
from coachhub.mail.models import FirmMail

LEFT = "They have ended their digests."
TAKEN_DOWN = "Something in it is no longer on the board; a new one is written without it."


@MAY_SEND.from_room
def digest_still_holds(mail: FirmMail) -> str:
    """Hold back a digest that nobody wants any more, or that tells of what was taken down."""
    if mail.kind != "digest":
        return ""
    cadence = db.session.scalar(
        select(DigestPreference.cadence).where(DigestPreference.membership_id == mail.membership_id)
    )
    if cadence == "off":
        return LEFT
    digest = db.session.scalar(select(Digest).where(Digest.mail_id == mail.id))
    if digest is None or not what_is_gone(digest.items):
        return ""
    later("digests.again", mail.firm_id, str(digest.id))
    return TAKEN_DOWN


def what_is_gone(items: Iterable[Mapping[str, Any]]) -> set[str]:
    """Return the keys of the posts among a digest's items that nobody should be told about."""
    named: dict[str, dict[UUID, str]] = defaultdict(dict)
    for item in items:
        kind, _, post_id = str(item["key"]).partition("/")
        if kind in POSTS:
            named[kind][UUID(post_id)] = item["key"]
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
