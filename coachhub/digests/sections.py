"""What goes into a digest: what waits for the member, what only they can answer, what is new."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from uuid import UUID

from coachhub.cohorts.models import Cohort
from coachhub.core.db import now
from coachhub.core.links import path
from coachhub.core.words import gettext, gettext_noop, language
from coachhub.digests.hooks import DIGEST_SECTION, DigestItem
from coachhub.digests.news import CohortNews, Post, Progress, Sitting
from coachhub.digests.readers import Reader
from coachhub.firms.hooks import HomeItem
from coachhub.firms.models import Membership
from coachhub.introductions.retold import retold

MOST = 7
IN_TEN_MINUTES = 3
NEWS_FOR = dt.timedelta(days=21)
SAID_AGAIN = dt.timedelta(days=3)  # before the day something is due
# What is due comes first, then what waits for an answer (the rooms' own order, from 1 on).
ONLY_YOU, YOU_TOO, ASK, DOOR, LEAD, OFFER = 25, 27, 30, 33, 35, 40
_ORDER = {"ask": ASK, "lead": LEAD, "offer": OFFER}


@dataclass(frozen=True)
class Content:
    """What one digest says: the things to do, best first, and how the cohorts are doing."""

    items: list[DigestItem]
    progress: Progress


def content_for(reader: Reader, sitting: Sitting) -> Content:
    """Return at most seven items, best first, that a reader has not been told before.

    `sitting` is what has been read for others already.
    """
    fresh: dict[str, DigestItem] = {}
    spoken_of = frozenset().union(*(item.about for item in reader.waiting))
    for item in _found(reader, sitting):
        if item.key in spoken_of:
            continue
        once_more = _once_more(item, reader.told)
        if once_more is not None:
            fresh.setdefault(item.key, once_more)
    best = sorted(fresh.values(), key=_rank)
    progress = sum((sitting.news(one).progress for one in reader.cohorts), Progress())
    return Content(best[:MOST], progress)


def _rank(item: DigestItem) -> tuple[dt.date, int, str]:
    return (item.due or dt.date.max, item.order, item.key)


def _once_more(item: DigestItem, told: Mapping[str, str]) -> DigestItem | None:
    """Return the item as it may be told, or None: nothing twice, unless it changed."""
    if item.key not in told:
        return item
    if told[item.key] != item.changed:
        return replace(item, title=gettext("Changed: %(title)s", title=item.title))
    return None


def _found(reader: Reader, sitting: Sitting) -> Iterable[DigestItem]:
    yield from map(_waiting, reader.waiting)
    membership = reader.membership
    for cohort in reader.cohorts:
        news = sitting.news(cohort)
        yield from _answers(membership, news)
        yield from _doors(membership, cohort, news)
        # Whoever was here after something was posted has had it in front of them. Not counted from
        # the last digest: another cohort's days may lie between.
        oldest = now() - NEWS_FOR
        unseen = max(oldest, membership.seen_at or oldest)
        yield from (
            line
            for post, line in _news(cohort, sitting)
            if (post.created_at > unseen or line.key in reader.told)
            and post.owner_id != membership.id
        )
    for items in DIGEST_SECTION.call(membership, reader.since):
        yield from items


def _waiting(item: HomeItem) -> DigestItem:
    return DigestItem(
        key=f"home/{item.url}/{item.title}",
        title=item.title,
        why=item.text,
        url=item.url,
        action=item.action,
        due=item.due,
        order=item.order,
        # Told when it comes up, and once more when its day is near or past.
        changed=_nearness(item.due),
    )


def _nearness(due: dt.date | None) -> str:
    if due is None:
        return ""
    left = due - now().date()
    return f"{due} is past" if left.days < 0 else f"{due} is near" if left <= SAID_AGAIN else "far"


def _answers(membership: Membership, news: CohortNews) -> Iterable[DigestItem]:
    posts = {post.id: post for post in news.posts if post.kind == "ask"}
    for match in news.answers.get(membership.id, ()):
        post = posts.get(match.need_id)
        if post is None or post.owner_id == membership.id:
            continue
        alone = len(news.givers[match.need_id]) == 1
        why = (
            gettext("Nobody else in the group can.")
            if alone
            else gettext("You are one of few who can.")
        )
        yield replace(
            _item(post, why, ONLY_YOU if alone else YOU_TOO), why=f"{retold(match.reason)} {why}"
        )


def _doors(membership: Membership, cohort: Cohort, news: CohortNews) -> Iterable[DigestItem]:
    told: set[UUID] = set()
    for match in news.doors.get(membership.id, ()):
        company_id = match.company_id
        if company_id is None or company_id in told or company_id not in news.companies:
            continue
        told.add(company_id)
        yield DigestItem(
            key=f"door/{cohort.id}/{company_id}",
            title=gettext("A door has opened at %(company)s", company=news.companies[company_id]),
            why=gettext("It is on your list.") + " " + retold(match.reason),
            url=path("board.company", cohort=cohort.slug, company_id=company_id),
            action=gettext("Ask for it"),
            order=DOOR,
        )


def _news(cohort: Cohort, sitting: Sitting) -> list[tuple[Post, DigestItem]]:
    """Return each new post of a cohort with the line that tells of it, made at most once."""
    key = (language(), cohort.id)
    if key not in sitting.lines:
        sitting.lines[key] = [(post, _line(post)) for post in sitting.news(cohort).posts]
    return sitting.lines[key]


def _line(post: Post) -> DigestItem:
    why = {
        "ask": gettext("You may have what it takes."),
        "lead": gettext("%(name)s heard of it, and it may fit you.", name=post.owner),
        "offer": gettext("It is new on the board."),
    }[post.kind]
    both = gettext("You are both in %(cohort)s.", cohort=post.cohort.name)
    return _item(post, f"{why} {both}", _ORDER[post.kind])


def _item(post: Post, why: str, order: int) -> DigestItem:
    title, action = {
        "ask": (gettext_noop("%(name)s asks: %(title)s"), gettext_noop("See if you can help")),
        "lead": (gettext_noop("A lead: %(title)s"), gettext_noop("See the lead")),
        "offer": (gettext_noop("%(name)s offers: %(title)s"), gettext_noop("See the offer")),
    }[post.kind]
    return DigestItem(
        key=post.key,
        title=gettext(title, name=post.owner, title=post.title),
        why=why,
        url=path("board.board", cohort=post.cohort.slug) + f"#{post.kind}-{post.id}",
        action=gettext(action),
        order=order,
        changed=str(post.revision),
    )
