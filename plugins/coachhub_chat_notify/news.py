"""What is said in a channel: made when it is sent, from what may be known then.

Never a contact, never words that somebody typed. A member's first name only where the channel's
coach and the firm both allow it, a company only where the firm does.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

from sqlalchemy import func, select

from coachhub.board.kinds import offer_kind
from coachhub.board.models import Ask, Offer
from coachhub.cohorts.hooks import AHEAD
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.cohorts.queries import members_of
from coachhub.companies.queries import names_by_id
from coachhub.core.db import db, now
from coachhub.core.links import absolute, on_site
from coachhub.core.words import gettext, gettext_noop, ngettext
from coachhub.firms.models import Membership
from coachhub.firms.plugins import settings_of
from coachhub.introductions.models import Introduction, Round
from coachhub_chat_notify.formats import Message
from coachhub_chat_notify.models import Channel, Post

WEEK = dt.timedelta(days=7)
GOOD_NEWS = {
    "interview": gettext_noop("An introduction led to an interview"),
    "offer": gettext_noop("An introduction led to an offer"),
}


def message_for(cohort: Cohort, channel: Channel, post: Post) -> Message | None:
    """Return what to say, or None where there is nothing to say any more."""
    if channel.event_is_off(post.event) or cohort.state != "running":
        return None
    make = _MAKE.get(post.event)
    return make(cohort, channel, post) if make else None


def trial(cohort: Cohort) -> Message:
    """Return what the test button posts."""
    return Message(
        gettext("%(cohort)s can be heard here", cohort=cohort.name),
        (gettext("This is a test from CoachHub. If you can read it, all is well."),),
        absolute("cohorts.home", cohort=cohort.slug),
        gettext("Open the cohort"),
    )


def _round(_cohort: Cohort, _channel: Channel, post: Post) -> Message | None:
    row = db.session.scalar(
        select(Round).where(Round.id == post.about_id, Round.state == "released")
    )
    if row is None:
        return None
    steps = _count(Introduction, Introduction.round_id == row.id)
    return Message(
        gettext("Round %(number)s is out", number=row.number),
        (
            ngettext(
                "%(num)s introduction, and everybody is asked first.",
                "%(num)s introductions, and everybody is asked first.",
                steps,
            ),
            gettext("Your answers make it: yes, not now and no are all good ones."),
        ),
        absolute("introductions.mine"),
        gettext("See what waits for me"),
    )


def _ask(cohort: Cohort, channel: Channel, post: Post) -> Message | None:
    allowed = settings_of("chat_notify")
    row = db.session.execute(
        select(Ask, Membership.name)
        .join(Membership, Membership.id == Ask.owner_id)
        .where(
            Ask.id == post.about_id,
            Ask.cohort_id == cohort.id,
            Ask.closed_at.is_(None),
            Ask.is_shown,
            Membership.state == "active",
        )
    ).one_or_none()
    if row is None:
        return None
    name = (row.name.split() or [""])[0] if channel.names and allowed.get("names") else ""
    company = names_by_id([row.Ask.company_id]).get(row.Ask.company_id, "")
    kind = gettext(offer_kind(row.Ask.kind).label).lower()
    about = gettext("What would help: %(kind)s.", kind=kind)
    if company and allowed.get("companies"):
        about = gettext("What would help: %(kind)s, at %(company)s.", kind=kind, company=company)
    return Message(
        gettext("%(name)s asks for help", name=name) if name else gettext("Somebody asks for help"),
        (about, gettext("Could it be you?")),
        absolute("board.board", cohort=cohort.slug),
        gettext("See the board"),
    )


def _weekly(cohort: Cohort, _channel: Channel, _post: Post) -> Message | None:
    since = now() - WEEK
    mine = Introduction.cohort_id == cohort.id
    offers, asks = _posted(Offer, cohort, since), _posted(Ask, cohort, since)
    made = _count(Introduction, mine, Introduction.introduced_at > since)
    kept = _count(Introduction, mine, Introduction.kept_at > since)
    thanked = _count(Introduction, mine, Introduction.thanked_at > since)
    counted = (
        (offers, ngettext("%(num)s new offer", "%(num)s new offers", offers)),
        (asks, ngettext("%(num)s new ask", "%(num)s new asks", asks)),
        (made, ngettext("%(num)s introduction made", "%(num)s introductions made", made)),
        (kept, ngettext("%(num)s promise kept", "%(num)s promises kept", kept)),
        (thanked, ngettext("%(num)s thank-you", "%(num)s thank-yous", thanked)),
    )
    lines = tuple(words for number, words in counted if number)
    if not lines:
        return None
    title = gettext("This week in %(cohort)s", cohort=cohort.name)
    return Message(
        title, lines, absolute("board.board", cohort=cohort.slug), gettext("See the board")
    )


def _ahead(cohort: Cohort, _channel: Channel, post: Post) -> Message | None:
    key = post.once.removeprefix("ahead/")
    found = next((one for many in AHEAD.call(cohort) for one in many if one.key == key), None)
    if found is None or found.starts_at <= now() or not members_of(cohort):
        return None
    return Message(found.title, (found.when,), on_site(found.url), gettext("Open it"))


def _joined(cohort: Cohort, _channel: Channel, post: Post) -> Message | None:
    there = db.session.scalar(
        select(Enrolment.id).where(
            Enrolment.id == post.about_id,
            Enrolment.cohort_id == cohort.id,
            Enrolment.state == "active",
        )
    )
    if there is None:
        return None
    return Message(
        gettext("Somebody new is in the group"),
        (gettext("Say hello on the next occasion, and look at what they can give."),),
        absolute("board.board", cohort=cohort.slug),
        gettext("See the board"),
    )


def _good_news(cohort: Cohort, _channel: Channel, post: Post) -> Message | None:
    row = db.session.scalar(
        select(Introduction).where(
            Introduction.id == post.about_id,
            Introduction.cohort_id == cohort.id,
            Introduction.introduced_at.is_not(None),
            Introduction.state != "stopped",
        )
    )
    if row is None or (post.event == "outcome" and row.outcome_kind not in GOOD_NEWS):
        return None
    title = gettext("An introduction was made")
    if post.event != "introduced":
        title = gettext(GOOD_NEWS[row.outcome_kind])
    return Message(
        title,
        (gettext("Somebody here asked, and somebody here helped."),),
        absolute("board.board", cohort=cohort.slug),
        gettext("See who can use your help"),
    )


def _posted(model: type[Offer | Ask], cohort: Cohort, since: dt.datetime) -> int:
    return _count(
        model,
        model.cohort_id == cohort.id,
        model.created_at > since,
        model.is_shown,
    )


def _count(model: Any, *where: Any) -> int:
    return db.session.scalar(select(func.count()).select_from(model).where(*where)) or 0


_MAKE: dict[str, Callable[[Cohort, Channel, Post], Message | None]] = {
    "round": _round,
    "ask": _ask,
    "weekly": _weekly,
    "ahead": _ahead,
    "joined": _joined,
    "introduced": _good_news,
    "outcome": _good_news,
}
