"""Where authors say that something comes from: asked kindly, kept for the moderator."""

from __future__ import annotations

import re
from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import select

from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.words import gettext, gettext_noop
from coachhub.moderation.hooks import Nudge, Source
from coachhub.moderation.models import NamedSource

SORTS = {
    "public": gettext_noop("It is public: here is the link"),
    "own": gettext_noop("I lived it myself, and tell it in my own words"),
    "allowed": gettext_noop("I was allowed to share it: here is by whom"),
}
_LINK = re.compile(r"https?://[\w-]+(\.[\w-]+)+(:\d+)?(/\S*)?", re.IGNORECASE)
_SHORTEST_NAME = 3


def problem(source: Source) -> str:
    """Return what a source still lacks, as a sentence for its author; empty if it is good."""
    if source.sort == "public" and not _LINK.fullmatch(source.words):
        return gettext(
            "Please give the whole link where anybody can read it, beginning with https://."
        )
    if source.sort == "allowed" and len(source.words) < _SHORTEST_NAME:
        return gettext("Please say who allowed you to share it.")
    return ""


def keep(
    actor: Actor, kind: str, thing_id: UUID, source: Source, answered: Sequence[Nudge]
) -> None:
    """Keep what an author named as the source of a text, with the passages it is for."""
    db.session.add(
        NamedSource(
            target_kind=kind,
            target_id=thing_id,
            author_id=actor.member_id(),
            sort=source.sort,
            words=source.words,
            found=[nudge.finding() for nudge in answered],
        )
    )
    db.session.flush()


def named_for(thing_id: UUID) -> list[NamedSource]:
    """Return the sources that were named for a text, the newest first."""
    query = select(NamedSource).where(NamedSource.target_id == thing_id)
    return list(db.session.scalars(query.order_by(NamedSource.created_at.desc())))
