"""What can be reported: a line of an agenda, homework, what was handed in, what was said of it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import reads
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.words import gettext
from coachhub.moderation.hooks import Reportable, masking
from coachhub_huddle.models import Comment, HandIn, Homework, Huddle, Line

MODELS: dict[str, Any] = {
    "huddle_line": Line,
    "huddle_homework": Homework,
    "huddle_hand_in": HandIn,
    "huddle_comment": Comment,
}
MASKED = {"huddle_homework": ("title", "text"), "huddle_hand_in": ("hook", "text")}


def find(kind: str, thing_id: UUID) -> Reportable | None:
    """Return what is reported; None for another kind, or a thing whose author is gone."""
    if kind not in MODELS:
        return None
    thing = db.session.scalar(select(MODELS[kind]).where(MODELS[kind].id == thing_id))
    if thing is None or thing.owner_id is None:
        return None
    cohort, label, text, url = _about(thing)

    def move(state: str) -> None:
        thing.moderation = state

    return Reportable(
        kind=kind,
        id=thing.id,
        label=label,
        text=text,
        owner_id=thing.owner_id,
        cohort_id=cohort.id,
        url=url,
        move=move,
        state=thing.moderation,
        may_read=reads(cohort.id),
        **masking(thing, *MASKED.get(kind, ("text",))),
    )


def _about(thing: Any) -> tuple[Cohort, str, str, str]:
    """Return the cohort that reads it, what people call it, its words, and where it stands."""
    if isinstance(thing, Line):
        huddle = db.session.scalars(select(Huddle).where(Huddle.id == thing.huddle_id)).one()
        cohort = _cohort(huddle.cohort_id)
        url = path("huddle.show", cohort=cohort.slug, huddle_id=huddle.id)
        return cohort, gettext("a line of an agenda"), thing.text, url
    if isinstance(thing, Homework):
        homework, label = thing, gettext("the homework “%(title)s”", title=thing.title)
        text = f"{thing.title}\n{thing.text}"
    else:
        handed = thing
        if isinstance(thing, Comment):
            handed = db.session.scalars(select(HandIn).where(HandIn.id == thing.hand_in_id)).one()
        homework = db.session.scalars(
            select(Homework).where(Homework.id == handed.homework_id)
        ).one()
        is_comment = isinstance(thing, Comment)
        label = (
            gettext("a comment on homework")
            if is_comment
            else gettext("homework that was handed in")
        )
        text = thing.text if is_comment else "\n".join(filter(None, (thing.hook, thing.text)))
    cohort = _cohort(homework.cohort_id)
    return cohort, label, text, path("huddle.homework", cohort=cohort.slug, homework_id=homework.id)


def _cohort(cohort_id: UUID) -> Cohort:
    return db.session.scalars(select(Cohort).where(Cohort.id == cohort_id)).one()
