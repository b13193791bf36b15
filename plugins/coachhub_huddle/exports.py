"""What a member takes with them of huddles and homework."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.privacy.hooks import ExportSection, section
from coachhub_huddle.models import (
    Attendance,
    Comment,
    Draft,
    Feed,
    HandIn,
    Homework,
    Huddle,
    Line,
)


def export(member: Membership) -> Sequence[ExportSection]:
    """Return what a member handed in, was told, was marked, and wrote as a coach."""
    marks = db.session.execute(
        select(Huddle.starts_at, Attendance.state)
        .join(Huddle, Huddle.id == Attendance.huddle_id)
        .where(Attendance.membership_id == member.id)
        .order_by(Huddle.starts_at)
    )
    handed = db.session.execute(
        select(
            Homework.title.label("homework"),
            Homework.due_on,
            HandIn.handed_in_at,
            HandIn.state,
            HandIn.hook,
            HandIn.text,
            HandIn.moderation,
        )
        .join(Homework, Homework.id == HandIn.homework_id)
        .where(HandIn.owner_id == member.id)
        .order_by(HandIn.handed_in_at)
    )
    mine = select(HandIn.id).where(HandIn.owner_id == member.id)
    drafts = db.session.scalars(
        select(Draft).where(Draft.hand_in_id.in_(mine)).order_by(Draft.created_at, Draft.position)
    )
    said = db.session.scalars(
        select(Comment)
        .where(Comment.hand_in_id.in_(mine), Comment.is_shown)
        .order_by(Comment.created_at)
    )
    wrote = [
        db.session.scalars(select(one).where(one.owner_id == member.id).order_by(one.created_at))
        for one in (Line, Homework, Comment)
    ]
    feed = db.session.scalars(select(Feed).where(Feed.owner_id == member.id))
    return [
        section(
            "huddle_attendance", gettext("Huddles you were marked at"), marks, "starts_at state"
        ),
        section(
            "huddle_homework",
            gettext("Homework you handed in"),
            handed,
            "homework due_on handed_in_at state hook text moderation",
        ),
        section(
            "huddle_homework_lines",
            gettext("Lines of your homework, on their way to the board"),
            drafts,
            "line post_kind kind title body company field posted_at",
        ),
        section(
            "huddle_comments", gettext("What coaches said to it"), said, "created_at verdict text"
        ),
        section(
            "huddle_agenda_written",
            gettext("Lines you wrote on agendas"),
            wrote[0],
            "created_at text",
        ),
        section(
            "huddle_homework_set",
            gettext("Homework you set"),
            wrote[1],
            "created_at kind title text due_on",
        ),
        section(
            "huddle_comments_written",
            gettext("What you said to homework"),
            wrote[2],
            "created_at verdict text",
        ),
        section("huddle_wishes", gettext("Your wish for reminders"), feed, "created_at reminders"),
    ]
