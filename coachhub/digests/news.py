"""What is new in a cohort, read once for all digests of one sitting."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from coachhub.board.models import Ask, Lead, Offer
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.companies.models import Company
from coachhub.core.db import db, now
from coachhub.core.links import absolute, on_site
from coachhub.core.words import day, gettext, language
from coachhub.digests.hooks import DigestItem
from coachhub.firms.models import Membership
from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.search import find_matches
from coachhub.introductions.models import Introduction
from coachhub.mail.blanks import Form
from coachhub.mail.parts import Part, part

POSTS: dict[str, type[Ask | Lead | Offer]] = {"ask": Ask, "lead": Lead, "offer": Offer}
LOOK_BACK = dt.timedelta(days=28)
PROGRESS = dt.timedelta(days=14)
_HERE = "TOKEN"


@dataclass(frozen=True)
class Post:
    """One post of somebody who is in the cohort."""

    kind: str
    id: UUID
    owner_id: UUID
    owner: str
    title: str
    revision: int
    created_at: dt.datetime
    cohort: Cohort

    @property
    def key(self) -> str:
        """Return what names it in digests."""
        return f"{self.kind}/{self.id}"


@dataclass(frozen=True)
class Progress:
    """What a cohort has done in the last two weeks, in numbers alone."""

    introduced: int = 0
    kept: int = 0
    landed: int = 0

    def __add__(self, other: Progress) -> Progress:
        """Return both together."""
        return Progress(
            self.introduced + other.introduced, self.kept + other.kept, self.landed + other.landed
        )


@dataclass(frozen=True)
class CohortNews:
    """A cohort's open posts, newest first, what fits whom, and its progress.

    `answers` holds for each member the asks that something of theirs answers; `givers` how many
    members could answer each; `doors` the doors at companies that a member wants to reach.
    """

    posts: list[Post]
    answers: dict[UUID, list[Match]]
    givers: dict[UUID, set[UUID]]
    doors: dict[UUID, list[Match]]
    companies: dict[UUID, str]
    progress: Progress


@dataclass
class Sitting:
    """What has been read for the digests of one firm that are written together.

    What is the same for each reader of a language is made once: `lines` holds a cohort's posts with
    the line that tells of each, by language and cohort, `parts` each line as it stands in a letter,
    `doing` how cohorts are doing, and `forms` letters with blanks. `addresses` are those of pages
    that take a reader's token: what stands before and behind it.
    """

    cohorts: dict[UUID, CohortNews] = field(default_factory=dict)
    lines: dict[tuple[str, UUID], list[tuple[Post, DigestItem]]] = field(default_factory=dict)
    parts: dict[tuple[str, DigestItem], Part] = field(default_factory=dict)
    doing: dict[tuple[str, Progress], Part] = field(default_factory=dict)
    forms: dict[tuple[str, int, int, bool], Form] = field(default_factory=dict)
    addresses: dict[str, tuple[str, str]] = field(default_factory=dict)

    def address(self, endpoint: str, token: str) -> str:
        """Return the full address of a page that takes a token of letters and digits."""
        if endpoint not in self.addresses:
            before, _, behind = absolute(endpoint, token=_HERE).rpartition(_HERE)
            self.addresses[endpoint] = (before, behind)
        return token.join(self.addresses[endpoint])

    def part(self, item: DigestItem) -> Part:
        """Return an item as it stands in a letter of the language of now."""
        key = (language(), item)
        if key not in self.parts:
            title = item.title
            if item.due:
                title = gettext("%(title)s (by %(day)s)", title=title, day=day(item.due))
            self.parts[key] = part("item", title, item.why, item.action, on_site(item.url))
        return self.parts[key]

    def news(self, cohort: Cohort) -> CohortNews:
        """Return a cohort's news, read at most once."""
        if cohort.id not in self.cohorts:
            self.cohorts[cohort.id] = _read(cohort)
        return self.cohorts[cohort.id]


def _read(cohort: Cohort) -> CohortNews:
    answers: dict[UUID, list[Match]] = defaultdict(list)
    givers: dict[UUID, set[UUID]] = defaultdict(set)
    doors: dict[UUID, list[Match]] = defaultdict(list)
    for match in find_matches(cohort):
        if match.need == "ask":
            answers[match.giver_id].append(match)
            givers[match.need_id].add(match.giver_id)
        elif match.asset == "door":
            doors[match.receiver_id].append(match)
    wanted = {match.company_id for some in doors.values() for match in some if match.company_id}
    return CohortNews(_posts(cohort), answers, givers, doors, _companies(wanted), _progress(cohort))


def _posts(cohort: Cohort) -> list[Post]:
    found = [
        Post(kind, row.id, row.owner_id, row.name, row.title, row.revision, row.created_at, cohort)
        for kind, table in POSTS.items()
        for row in db.session.execute(
            select(table.id, table.owner_id, Membership.name, table.title)
            .add_columns(table.revision, table.created_at)
            .join(Membership, Membership.id == table.owner_id)
            .join(Enrolment, Enrolment.membership_id == table.owner_id)
            .where(
                table.cohort_id == cohort.id,
                Enrolment.cohort_id == cohort.id,
                table.created_at > now() - LOOK_BACK,
                *still_there(table),
            )
        )
    ]
    return sorted(found, key=lambda post: (post.created_at, post.id), reverse=True)


def still_there(table: type[Ask | Lead | Offer]) -> tuple[Any, ...]:
    """Return what must hold of a post (with owner's membership and enrolment) to be told about."""
    return (
        table.is_shown,
        table.closed_at.is_(None),
        table.expires_on >= now().date(),
        Membership.state == "active",
        Enrolment.state == "active",
    )


def _companies(ids: set[UUID]) -> dict[UUID, str]:
    rows = db.session.execute(select(Company.id, Company.name).where(Company.id.in_(ids)))
    return {row.id: row.name for row in rows} if ids else {}


def _progress(cohort: Cohort) -> Progress:
    since = now() - PROGRESS
    introduced, kept = db.session.execute(
        select(
            func.count().filter(Introduction.introduced_at > since),
            func.count().filter(Introduction.kept_at > since),
        ).where(Introduction.cohort_id == cohort.id)
    ).one()
    landed = db.session.scalar(
        select(func.count())
        .select_from(Membership)
        .join(Enrolment, Enrolment.membership_id == Membership.id)
        .where(Enrolment.cohort_id == cohort.id, Membership.landed_on >= since.date())
    )
    return Progress(introduced, kept, landed or 0)
