"""Writing channels and what is posted in them: the only place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.cohorts.models import Cohort
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotAllowedError, NotFoundError
from coachhub.core.jobs import later
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_chat_notify import letters
from coachhub_chat_notify.addresses import AddressError, service_of
from coachhub_chat_notify.models import EVENTS, Channel, Post
from coachhub_chat_notify.sending import Answer

BACK_OFF = tuple(dt.timedelta(minutes=one) for one in (1, 5, 15, 60, 240))
STOP_AFTER = 3  # posts given up in a row
LEASE = dt.timedelta(minutes=5)
MOST_CHANNELS = 5


@dataclass(frozen=True)
class ChannelDraft:
    """What a coach says about a channel; an empty address keeps the one there is."""

    name: str
    address: str
    events: tuple[str, ...]
    names: bool = False


def add_channel(actor: Actor, cohort: Cohort, draft: ChannelDraft) -> Channel:
    """Let a cohort be told about in a channel. Raises AddressError for an address that is none."""
    _may(actor)
    here = db.session.scalars(select(Channel.id).where(Channel.cohort_id == cohort.id)).all()
    if len(here) >= MOST_CHANNELS:
        raise DomainError(gettext("Five channels are enough for one cohort."))
    channel = Channel(cohort_id=cohort.id, made_by_id=actor.membership_id)
    _fill(channel, draft)
    db.session.add(channel)
    db.session.flush()
    _record(actor, "chat_notify.channel_added", channel)
    return channel


def change_channel(actor: Actor, channel: Channel, draft: ChannelDraft) -> None:
    """Change what a channel hears, or its address; a new address begins without failures."""
    _may(actor)
    _fill(channel, draft)
    db.session.flush()
    _record(actor, "chat_notify.channel_changed", channel)


def switch(actor: Actor, channel: Channel, *, on: bool) -> None:
    """Let a channel rest, or go on; what waited meanwhile is old news and dropped."""
    _may(actor)
    channel.state = "on" if on else "off"
    channel.failures, channel.problem = 0, ""
    _drop_waiting(Post.channel_id == channel.id)
    _record(actor, f"chat_notify.channel_{'on' if on else 'off'}", channel)


def remove_channel(actor: Actor, channel: Channel) -> None:
    """Forget a channel, its address and what was posted."""
    _may(actor)
    _record(actor, "chat_notify.channel_removed", channel)
    db.session.delete(channel)
    db.session.flush()


def announce(
    cohort_id: UUID,
    event: str,
    once: str,
    *,
    about: UUID | None = None,
    owner: UUID | None = None,
    delay: dt.timedelta = dt.timedelta(),
) -> int:
    """Put something up for posting in the channels of a cohort that hear of it, once in each.

    Args:
        cohort_id: whose channels.
        event: one of `models.EVENTS`.
        once: what it is about.
        about: the thing itself.
        owner: the member it comes from; what waits goes with them.
        delay: time in which it can still be taken back.
    """
    channels = db.session.scalars(
        select(Channel).where(Channel.cohort_id == cohort_id, Channel.state == "on")
    )
    put = 0
    for channel in channels:
        if channel.event_is_off(event):
            continue
        post_id = db.session.scalar(
            insert(Post)
            .values(
                firm_id=current_firm_id(),
                id=uuid7(),
                created_at=now(),
                channel_id=channel.id,
                event=event,
                once=once,
                about_id=about,
                owner_id=owner,
                state="waiting",
                tries=0,
                problem="",
                due_at=now() + delay,
            )
            .on_conflict_do_nothing()
            .returning(Post.id)
        )
        if post_id is not None:
            put += 1
            later("chat_notify.deliver", current_firm_id(), str(post_id), delay=delay)
    return put


def claim(post_id: UUID) -> tuple[Channel, Post] | None:
    """Take a post on for a few minutes, so that no other worker sends it; None if it is not due."""
    post = db.session.scalar(
        select(Post)
        .where(Post.id == post_id, Post.state == "waiting", Post.due_at <= now())
        .with_for_update(skip_locked=True)
    )
    if post is None:
        return None
    post.tries += 1
    post.due_at = now() + LEASE
    db.session.flush()
    channel = db.session.scalars(select(Channel).where(Channel.id == post.channel_id)).one()
    return channel, post


def drop(post: Post, why: str) -> None:
    """Post nothing: there is nothing to say any more."""
    post.state, post.problem, post.ended_at = "dropped", why, now()
    db.session.flush()


def settle(channel: Channel, post: Post, answer: Answer) -> None:
    """Keep what became of a call: posted, tried again later, or given up.

    A channel stops when its address is gone, or after three posts in a row were given up; whoever
    leads the cohort gets a letter.
    """
    db.session.refresh(channel, with_for_update=True)
    if answer.state == "ok":
        post.state, post.problem, post.ended_at = "posted", "", now()
        channel.failures, channel.problem, channel.posted_at = 0, "", now()
    elif answer.state == "later" and post.tries <= len(BACK_OFF):
        wait = max(BACK_OFF[post.tries - 1], dt.timedelta(seconds=answer.wait))
        post.due_at, post.problem = now() + wait, answer.problem
        channel.problem = answer.problem
        later("chat_notify.deliver", current_firm_id(), str(post.id), delay=wait)
    else:
        post.state, post.problem, post.ended_at = "failed", answer.problem, now()
        channel.failures += 1
        channel.problem = answer.problem
        if channel.state == "on" and (answer.state == "gone" or channel.failures >= STOP_AFTER):
            channel.state = "stopped"
            _drop_waiting(Post.channel_id == channel.id)
            letters.stopped(channel)
    db.session.flush()


def note_trial(channel: Channel, answer: Answer) -> None:
    """Keep what the test button found; one that works ends a stop."""
    if answer.state == "ok":
        channel.failures, channel.problem, channel.posted_at = 0, "", now()
        if channel.state == "stopped":
            channel.state = "on"
    else:
        channel.problem = answer.problem
    db.session.flush()


def forget_member(membership_id: UUID) -> None:
    """Drop what waits to be posted about a member."""
    db.session.execute(delete(Post).where(Post.owner_id == membership_id))


def channel_of(cohort: Cohort, channel_id: UUID) -> Channel:
    """Return a channel of this cohort; raises NotFoundError."""
    found = db.session.scalar(
        select(Channel).where(Channel.id == channel_id, Channel.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFoundError
    return found


def _fill(channel: Channel, draft: ChannelDraft) -> None:
    if draft.address:
        channel.service = service_of(draft.address).key
        channel.address = draft.address
        channel.failures, channel.problem, channel.state = 0, "", "on"
    elif not channel.address:
        raise AddressError(gettext("Please enter the address that the channel gave you."))
    channel.name, channel.names = draft.name, draft.names
    channel.events = [one for one in EVENTS if one in draft.events]


def _drop_waiting(*where: object) -> None:
    db.session.execute(
        update(Post)
        .where(Post.state == "waiting", *where)  # type: ignore[arg-type]
        .values(state="dropped", ended_at=now())
    )


def _may(actor: Actor) -> None:
    if not actor.may(Permission.SEE_COHORT):
        raise NotAllowedError


def _record(actor: Actor, action: str, channel: Channel) -> None:
    audit.record(
        actor, action, kind="chat_channel", subject=channel.id, label=channel.name,
        service=channel.service,
    )  # fmt: skip


def due() -> Iterable[UUID]:
    """Return the posts that are due, the oldest first."""
    return db.session.scalars(
        select(Post.id)
        .where(Post.state == "waiting", Post.due_at <= now())
        .order_by(Post.due_at)
        .limit(200)
    ).all()
