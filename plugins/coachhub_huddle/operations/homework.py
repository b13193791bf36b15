"""Writing homework: set by a coach, handed in by members, looked at, and put on the board."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import delete, func, select

from coachhub.board import operations as board
from coachhub.board.hooks import Post
from coachhub.board.kinds import offer_kinds
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext
from coachhub.moderation.operations import published
from coachhub_huddle import guesses, letters
from coachhub_huddle.models import Comment, Draft, HandIn, Homework
from coachhub_huddle.operations.series import require_coach
from coachhub_huddle.queries import today_in


@dataclass(frozen=True)
class HomeworkDraft:
    """What a coach sets; `kind` is one of `models.KINDS`."""

    kind: str
    title: str
    text: str
    due_on: dt.date


@dataclass(frozen=True)
class LineDraft:
    """One line as it goes on the board; `kind`, `body` and `field` are for offers."""

    title: str
    kind: str = ""
    body: str = ""
    company: str = ""
    field: str = ""


def set_homework(actor: Actor, cohort: Cohort, draft: HomeworkDraft) -> Homework:
    """Set homework for the whole cohort; every member gets a letter."""
    require_coach(actor)
    if cohort.state != "running":
        raise DomainError(gettext("This cohort is closed."))
    homework = Homework(cohort_id=cohort.id, owner_id=actor.member_id())
    _fill(homework, draft)
    db.session.add(homework)
    db.session.flush()
    letters.homework_set(cohort, homework, actor)
    return homework


def change_homework(actor: Actor, homework: Homework, draft: HomeworkDraft) -> None:
    """Change what is set; its kind stays once somebody has handed something in."""
    require_coach(actor)
    if draft.kind != homework.kind and _handed_in(homework):
        raise DomainError(
            gettext("Somebody has handed this in already, so its kind stays as it is.")
        )
    _fill(homework, draft)
    homework.revision += 1
    db.session.flush()
    published(actor, "huddle_homework", homework.id)


def withdraw_homework(actor: Actor, homework: Homework) -> None:
    """Take homework back: nobody is asked for it any more. What was handed in stays readable."""
    require_coach(actor)
    if homework.withdrawn_at is None:
        homework.withdrawn_at = now()
        homework.revision += 1
        db.session.flush()


def hand_in(actor: Actor, homework: Homework, text: str, hook: str = "") -> HandIn:
    """Hand homework in, or again after it came back.

    Each line of an asset list, or of a list of targets, becomes a draft; lines that are on the
    board already stay. Late is fine, it is only counted.
    """
    if homework.withdrawn_at is not None or not homework.is_shown:
        raise DomainError(
            gettext("Your coach has taken this homework back. There is nothing left to do.")
        )
    mine = db.session.scalar(
        select(HandIn)
        .where(HandIn.homework_id == homework.id, HandIn.owner_id == actor.member_id())
        .with_for_update()
    )
    if mine is None:
        mine = HandIn(homework_id=homework.id, owner_id=actor.member_id(), times=0)
        mine.late_days = max(0, (today_in(homework.cohort_id) - homework.due_on).days)
        db.session.add(mine)
    mine.text, mine.hook, mine.state = text, hook, "handed_in"
    mine.handed_in_at, mine.times = now(), mine.times + 1
    db.session.flush()
    published(actor, "huddle_hand_in", mine.id)
    if homework.kind in {"assets", "targets"}:
        _draw_drafts(mine, homework.kind)
    return mine


def change_draft(actor: Actor, mine: HandIn, draft: Draft, line: LineDraft) -> None:
    """Keep a line as its owner wants it, before it goes on the board."""
    _own(actor, mine)
    if draft.post_id is not None:
        raise DomainError(gettext("This is on the board already. Change it there."))
    for name in LineDraft.__dataclass_fields__:
        setattr(draft, name, getattr(line, name))
    db.session.flush()


def post_draft(actor: Actor, cohort: Cohort, mine: HandIn, draft: Draft) -> Post:
    """Put a line on the board, by the board's own operations.

    Raises the board's FieldError with a question where the line is not specific, and DomainError
    if it stands there already.
    """
    _own(actor, mine)
    if draft.post_id is not None:
        raise DomainError(gettext("This is on the board already."))
    made: Post
    if draft.post_kind == "target":
        made = board.post_target(
            actor, cohort, board.TargetDraft(company=draft.company, roles=draft.title)
        )
    else:
        given = board.OfferDraft(
            kind=draft.kind,
            title=draft.title,
            body=draft.body,
            company=draft.company,
            field=draft.field,
        )
        made = board.post_offer(actor, cohort, given)
    draft.post_id, draft.posted_at = made.id, now()
    db.session.flush()
    return made


def review(actor: Actor, homework: Homework, handed: HandIn, text: str, verdict: str) -> Comment:
    """Say what a coach thinks of a hand-in: done, or back for another look. A letter tells it."""
    require_coach(actor)
    if verdict not in {"reviewed", "back"}:
        raise DomainError(gettext("Is it done, or does it go back?"))
    if verdict == "back" and not text:
        raise DomainError(
            gettext("Say what to look at again: without a word it cannot get better.")
        )
    comment = Comment(hand_in_id=handed.id, owner_id=actor.member_id(), text=text, verdict=verdict)
    handed.state = verdict
    db.session.add(comment)
    db.session.flush()
    letters.reviewed(homework, handed, comment, actor)
    return comment


def draft_of(mine: HandIn, draft_id: UUID) -> Draft:
    """Return a line of this hand-in; raises NotFoundError."""
    found = db.session.scalar(
        select(Draft).where(Draft.id == draft_id, Draft.hand_in_id == mine.id)
    )
    if found is None:
        raise NotFoundError
    return found


def _own(actor: Actor, mine: HandIn) -> None:
    if mine.owner_id != actor.member_id():
        raise NotFoundError


def _fill(homework: Homework, draft: HomeworkDraft) -> None:
    for name in HomeworkDraft.__dataclass_fields__:
        setattr(homework, name, getattr(draft, name))


def _handed_in(homework: Homework) -> bool:
    counted = select(func.count()).select_from(HandIn).where(HandIn.homework_id == homework.id)
    return bool(db.session.scalar(counted))


def _draw_drafts(mine: HandIn, kind: str) -> None:
    """Make a draft of each new line; a line that is gone takes its draft along, unless posted."""
    lines = guesses.lines_of(mine.text)[: guesses.MOST_LINES]
    drafts = list(db.session.scalars(select(Draft).where(Draft.hand_in_id == mine.id)))
    there = {draft.line: draft for draft in drafts}
    gone = [one.id for one in drafts if one.post_id is None and one.line not in lines]
    if gone:
        db.session.execute(delete(Draft).where(Draft.id.in_(gone)))
    kinds = {one.key: one.label for one in offer_kinds().values()}
    for position, line in enumerate(lines):
        if line in there:
            there[line].position = position
            continue
        db.session.add(
            Draft(hand_in_id=mine.id, position=position, line=line, **_first(line, kind, kinds))
        )
    db.session.flush()


def _first(line: str, kind: str, kinds: dict[str, str]) -> dict[str, Any]:
    if kind == "targets":
        company, roles = guesses.target_from(line)
        return {"post_kind": "target", "company": company, "title": roles}
    guess = guesses.offer_from(line, kinds)
    return {
        "post_kind": "offer",
        "kind": guess.kind,
        "title": guess.title,
        "company": guess.company,
    }
