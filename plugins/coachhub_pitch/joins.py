"""Where the pitch workshop joins in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import g, render_template
from markupsafe import Markup
from sqlalchemy import ColumnElement, delete, select

from coachhub.board.hooks import OfferKind, Post
from coachhub.board.models import Ask
from coachhub.cohorts.hooks import Signal
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import cohort_of, days_since, reads
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, gettext_noop
from coachhub.digests.hooks import DigestItem
from coachhub.firms.hooks import HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.firms.numbers import number
from coachhub.moderation.hooks import Reportable, masking
from coachhub.privacy.hooks import ExportSection, row_of, section
from coachhub_pitch import queries
from coachhub_pitch.models import Comment, Pitch, Version

LOOKED = {
    "hook": gettext_noop("Your coach has looked at your hook"),
    "pitch": gettext_noop("Your coach has looked at your pitch"),
}
CALLED = {
    "hook": gettext_noop("the hook “%(words)s”"),
    "pitch": gettext_noop("the pitch “%(words)s”"),
}


def menu(actor: Actor) -> Sequence[MenuItem]:
    """Show the member's own workshop; inside a cohort that they lead, who waits for a look."""
    cohort = g.get("cohort")
    if cohort is not None and queries.leads(actor):
        return [
            MenuItem(
                gettext("Pitches"),
                path("pitch.waiting", cohort=cohort.slug),
                "voice",
                35,
                here("pitch.waiting", "pitch.look"),
                number("pitch.waiting"),
            )
        ]
    inside = here("pitch.") and not here("pitch.shared", "pitch.look")
    return [MenuItem(gettext("My pitch"), path("pitch.mine"), "voice", 58, active=inside)]


def numbers(actor: Actor) -> Mapping[str, ColumnElement[Any]]:
    """Count what waits for a coach, and on the board what is shown to everybody."""
    cohort = g.get("cohort")
    found: dict[str, ColumnElement[Any]] = {}
    if cohort is not None and queries.leads(actor):
        found["pitch.waiting"] = queries.number_waiting(cohort)
    if cohort is not None and here("board.board"):
        found["pitch.shared"] = queries.number_shared(cohort)
    return found


def home(actor: Actor) -> Sequence[HomeItem]:
    """Bring what the coach said; invite whoever has no hook yet."""
    if actor.membership_id is None:
        return []
    items = [
        HomeItem(
            title=gettext(LOOKED[one.kind]),
            text=one.occasion or one.text[:80],
            url=path("pitch.edit", pitch_id=one.id),
            action=gettext("Read it"),
            icon="voice",
            order=20,
        )
        for one in queries.news(actor.membership_id)
    ]
    started = db.session.scalar(
        select(Pitch.id).where(Pitch.owner_id == actor.membership_id).limit(1)
    )
    if started is None:
        items.append(
            HomeItem(
                title=gettext("Write your hook"),
                text=gettext("One sentence that makes people want to hear more."),
                url=path("pitch.begin", what="hook"),
                action=gettext("Write it"),
                icon="voice",
                order=65,
                minutes=10,
            )
        )
    return items


def digest(membership: Membership, _since: dt.datetime) -> Sequence[DigestItem]:
    """Tell a member that their coach has looked, if they have not opened it yet."""
    return [
        DigestItem(
            key=f"pitch-looked/{one.id}",
            title=gettext(LOOKED[one.kind]),
            why=gettext("You asked for a look, and have not opened it since."),
            url=path("pitch.edit", pitch_id=one.id),
            action=gettext("Read what they say"),
            order=25,
            changed=f"{one.looked_at:%Y-%m-%dT%H:%M}" if one.looked_at else "",
        )
        for one in queries.news(membership.id)
    ]


