"""Where progress updates join in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from uuid import UUID

from flask import render_template
from markupsafe import Markup
from sqlalchemy import delete, select

from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, gettext_noop
from coachhub.digests.hooks import DigestItem
from coachhub.firms.hooks import HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.firms.operations import membership_of
from coachhub.mail.models import FirmMail
from coachhub.permissions import Standing
from coachhub.privacy.hooks import ExportSection, section
from coachhub_progress import operations, queries
from coachhub_progress.letters import KIND, LEAVE
from coachhub_progress.models import Address, Group, Recipient, Update

STOPPED = gettext_noop("They want no more updates.")
GONE = gettext_noop("Who wrote it is no longer here, or has deleted it.")


def menu(actor: Actor) -> Sequence[MenuItem]:
    """Show the updates in the menu; not to a coach inside the group that they lead."""
    if Standing.COHORT_COACH in actor.standings:
        return []
    return [
        MenuItem(gettext("My updates"), path("progress.mine"), "out", 57, active=here("progress."))
    ]


def home(actor: Actor) -> Sequence[HomeItem]:
    """Remind a member of a draft that waits, or that it has been a while."""
    member = _member(actor.membership_id)
    if member is None:
        return []
    draft = queries.open_draft(member.id)
    if draft is not None:
        return [
            HomeItem(
                title=gettext("Your update waits to be sent"),
                text=gettext("Look over the words, choose who reads it, and let it go."),
                url=path("progress.edit", progress_id=draft.id),
                action=gettext("Go on"),
                icon="out",
                order=45,
            )
        ]
    weeks = queries.nudge_due(member)
    if weeks is None:
        return []
    return [
        HomeItem(
            title=_since(member, weeks),
            text=gettext(
                "People want to help and do not know how it goes. The first draft is made for you."
            ),
            url=path("progress.mine"),
            action=gettext("Tell them"),
            icon="out",
            order=50,
        )
    ]


def digest(membership: Membership, _since_last: dt.datetime) -> Sequence[DigestItem]:
    """Remind a member once for each update that is due."""
    weeks = queries.nudge_due(membership)
    if weeks is None:
        return []
    last = queries.last_sent(membership.id)
    return [
        DigestItem(
            key=f"progress/{last:%Y-%m-%d}" if last else "progress/first",
            title=_since(membership, weeks),
            why=gettext("Your contacts think of you when they know how it goes."),
            url=path("progress.mine"),
            action=gettext("Send them an update"),
            order=60,
        )
    ]


def member_section(cohort: Cohort, membership: Membership, actor: Actor) -> Markup | None:
    """Tell the coach that an update went out: not to whom, and not a word of it."""
    del cohort
    if Standing.COHORT_COACH not in actor.standings or actor.membership_id == membership.id:
        return None
    last = queries.last_sent(membership.id)
    if last is None:
        return None
    times = queries.times_sent(membership.id)
    return Markup(render_template("progress/section.html", last=last, times=times))  # noqa: S704 - our own template, escaped there


def member_left(membership: Membership) -> None:
    """Take a leaver's updates and groups away; who asked for no more stays left alone."""
    if membership.state != "left":  # somebody suspended may come back
        return
    db.session.execute(delete(Update).where(Update.owner_id == membership.id))
    db.session.execute(delete(Group).where(Group.owner_id == membership.id))


def may_send(mail: FirmMail) -> str:
    """Hold an update back that is no longer wanted, or whose writer has left."""
    if mail.kind != KIND:
        return ""
    row = db.session.execute(
        select(Recipient.email_hash, Membership.state)
        .join(Update, Update.id == Recipient.update_id)
        .join(Membership, Membership.id == Update.owner_id)
        .where(Recipient.mail_id == mail.id)
    ).one_or_none()
    if row is None or row.state != "active":
        return GONE
    return STOPPED if operations.is_stopped(row.email_hash) else ""


def inbound(kind: str, subject_id: UUID, _membership_id: UUID | None, _text: str) -> str | None:
    """Take a reader's wish for no more updates that their mail program sends by mail."""
    if kind != LEAVE:
        return None
    address = db.session.scalar(select(Address).where(Address.id == subject_id))
    if address is not None:
        operations.stop(address)
    return gettext("You will get no more updates.")


def export(member: Membership) -> list[ExportSection]:
    """Give a member their updates with how many each went to, and their groups."""
    updates = db.session.scalars(
        select(Update).where(Update.owner_id == member.id).order_by(Update.created_at)
    ).all()
    groups = queries.groups_of(Actor(label=member.name, membership_id=member.id))
    return [
        ExportSection(
            "progress_updates",
            gettext("Your updates to your contacts"),
            [
                {
                    "created_at": one.created_at,
                    "sent_at": one.sent_at,
                    "subject": one.subject,
                    "met": one.met,
                    "looking": one.looking,
                    "helps": one.helps,
                    "chosen": queries.number_chosen(one),
                }
                for one in updates
            ],
        ),
        section(
            "progress_groups",
            gettext("Groups of contacts that you remembered"),
            [group for group, _number in groups],
            "created_at name",
        ),
    ]


def _member(membership_id: UUID | None) -> Membership | None:
    return membership_of(membership_id) if membership_id is not None else None


def _since(member: Membership, weeks: int) -> str:
    if queries.last_sent(member.id) is None:
        return gettext("Tell the people you know how your search goes")
    return gettext("%(weeks)s weeks since your last update", weeks=weeks)
