"""What of the board can be reported: every offer, ask, lead and target."""

from __future__ import annotations

import datetime as dt
from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import reads
from coachhub.companies.models import Company
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.words import gettext, gettext_noop
from coachhub.moderation.hooks import REPORTABLE, WRITTEN, Draft, Reportable, Written, masking

KINDS: dict[str, type[Offer | Ask | Lead | Target]] = {
    "offer": Offer,
    "ask": Ask,
    "lead": Lead,
    "target": Target,
}
_CALLED = {
    "offer": gettext_noop("the offer “%(title)s”"),
    "ask": gettext_noop("the ask “%(title)s”"),
    "lead": gettext_noop("the lead “%(title)s”"),
    "target": gettext_noop("the target “%(title)s”"),
}
_MASKED: dict[type[Offer | Ask | Lead | Target], tuple[str, ...]] = {
    Offer: ("title", "body", "field"),
    Ask: ("title", "body", "field"),
    Lead: ("title", "body", "field"),
    Target: ("roles", "learn"),
}


@REPORTABLE.from_room
def reportable(kind: str, thing_id: UUID) -> Reportable | None:
    """Return a post as something that can be reported; a lead's private source is left out."""
    table = KINDS.get(kind)
    if table is None:
        return None
    row = db.session.execute(
        select(table, Cohort.slug)
        .join(Cohort, Cohort.id == table.cohort_id)
        .where(table.id == thing_id)
    ).one_or_none()
    if row is None:
        return None
    post: Any = row[0]
    title, lines = _words(post)

    def move(state: str) -> None:
        post.moderation = state

    return Reportable(
        kind=kind,
        id=post.id,
        label=gettext(_CALLED[kind], title=title),
        text="\n".join(line for line in lines if line),
        owner_id=post.owner_id,
        cohort_id=post.cohort_id,
        url=path("board.board", cohort=row.slug),
        move=move,
        state=post.moderation,
        mend_url=path("board.edit", cohort=row.slug, kind=kind, post_id=post.id),
        may_read=reads(post.cohort_id),
        **masking(post, *_MASKED[table]),
    )


def _words(post: Offer | Ask | Lead | Target) -> tuple[str, list[str]]:
    """Return a post's title and all lines that others read."""
    if isinstance(post, Target):
        query = select(Company.name).where(Company.id == post.company_id)
        name = db.session.scalar(query) or gettext("a company")
        return name, [name, post.roles, post.learn]
    topics = ", ".join(getattr(post, "topics", []))
    return post.title, [post.title, post.body, post.field, topics]


@WRITTEN.from_room
def written(since: dt.datetime) -> list[Written]:
    """Return the posts of a firm since a moment, as the group reads them."""
    found = []
    for kind, table in KINDS.items():
        rows = db.session.execute(
            select(table, Cohort.slug)
            .join(Cohort, Cohort.id == table.cohort_id)
            .where(table.created_at >= since, table.moderation == "visible")
        )
        for row in rows:
            post: Any = row[0]
            title, lines = _words(post)
            draft = Draft(kind, post.owner_id, {"words": "\n".join(line for line in lines if line)})
            label, url = f"the {kind} “{title}”", path("board.board", cohort=row.slug)
            found.append(Written(kind, label, url, post.created_at, draft))
    return found
