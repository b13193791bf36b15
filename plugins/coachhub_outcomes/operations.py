"""Writing landings. Operations flush and never commit."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select

from coachhub.accounts.models import Person
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, in_language
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.moderation.operations import published
from coachhub_outcomes.models import Cause, Landing
from coachhub_outcomes.queries import (
    LETTERS,
    WAYS,
    cause_of,
    causes_of,
    introduction_of,
    landing_of,
    my_group,
)

LONGEST_THANKS = 1000


@dataclass(frozen=True)
class Story:
    """What a member tells of their landing, and what led there.

    `introductions` are ids of introductions made for them, `people` memberships of their cohorts,
    `ways` keys of `queries.WAYS`.
    """

    work: str
    starts_on: dt.date | None = None
    role: str = ""
    company: str = ""
    words: str = ""
    shown_to: str = "me"
    introductions: tuple[UUID, ...] = ()
    people: tuple[UUID, ...] = ()
    ways: tuple[str, ...] = ()


def tell(actor: Actor, story: Story) -> Landing:
    """Keep what a member tells; what they no longer name is dropped, unless it was thanked.

    Raises NotFoundError for somebody who has not landed, and for what is not theirs.
    """
    member = db.session.scalars(select(Membership).where(Membership.id == actor.member_id())).one()
    if member.landed_on is None:
        raise NotFoundError
    landing = landing_of(member.id)
    if landing is None:
        landing = Landing(owner_id=member.id, work=story.work)
        db.session.add(landing)
    landing.work, landing.starts_on, landing.role = story.work, story.starts_on, story.role
    landing.company, landing.words, landing.shown_to = story.company, story.words, story.shown_to
    db.session.flush()
    published(actor, "landing", landing.id)
    _name_causes(actor, landing, story)
    return landing


def thank(actor: Actor, cause_id: UUID, words: str) -> Cause:
    """Send a helper the news that what they did led to a landing, with the member's thanks.

    Only ever on the member's own word, once for each.
    """
    cause = cause_of(actor, cause_id)
    if cause.helper_id is None:
        raise NotFoundError
    if cause.thanked_at is not None:
        raise DomainError(gettext("You have thanked them already. They have it in their mail."))
    if not words.strip():
        raise DomainError(gettext("Please write a word or two."))
    if len(words) > LONGEST_THANKS:
        raise DomainError(
            gettext(
                "Please keep it under %(LONGEST_THANKS)s characters.", LONGEST_THANKS=LONGEST_THANKS
            )
        )
    cause.thanks, cause.thanked_at = words.strip(), now()
    db.session.flush()
    _write_to_helper(actor, cause, cause.helper_id)
    return cause


def forget(member_id: UUID) -> None:
    """Drop what a member told: they look for work again, or have left."""
    db.session.execute(delete(Landing).where(Landing.owner_id == member_id))


def _name_causes(actor: Actor, landing: Landing, story: Story) -> None:
    wanted: dict[tuple[str, object], Cause] = {}
    for introduction_id in story.introductions:
        row = introduction_of(actor.member_id(), introduction_id)
        wanted["introduction", row.id] = Cause(
            kind=row.asset, introduction_id=row.id, helper_id=row.giver_id
        )
    group = dict(my_group(actor))
    for member_id in story.people:
        if member_id not in group:
            raise NotFoundError
        wanted["person", member_id] = Cause(helper_id=member_id)
    for way in story.ways:
        if way not in WAYS:
            raise NotFoundError
        wanted["way", way] = Cause(way=way)
    there = {_key(cause): cause for cause in causes_of(landing)}
    for key, cause in there.items():
        if key not in wanted and cause.thanked_at is None:
            db.session.delete(cause)
    for key, cause in wanted.items():
        if key not in there:
            cause.owner_id, cause.landing_id = landing.owner_id, landing.id
            db.session.add(cause)
    db.session.flush()


def _key(cause: Cause) -> tuple[str, object]:
    if cause.introduction_id is not None:
        return "introduction", cause.introduction_id
    return ("person", cause.helper_id) if cause.helper_id else ("way", cause.way)


def _write_to_helper(actor: Actor, cause: Cause, helper_id: UUID) -> None:
    helper = db.session.scalars(select(Membership).where(Membership.id == helper_id)).one()
    if helper.state != "active":
        raise DomainError(gettext("They are no longer here, so our mail does not reach them."))
    person = db.session.get_one(Person, helper.person_id)
    firm = db.session.get_one(Firm, current_firm_id())
    with in_language(person.language):
        queue_letter(
            Letter(
                kind="outcomes-helped",
                to_address=person.email,
                to_name=helper.name,
                once=f"outcomes/{cause.id}",
                context={
                    "firm": firm,
                    "name": helper.name,
                    "who": actor.label,
                    "what": gettext(LETTERS[cause.kind]),
                    "introduced": cause.introduction_id is not None,
                    "thanks": cause.thanks,
                    "url": absolute("outcomes.helped"),
                },
                from_name=firm.sender_name or firm.name,
                membership_id=helper.id,
            )
        )
