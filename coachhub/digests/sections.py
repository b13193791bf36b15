"""What goes into a digest: what waits for the member, and what is new that they can answer."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any

from sqlalchemy import select

from coachhub.board.models import Ask, Lead, Offer
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.links import path
from coachhub.digests.hooks import DIGEST_SECTION, DigestItem
from coachhub.digests.models import Digest
from coachhub.firms.hooks import HOME
from coachhub.firms.models import Membership
from coachhub.permissions import Standing

MOST = 7
_NEWS: tuple[tuple[type[Ask | Lead | Offer], int], ...] = (
    (Ask, 30),
    (Lead, 35),
    (Offer, 40),
)


def items_for(membership: Membership, since: dt.datetime) -> list[DigestItem]:
    """Return at most seven items, best first, that the member has not been told before."""
    found = [*_waiting(membership), *_news(membership, since)]
    found += [item for items in DIGEST_SECTION.call(membership, since) for item in items]
    told = _told(membership)
    fresh = [item for item in found if told.get(item.key) != item.changed]
    fresh.sort(key=lambda item: (item.due or dt.date.max, item.order, item.key))
    return fresh[:MOST]


def _waiting(membership: Membership) -> Iterable[DigestItem]:
    actor = Actor(
        label=membership.name,
        person_id=membership.person_id,
        membership_id=membership.id,
        standings=frozenset({Standing.ANYONE, Standing.PERSON, Standing.MEMBER}),
    )
    for items in HOME.call(actor):
        for item in items:
            yield DigestItem(
                key=f"home/{item.url}/{item.title}",
                title=item.title,
                why=item.text,
                url=item.url,
                action=item.action,
                due=item.due,
                order=item.order,
                # What waits is told in every digest until it is done.
                changed=now().date().isoformat(),
            )


def _news(membership: Membership, since: dt.datetime) -> Iterable[DigestItem]:
    """Yield what others posted on the boards of the member's cohorts since `since`."""
    cohorts = db.session.scalars(
        select(Cohort)
        .join(Enrolment, Enrolment.cohort_id == Cohort.id)
        .where(Enrolment.membership_id == membership.id, Enrolment.state == "active")
        .order_by(Cohort.name)
    ).all()
    for cohort in cohorts:
        for table, order in _NEWS:
            posts: Any = db.session.execute(
                select(table, Membership.name)
                .join(Membership, Membership.id == table.owner_id)
                .where(
                    table.cohort_id == cohort.id,
                    table.owner_id != membership.id,
                    table.moderation == "visible",
                    table.closed_at.is_(None),
                    table.expires_on >= now().date(),
                    table.created_at > since,
                )
                .order_by(table.created_at.desc())
                .limit(MOST)
            )
            for post, owner in posts:
                yield _news_item(post, owner, cohort, order)


def _news_item(post: Any, owner: str, cohort: Cohort, order: int) -> DigestItem:
    kind = type(post).__name__.lower()  # ask, lead or offer
    words = {
        "ask": (
            f"{owner} asks: {post.title}",
            "You may have what it takes.",
            "See if you can help",
        ),
        "lead": (f"A lead: {post.title}", f"{owner} heard of it. It may fit you.", "See the lead"),
        "offer": (f"{owner} offers: {post.title}", "It is new on the board.", "See the offer"),
    }
    title, why, action = words[kind]
    return DigestItem(
        key=f"{kind}/{post.id}",
        title=title,
        why=f"{why} You are both in {cohort.name}.",
        url=path("board.board", cohort=cohort.slug) + f"#{kind}-{post.id}",
        action=action,
        order=order,
        changed=str(post.revision),
    )


def _told(membership: Membership) -> dict[str, str]:
    """Return what earlier digests said: key → how far it had come then."""
    digests = db.session.scalars(
        select(Digest).where(Digest.membership_id == membership.id).order_by(Digest.period)
    )
    return {item["key"]: item["changed"] for digest in digests for item in digest.items}