def dashboard(cohort: Cohort) -> Sequence[Signal]:
    """Tell the coach who waits for a look; the longer, the more it presses."""
    found = []
    for one in queries.waiting(cohort):
        days = days_since(one.pitch.asked_at) if one.pitch.asked_at else 0
        found.append(
            Signal(
                membership_id=one.owner.id,
                kind="pitch",
                text=_waits(one.pitch, days),
                action=gettext("Look at it"),
                url=path("pitch.look", cohort=cohort.slug, pitch_id=one.pitch.id),
                weight=min(8, 4 + days // 2),
            )
        )
    return found


def _waits(pitch: Pitch, days: int) -> str:
    is_hook = pitch.kind == "hook"
    if not days:
        if is_hook:
            return gettext("Asked today for a look at their hook")
        return gettext("Asked today for a look at their pitch")
    if days == 1:
        if is_hook:
            return gettext("Waits since yesterday for a look at their hook")
        return gettext("Waits since yesterday for a look at their pitch")
    if is_hook:
        return gettext("Waits for %(days)s days for a look at their hook", days=days)
    return gettext("Waits for %(days)s days for a look at their pitch", days=days)


def board_tab(cohort: Cohort, _actor: Actor) -> MenuItem | None:
    """Add a tab to the board once somebody shares a hook or a pitch."""
    if not number("pitch.shared"):
        return None
    url = path("pitch.shared", cohort=cohort.slug)
    return MenuItem(gettext("Pitches"), url, "voice", active=here("pitch.shared"))


def board_card(post: Post, actor: Actor) -> Markup | None:
    """Offer to frame an ask of one's own for a yes."""
    if not isinstance(post, Ask) or post.owner_id != actor.membership_id:
        return None
    url = path("pitch.build_ask", words=post.title)
    words = gettext("Three ways to say it that get a yes")
    return Markup('<p><a href="{}">{}</a></p>').format(url, words)


def offer_kinds() -> Sequence[OfferKind]:
    """Let members offer an ear to each other's pitches."""
    return [
        OfferKind(
            key="listener",
            label=gettext("An ear for a pitch"),
            icon="voice",
            what=gettext("You listen to somebody's pitch and say what stays with you."),
            example=gettext("Twenty minutes by phone: you pitch twice, I say what I heard."),
            question=gettext("How long, how, and what do you listen for?"),
        )
    ]


def member_section(cohort: Cohort, membership: Membership, actor: Actor) -> Markup | None:
    """Show what a member shares on their page."""
    rows = queries.shared(cohort, membership.id)
    if not rows:
        return None
    mine = actor.membership_id == membership.id
    return Markup(render_template("pitch/section.html", rows=rows, mine=mine, cohort=cohort))  # noqa: S704 - our own template, escaped there


def member_left(membership: Membership) -> None:
    """Take a leaver's pitches and comments away."""
    if membership.state != "left":  # somebody suspended may come back
        return
    db.session.execute(delete(Comment).where(Comment.owner_id == membership.id))
    db.session.execute(delete(Pitch).where(Pitch.owner_id == membership.id))


def reportable(kind: str, thing_id: UUID) -> Reportable | None:
    """Let people report a pitch that was shared, and its owner what a coach said."""
    if kind == "pitch":
        pitch = db.session.scalar(select(Pitch).where(Pitch.id == thing_id))
        return _pitch(pitch) if pitch is not None and pitch.published_at else None
    if kind == "pitch_comment":
        said = db.session.scalar(select(Comment).where(Comment.id == thing_id))
        return _comment(said) if said is not None else None
    return None


def _pitch(pitch: Pitch) -> Reportable:
    def move(state: str) -> None:
        pitch.moderation = state

    url = path("pitch.mine")
    if pitch.cohort_id is not None:
        url = path("pitch.shared", cohort=cohort_of(pitch.cohort_id).slug)
    return Reportable(
        kind="pitch",
        id=pitch.id,
        label=gettext(CALLED[pitch.kind], words=pitch.text[:60]),
        text="\n".join(line for line in (pitch.occasion, pitch.text) if line),
        owner_id=pitch.owner_id,
        cohort_id=pitch.cohort_id,
        url=url,
        move=move,
        state=pitch.moderation,
        mend_url=path("pitch.edit", pitch_id=pitch.id),
        may_read=reads(pitch.cohort_id),
        **masking(pitch, "occasion", "text"),
    )


def _comment(said: Comment) -> Reportable:
    def move(state: str) -> None:
        said.moderation = state

    cohort_id = db.session.scalar(select(Pitch.cohort_id).where(Pitch.id == said.pitch_id))
    return Reportable(
        kind="pitch_comment",
        id=said.id,
        label=gettext("what was said about a pitch"),
        text=said.text,
        owner_id=said.owner_id,
        cohort_id=cohort_id,
        url=path("pitch.mine"),
        move=move,
        state=said.moderation,
        may_read=reads(cohort_id),
        **masking(said, "text"),
    )


def export(member: Membership) -> list[ExportSection]:
    """Give a member their pitches with all versions, and what was said on either side."""
    own = select(Pitch).where(Pitch.owner_id == member.id).order_by(Pitch.created_at)
    versions = db.session.execute(
        select(Version, Pitch.kind)
        .join(Pitch, Pitch.id == Version.pitch_id)
        .where(Pitch.owner_id == member.id)
        .order_by(Pitch.created_at, Version.number)
    )
    heard = db.session.execute(
        select(Comment, Membership.name)
        .join(Pitch, Pitch.id == Comment.pitch_id)
        .join(Membership, Membership.id == Comment.owner_id)
        .where(Pitch.owner_id == member.id, Comment.is_shown)
        .order_by(Comment.created_at)
    )
    said = select(Comment).where(Comment.owner_id == member.id).order_by(Comment.created_at)
    remark = "created_at number quote text"
    return [
        section(
            "pitches",
            gettext("Your hooks and pitches"),
            db.session.scalars(own),
            "created_at kind occasion text state shared moderation runs best_seconds last_seconds",
        ),
        ExportSection(
            "pitch_versions",
            gettext("All versions of them"),
            [{"kind": kind} | row_of(one, "created_at number text note") for one, kind in versions],
        ),
        ExportSection(
            "pitch_comments",
            gettext("What coaches said about them"),
            [{"coach": name} | row_of(one, f"{remark} done_at") for one, name in heard],
        ),
        section(
            "pitch_comments_written",
            gettext("What you said about others' pitches"),
            db.session.scalars(said),
            remark,
        ),
    ]
