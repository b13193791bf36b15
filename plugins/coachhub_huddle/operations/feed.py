"""Writing a member's calendar address and their wish for reminders."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.tokens import hashed, new_token
from coachhub_huddle.models import Feed


def feed_of(actor: Actor) -> Feed | None:
    """Return what a member decided, or None if they have decided nothing yet."""
    return db.session.scalar(select(Feed).where(Feed.owner_id == actor.member_id()))


def renew_address(actor: Actor) -> str:
    """Give a member a calendar address; one they had before shows nothing from now on."""
    feed = _kept(actor)
    feed.token = new_token()
    feed.token_hash = hashed(feed.token)
    db.session.flush()
    return feed.token


def end_address(actor: Actor) -> None:
    """Take a member's calendar address away."""
    feed = _kept(actor)
    feed.token, feed.token_hash = "", None
    db.session.flush()


def want_reminders(actor: Actor, *, wanted: bool) -> None:
    """Keep whether a member wants a mail before each huddle."""
    _kept(actor).reminders = wanted
    db.session.flush()


def _kept(actor: Actor) -> Feed:
    feed = feed_of(actor)
    if feed is None:
        feed = Feed(owner_id=actor.member_id())
        db.session.add(feed)
    return feed
