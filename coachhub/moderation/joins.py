"""Where moderation joins in elsewhere: what a member takes away."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import ColumnElement, Select, delete, func, select, update

from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.hooks import HOME, MENU, NUMBERS, PROFILE_CHANGED, HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.firms.numbers import number
from coachhub.moderation import house, operations, queries
from coachhub.moderation.hooks import REPORTABLE, Reportable, find_reportable
from coachhub.moderation.letters import WITHIN_DAYS
from coachhub.moderation.models import Appeal, Case, Content, Decision, Report
from coachhub.moderation.words import taken_out
from coachhub.privacy.hooks import (
    ERASE,
    EXPORT_SECTION,
    RETAIN,
    ExportSection,
    Kept,
    Retained,
    section,
)


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show members what was decided about their texts, once there is something."""
    if actor.membership_id is None or not number("moderation.about_me"):
        return []
    url = path("moderation.mine")
    active = here("moderation.mine", "moderation.decided")
    return [MenuItem(gettext("About your texts"), url, "shield", 66, active=active)]


@NUMBERS.from_room
def numbers(actor: Actor) -> dict[str, ColumnElement[Any]]:
    """Say whether somebody has anything to read about their texts."""
    if actor.membership_id is None:
        return {}
    return {"moderation.about_me": queries.has_something(actor.membership_id)}


@HOME.from_room_at_once
def homes(actors: Sequence[Actor]) -> list[list[HomeItem]]:
    """Put what a moderator gave back on the authors' home pages, until they have mended it."""
    back = queries.given_back_to([actor.member_id() for actor in actors])
    return [_given_back(back.get(actor.member_id(), ())) for actor in actors]


def _given_back(found: Iterable[tuple[Case, Decision]]) -> list[HomeItem]:
    return [
        HomeItem(
            title=gettext("A text is back with you"),
            text=gettext(
                "A moderator asks you to change %(what)s. Then it goes up again.",
                what=case.label or gettext("something you wrote"),
            ),
            url=path("moderation.decided", decision_id=decision.id),
            action=gettext("See what to change"),
            icon="undo",
            order=15,
        )
        for case, decision in found
        if find_reportable(case.target_kind, case.target_id)
    ]


@REPORTABLE.from_room
def profile(kind: str, thing_id: UUID) -> Reportable | None:
    """Let people report what a member tells about themselves."""
    if kind != "profile":
        return None
    member = db.session.scalar(select(Membership).where(Membership.id == thing_id))
    if member is None:
        return None
    return taken_out(
        "profile",
        member,
        *("headline", "titles", "fields", "places", "interests", "profile_url", "resume_url"),
        label=gettext("the page of %(name)s", name=member.name),
        owner_id=member.id,
        cohort_id=None,
        url=path("firms.home"),
        mend_url=path("firms.me"),
    )


@PROFILE_CHANGED.from_room
def profile_changed(actor: Actor, member: Membership) -> None:
    """Let moderation see a page that its owner has changed."""
    operations.published(actor, "profile", member.id)


@ERASE.from_room
def erase(member: Membership) -> list[Kept]:
    """Blank what somebody wrote, and what was quoted of it; that it was decided stays."""
    theirs = select(Case.id).where(Case.author_id == member.id)
    their_things = select(Case.target_id).where(Case.author_id == member.id)
    for blanked in (
        update(Decision).where(Decision.case_id.in_(theirs)).values(passage="", message=""),
        update(Appeal).where(Appeal.case_id.in_(theirs)).values(text="", answer=""),
        delete(Content).where(Content.target_id.in_(their_things)),
        update(Report).where(Report.reporter_id == member.id).values(note=""),
        update(Case).where(Case.author_id == member.id).values(evidence="", label="", found=[]),
    ):
        db.session.execute(blanked)
    return [
        Kept(
            Report.reporter_id,
            gettext_noop("How many have reported a thing stays; not who, nor why."),
        )
    ]


@RETAIN.from_room
def retained() -> list[Retained]:
    """Keep decided cases for a time, with what hangs on them."""
    return [
        Retained(
            "decided_cases",
            gettext_noop("Decided cases"),
            gettext_noop("Reports, decisions and appeals that nothing can follow from any more."),
            730,
            _number_over,
            _drop_over,
        )
    ]


def _over(before: dt.datetime) -> Select[UUID]:
    """Return the cases whose last decision is older, and whose appeal is over or too late."""
    last = func.max(Decision.created_at)
    return (
        select(Case.id)
        .join(Decision, Decision.case_id == Case.id)
        .where(Case.state.in_(("decided", "closed")))
        .group_by(Case.id)
        .having(last < min(before, now() - dt.timedelta(days=WITHIN_DAYS)))
    )


def _number_over(before: dt.datetime) -> int:
    return db.session.scalar(select(func.count()).select_from(_over(before).subquery())) or 0


def _drop_over(before: dt.datetime) -> int:
    ids = list(db.session.scalars(_over(before)))
    db.session.execute(delete(Case).where(Case.id.in_(ids)))
    return len(ids)


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member what they reported, and what was decided on their own texts; no names."""
    reported = db.session.execute(
        select(Report, Case.target_kind, Case.outcome)
        .join(Case, Case.id == Report.case_id)
        .where(Report.reporter_id == member.id)
        .order_by(Report.created_at)
    )
    rules = house.by_code()
    asked = db.session.scalars(
        select(Appeal).where(Appeal.author_id == member.id).order_by(Appeal.created_at)
    )
    decided = db.session.execute(
        select(Decision, Case.target_kind, Case.evidence)
        .join(Case, Case.id == Decision.case_id)
        .where(Case.author_id == member.id)
        .order_by(Decision.created_at)
    )
    return [
        ExportSection(
            "reports",
            gettext_noop("What you reported"),
            [
                {
                    "created_at": report.created_at,
                    "what": kind,
                    "reason": rules[report.reason].title,
                    "note": report.note,
                    "outcome": outcome,
                }
                for report, kind, outcome in reported
            ],
        ),
        ExportSection(
            "decisions",
            gettext_noop("Decisions on what you wrote"),
            [
                {
                    "created_at": decision.created_at,
                    "what": kind,
                    "text": evidence,
                    "outcome": decision.outcome,
                    "rule": rules[decision.rule].title if decision.rule else "",
                    "passage": decision.passage,
                    "what_followed": decision.effect,
                    "message": decision.message,
                }
                for decision, kind, evidence in decided
            ],
        ),
        section(
            "second_looks",
            gettext_noop("Second looks that you asked for"),
            asked,
            "created_at text outcome answer answered_at",
        ),
    ]
