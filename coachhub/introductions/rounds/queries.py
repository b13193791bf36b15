"""Reading rounds, for the studio and for members."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.models import Cohort
from coachhub.companies.models import Company
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.introductions.allies import names_for
from coachhub.introductions.matching.match import Key, Match
from coachhub.introductions.matching.search import find_matches
from coachhub.introductions.models import Introduction, Round

KINDS = {
    "door": gettext_noop("A door"),
    "insider": gettext_noop("Inside knowledge"),
    "offer": gettext_noop("An offer"),
    "lead": gettext_noop("A lead"),
    "buddy": gettext_noop("A search buddy"),
}


def rounds_of(cohort: Cohort) -> list[tuple[Round, int]]:
    """Return the cohort's rounds, newest first, each with how many introductions it holds."""
    steps = (
        select(Introduction.round_id, func.count().label("steps"))
        .join(Round, Round.id == Introduction.round_id)
        .where(Round.cohort_id == cohort.id)
        .group_by(Introduction.round_id)
        .subquery()
    )
    rows = db.session.execute(
        select(Round, func.coalesce(steps.c.steps, 0))
        .outerjoin(steps, steps.c.round_id == Round.id)
        .where(Round.cohort_id == cohort.id)
        .order_by(Round.number.desc())
    )
    return [(round_, count) for round_, count in rows]


def newest_round(cohort: Cohort) -> Round | None:
    """Return the newest round that was worked out and not put away."""
    return db.session.scalar(
        select(Round)
        .where(Round.cohort_id == cohort.id, Round.state.in_(("draft", "released")))
        .order_by(Round.number.desc())
        .limit(1)
    )


def round_of(cohort: Cohort, round_id: UUID) -> Round:
    """Return one round of this cohort; NotFoundError for another cohort's."""
    found = db.session.scalar(
        select(Round).where(Round.id == round_id, Round.cohort_id == cohort.id)
    )
    if found is None:
        raise NotFoundError
    return found


@dataclass(frozen=True)
class Compared:
    """Two rounds beside each other: who gives to whom in both, and in one of them only."""

    both: tuple[tuple[UUID, UUID], ...]
    only: tuple[tuple[tuple[UUID, UUID], ...], tuple[tuple[UUID, UUID], ...]]
    names: dict[UUID, str]
    steps: tuple[int, int]


def compared(one: Round, other: Round) -> Compared:
    """Hold two rounds against each other by who gives to whom."""
    steps = steps_of(one), steps_of(other)
    first, second = ({(step.giver_id, step.receiver_id) for step in found} for found in steps)
    names = names_for(one.cohort_id, {member for pair in first | second for member in pair})

    def in_order(pairs: set[tuple[UUID, UUID]]) -> tuple[tuple[UUID, UUID], ...]:
        return tuple(sorted(pairs, key=lambda pair: [names.get(one, "") for one in pair]))

    return Compared(
        both=in_order(first & second),
        only=(in_order(first - second), in_order(second - first)),
        names=names,
        steps=(len(steps[0]), len(steps[1])),
    )


def steps_of(round_: Round) -> list[Introduction]:
    """Return the round's introductions in the order of its rings, whatever became of them."""
    return list(
        db.session.scalars(
            select(Introduction)
            .where(Introduction.round_id == round_.id)
            .order_by(Introduction.ring, Introduction.position)
        )
    )


@dataclass(frozen=True)
class Subjects:
    """What needs and assets are called: a target by its company, a post by its title."""

    titles: dict[UUID, str]

    def need(self, step: Introduction | Match) -> str:
        """Return what is needed, in a few words."""
        title = self.titles.get(step.need_id, "")
        if step.need == "target":
            return gettext("Target: %(title)s", title=title) if title else gettext("A target")
        if step.need == "ask":
            return gettext("Ask: %(title)s", title=title) if title else gettext("An ask")
        return gettext("Looking for work in this field")

    def asset(self, step: Introduction | Match | Key) -> str:
        """Return what is given, in a few words; never a contact."""
        what = gettext(KINDS[step.asset])
        if step.asset == "buddy":
            return what
        title = self.titles.get(step.asset_id) if step.asset_id else ""
        if step.asset == "door":
            return gettext("%(what)s at %(company)s", what=what, company=title) if title else what
        return f"{what}: {title}" if title else what


def subjects_of(steps: Sequence[Introduction | Match | Key]) -> Subjects:
    """Read what the needs and assets of steps or matches are called; only visible posts have one.

    One statement for each kind of thing, whatever the number of steps.
    """
    ids = {step.need_id for step in steps} | {step.asset_id for step in steps if step.asset_id}
    companies = {step.asset_id for step in steps if step.asset == "door"}
    titles: dict[UUID, str] = {}
    for model in (Ask, Offer, Lead):
        titles |= {
            row.id: row.title
            for row in db.session.execute(
                select(model.id, model.title).where(model.id.in_(ids), model.is_shown)
            )
        }
    titles |= {
        row.id: row.name
        for row in db.session.execute(
            select(Company.id, Company.name).where(Company.id.in_(companies))
        )
    }
    titles |= {
        row.id: row.name
        for row in db.session.execute(
            select(Target.id, Company.name)
            .join(Company, Company.id == Target.company_id)
            .where(Target.id.in_(ids))
        )
    }
    return Subjects(titles)


@dataclass(frozen=True)
class MyMatch:
    """A match in the eyes of one of its two members: no name, no owner of a door, no figure."""

    gives: bool
    asset: str
    what: str
    reason: str


def my_matches(
    cohort: Cohort, member_id: UUID, matches: Sequence[Match] | None = None
) -> list[MyMatch]:
    """Return what a member could give and get, best first, one line for each need and kind.

    Pass `matches` (of `find_matches`) where many members are asked about at once.
    """
    found = find_matches(cohort) if matches is None else matches
    mine = [match for match in found if member_id in {match.giver_id, match.receiver_id}]
    lines: dict[tuple[bool, UUID | str, str], MyMatch] = {}
    for match in mine:
        gives = match.giver_id == member_id
        # What a giver has is one line, however many want it; who they are is not for this page.
        about: UUID | str = match.need_id
        if gives:
            about = match.asset_id if match.asset != "buddy" else str(match.company_id)
        place = (gives, about, match.asset)
        if place not in lines:
            lines[place] = MyMatch(gives, match.asset, gettext(KINDS[match.asset]), match.reason)
    return list(lines.values())


@dataclass(frozen=True)
class Pages:
    """Pages of a list that is in memory, in the shape that the `pagination` macro reads."""

    page: int
    pages: int
    total: int
    first: int
    last: int

    @classmethod
    def of(cls, total: int, page: int, size: int) -> Pages:
        """Return page `page` of `total` things, `size` a page; a page outside is the nearest."""
        pages = max(1, -(-total // size))
        page = min(max(1, page), pages)
        return cls(page, pages, total, (page - 1) * size + 1, min(page * size, total))

    def iter_pages(
        self, left_edge: int = 1, left_current: int = 1, right_current: int = 1, right_edge: int = 1
    ) -> Iterator[int | None]:
        """Give the page numbers to show; None stands for a gap."""
        before = 0
        for number in range(1, self.pages + 1):
            near = self.page - left_current <= number <= self.page + right_current
            if near or number <= left_edge or number > self.pages - right_edge:
                if number - before > 1:
                    yield None
                yield number
                before = number
