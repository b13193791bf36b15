"""Where chat channels join in: what happens, the menu, and what the coach is told of failures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask import g, get_template_attribute
from markupsafe import Markup
from sqlalchemy import select

from coachhub.board.hooks import Post
from coachhub.board.models import Ask
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.cohorts.queries import cohorts_of, enrolled
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext
from coachhub.firms.hooks import HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.introductions.models import Introduction, Round
from coachhub.permissions import Permission
from coachhub.privacy.hooks import ExportSection, section
from coachhub_chat_notify import operations
from coachhub_chat_notify.models import Channel
from coachhub_chat_notify.news import GOOD_NEWS

# A released round can be taken back for ten minutes, and a new ask can be mended or held.
ROUND_RESTS = dt.timedelta(minutes=12)
ASK_RESTS = dt.timedelta(minutes=10)
# What is told at once tells by its moment who it was.
NEWS_REST = dt.timedelta(hours=3)


def menu(actor: Actor) -> Sequence[MenuItem]:
    """Show the cohort's channels to who leads it, and all of the firm's to its admins."""
    active = here("chat_notify.")
    if g.get("cohort"):
        if not actor.may(Permission.SEE_COHORT):
            return []
        return [
            MenuItem(gettext("Chat channels"), path("chat_notify.channels"), "voice", 47, active)
        ]
    if not actor.may(Permission.ADMINISTER):
        return []
    return [MenuItem(gettext("Chat channels"), path("chat_notify.overview"), "voice", 86, active)]


def home(actor: Actor) -> Sequence[HomeItem]:
    """Tell a coach that a channel has stopped."""
    items = []
    for cohort in cohorts_of(actor.membership_id):
        place = enrolled(cohort, actor.membership_id)
        if place is None or place.enrolment.role != "coach":
            continue
        items += [
            HomeItem(
                title=gettext("“%(name)s” hears nothing any more", name=channel.name),
                text=gettext(channel.problem) if channel.problem else "",
                url=path("chat_notify.channels", cohort=cohort.slug),
                action=gettext("Mend it"),
                icon="voice",
                order=30,
            )
            for channel in _stopped(cohort)
        ]
    return items


def stopped_panel(cohort: Cohort) -> Markup | None:
    """Show on the dashboard which channel has stopped, and why."""
    found = _stopped(cohort)
    if not found:
        return None
    panel = get_template_attribute("chat_notify/panels.html", "stopped_panel")
    return Markup(panel(found, path("chat_notify.channels", cohort=cohort.slug)))  # noqa: S704 - a template escaped it


def round_released(round_: Round) -> None:
    """Tell the cohort's channels, once it can no longer be taken back."""
    # A round that was taken back and released anew is told anew.
    at = int(round_.released_at.timestamp()) if round_.released_at else 0
    once = f"round/{round_.id}/{at}"
    operations.announce(round_.cohort_id, "round", once, about=round_.id, delay=ROUND_RESTS)


def posted(post: Post) -> None:
    """Tell the cohort's channels of a new ask."""
    if isinstance(post, Ask):
        operations.announce(
            post.cohort_id,
            "ask",
            f"ask/{post.id}",
            about=post.id,
            owner=post.owner_id,
            delay=ASK_RESTS,
        )


def enrolled_anew(enrolment: Enrolment) -> None:
    """Tell the cohort's channels that somebody has joined."""
    if enrolment.role == "member":
        operations.announce(
            enrolment.cohort_id,
            "joined",
            f"joined/{enrolment.id}",
            about=enrolment.id,
            owner=enrolment.membership_id,
            delay=NEWS_REST,
        )


def introduced(introduction: Introduction) -> None:
    """Tell the cohort's channels that an introduction was made."""
    _good_news(introduction, "introduced")


def outcome_reported(introduction: Introduction) -> None:
    """Tell the cohort's channels what an introduction led to, if it is good news."""
    if introduction.outcome_kind in GOOD_NEWS:
        _good_news(introduction, "outcome")


def _good_news(introduction: Introduction, event: str) -> None:
    operations.announce(
        introduction.cohort_id,
        event,
        f"{event}/{introduction.id}",
        about=introduction.id,
        delay=NEWS_REST,
    )


def member_left(membership: Membership) -> None:
    """Say nothing more of a leaver."""
    operations.forget_member(membership.id)


def export(member: Membership) -> Sequence[ExportSection]:
    """Return the channels that a coach set up; never an address, which is the channel's."""
    mine = db.session.scalars(
        select(Channel).where(Channel.made_by_id == member.id).order_by(Channel.created_at)
    )
    columns = "created_at name service events names state"
    return [
        section("chat_notify_channels", gettext("Chat channels that you set up"), mine, columns)
    ]


def _stopped(cohort: Cohort) -> list[Channel]:
    return list(
        db.session.scalars(
            select(Channel)
            .where(Channel.cohort_id == cohort.id, Channel.state == "stopped")
            .order_by(Channel.name)
        )
    )
