"""The moderators' queue as it is read: filtered, searched, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any
from uuid import UUID

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, ScalarSelect, Select, func, or_, select
from sqlalchemy.orm import aliased

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Membership
from coachhub.moderation import queries
from coachhub.moderation.models import OPEN, Case, Decision, Report
from coachhub.moderation.queries import Accuracy

PAGE_SIZES = (25, 50, 100, 200)
STATES: dict[str, str] = {
    "": gettext_noop("To decide"),
    "mine": gettext_noop("With me"),
    "overdue": gettext_noop("Overdue"),
    "decided": gettext_noop("Decided"),
    "appealed": gettext_noop("Appealed"),
    "closed": gettext_noop("Closed"),
    "all": gettext_noop("All"),
}
ORIGINS: dict[str, str] = {
    "report": gettext_noop("Reported by a member"),
    "guard": gettext_noop("Found by a machine"),
    "first_posts": gettext_noop("First posts"),
    "penalty": gettext_noop("Held by a penalty"),
    "mended": gettext_noop("Mended by its author"),
}
SORTS: dict[str, str] = {
    "": gettext_noop("Soonest due first"),
    "newest": gettext_noop("Newest first"),
    "oldest": gettext_noop("Oldest first"),
    "reports": gettext_noop("Most reports first"),
}
MOST_TYPED = 100


@dataclass(frozen=True)
class Filters:
    """What the queue shows, as it stands in its address; what is empty filters nothing."""

    q: str = ""
    state: str = ""
    reason: str = ""
    origin: str = ""
    cohort: str = ""
    author: str = ""
    reporter: str = ""
    sort: str = ""
    show: str = ""

    @classmethod
    def read(cls, given: Mapping[str, str]) -> Filters:
        """Read them from an address; what cannot be is left out."""
        values = {one.name: given.get(one.name, "").strip()[:MOST_TYPED] for one in fields(cls)}
        values["q"] = values["q"].replace("\0", "")
        allowed: dict[str, Collection[str]] = {
            "state": STATES, "sort": SORTS, "origin": ORIGINS, "show": [str(n) for n in PAGE_SIZES],
        }  # fmt: skip
        for name, options in allowed.items():
            if values[name] not in options:
                values[name] = ""
        for name in ("author", "reporter", "cohort"):
            if values[name] and _id(values[name]) is None:
                values[name] = ""
        return cls(**values)

    def address(self) -> dict[str, str]:
        """Return what stands in the address: everything that filters."""
        found = {one.name: str(getattr(self, one.name)) for one in fields(self)}
        return {name: value for name, value in found.items() if value}

    def page_size(self) -> int:
        """Return how many cases a page has."""
        return int(self.show or PAGE_SIZES[0])


@dataclass(frozen=True)
class Line:
    """A case as the queue shows it.

    Attributes:
        case: the case.
        reports: how many members reported it.
        reasons: the codes of the rules that reports and guards named.
        author: who wrote it; empty for somebody who has left.
        upheld: the author's earlier cases in which a report was right.
        reporters: how well those who reported it report, best first.
        cohort: the cohort's name; empty if it is no cohort's.
        keeper: who looks after it.
    """

    case: Case
    reports: int
    reasons: list[str]
    author: str
    upheld: int
    reporters: list[Accuracy]
    cohort: str
    keeper: str

    @property
    def accuracy(self) -> str:
        """Say in words how well those who reported this report."""
        if not self.reports:
            return ""
        decided = sum(one.decided for one in self.reporters)
        if not decided:
            return gettext("nobody who reported it has before")
        right = sum(one.right for one in self.reporters)
        if decided == 1:
            if right:
                return gettext("one earlier report by the same people was right")
            return gettext("one earlier report by the same people was not right")
        return gettext(
            "%(right)s of %(decided)s earlier reports by the same people were right",
            right=right,
            decided=decided,
        )


def found(
    filters: Filters, cohort_ids: Collection[UUID] | None, member_id: UUID | None, page: int = 1
) -> Pagination:
    """Return a page of the cases that a moderator of these cohorts sees; None is all cohorts."""
    query = _ordered(_filtered(select(Case), filters, cohort_ids, member_id), filters)
    return db.paginate(
        query, page=max(page, 1), per_page=filters.page_size(), max_per_page=200, error_out=False
    )


def waiting(cohort_ids: Collection[UUID] | Select[UUID] | None) -> ScalarSelect[int]:
    """Count the cases that wait to be decided, for the menu."""
    query = _filtered(select(func.count(Case.id)), Filters(), cohort_ids, None)
    return query.scalar_subquery()


def first_waiting(cohort_ids: Collection[UUID] | None) -> tuple[Case | None, int]:
    """Return the case that presses most, if any waits, and how many wait; one statement."""
    number = func.count(Case.id).over()
    both = select(Case).add_columns(number.label("number"))
    query = _ordered(_filtered(both, Filters(), cohort_ids, None), Filters())
    row = db.session.execute(query.limit(1)).first()
    return (row.Case, row.number) if row else (None, 0)


def lines(cases: Sequence[Case]) -> list[Line]:
    """Return cases with all that the queue says of each; four queries, however many there are."""
    ids = [case.id for case in cases]
    reports: dict[UUID, list[Report]] = {}
    for report in db.session.scalars(select(Report).where(Report.case_id.in_(ids))):
        reports.setdefault(report.case_id, []).append(report)
    accuracy = queries.accuracy({one.reporter_id for some in reports.values() for one in some})
    people = {case.author_id for case in cases} | {case.claimed_by_id for case in cases}
    names = names_of(one for one in people if one)
    upheld = _upheld({case.author_id for case in cases if case.author_id})
    cohorts = {one.id: one.name for one in db.session.scalars(select(Cohort))}
    return [
        Line(
            case=case,
            reports=len(reports.get(case.id, ())),
            reasons=reasons_of(case, reports.get(case.id, ())),
            author=names.get(case.author_id, "") if case.author_id else "",
            upheld=len(upheld.get(case.author_id, set()) - {case.id}) if case.author_id else 0,
            reporters=[
                accuracy[one.reporter_id]
                for one in reports.get(case.id, ())
                if one.reporter_id in accuracy
            ],
            cohort=cohorts.get(case.cohort_id, "") if case.cohort_id else "",
            keeper=names.get(case.claimed_by_id, "") if case.claimed_by_id else "",
        )
        for case in cases
    ]


def reasons_of(case: Case, reports: Sequence[Report]) -> list[str]:
    """Return the codes of the rules that are named, those named most often first."""
    named = [str(one["rule"]) for one in case.found] + [one.reason for one in reports]
    return sorted(set(named), key=lambda code: (-named.count(code), code))


def names_of(ids: Any) -> dict[UUID, str]:
    """Return the names of memberships."""
    rows = db.session.execute(
        select(Membership.id, Membership.name).where(Membership.id.in_(list(ids)))
    )
    return {row.id: row.name for row in rows}


def authors(cohort_ids: Collection[UUID] | None) -> list[tuple[str, str]]:
    """Return those whose texts stand in cases that one may see: id and name, by name."""
    query = select(Membership.id, Membership.name).join(Case, Case.author_id == Membership.id)
    return _people(query, cohort_ids)


def reporters(cohort_ids: Collection[UUID] | None) -> list[tuple[str, str]]:
    """Return those who reported something that one may see: id and name, by name."""
    query = (
        select(Membership.id, Membership.name)
        .join(Report, Report.reporter_id == Membership.id)
        .join(Case, Case.id == Report.case_id)
    )
    return _people(query, cohort_ids)


def cohorts(cohort_ids: Collection[UUID] | None) -> list[tuple[str, str]]:
    """Return the cohorts that one moderates: id and name."""
    query = select(Cohort.id, Cohort.name).order_by(Cohort.name)
    if cohort_ids is not None:
        query = query.where(Cohort.id.in_(cohort_ids))
    return [(str(row.id), row.name) for row in db.session.execute(query)]


def _people(query: Select[UUID, str], cohort_ids: Collection[UUID] | None) -> list[tuple[str, str]]:
    if cohort_ids is not None:
        query = query.where(Case.cohort_id.in_(cohort_ids))
    rows = db.session.execute(query.distinct().order_by(Membership.name, Membership.id))
    return [(str(row.id), row.name) for row in rows]


def _upheld(authors: Collection[UUID]) -> dict[UUID, set[UUID]]:
    rows = db.session.execute(
        select(Case.author_id, Case.id).where(
            Case.author_id.in_(authors), Case.outcome == "upheld", Case.verdict != "overturned"
        )
    )
    by_author: dict[UUID, set[UUID]] = {}
    for author_id, case_id in rows:
        if author_id is not None:
            by_author.setdefault(author_id, set()).add(case_id)
    return by_author


def _filtered(
    query: Select[Any],
    filters: Filters,
    cohort_ids: Collection[UUID] | Select[UUID] | None,
    member_id: UUID | None,
) -> Select[Any]:
    wanted: list[ColumnElement[bool]] = []
    if cohort_ids is not None:
        wanted.append(Case.cohort_id.in_(cohort_ids))
    wanted += _in_state(filters.state, member_id)
    if filters.origin:
        wanted.append(Case.origin == filters.origin)
    for column, given in ((Case.cohort_id, filters.cohort), (Case.author_id, filters.author)):
        if given:
            wanted.append(column == UUID(given))
    if filters.reporter:
        by_them = select(Report.case_id).where(Report.reporter_id == UUID(filters.reporter))
        wanted.append(Case.id.in_(by_them))
    if filters.reason:
        named = select(Report.case_id).where(Report.reason == filters.reason)
        ruled = select(Decision.case_id).where(
            Decision.rule == filters.reason,
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
        )
        by_guard = Case.found.contains([{"rule": filters.reason}])
        wanted.append(or_(Case.id.in_(named), Case.id.in_(ruled), by_guard))
    wanted += [_mentions(word) for word in filters.q.split()]
    return query.where(*wanted)


def _in_state(state: str, member_id: UUID | None) -> list[ColumnElement[bool]]:
    if state == "all":
        return []
    if state in {"decided", "appealed", "closed"}:
        return [Case.state == state]
    still_open: list[ColumnElement[bool]] = [Case.state.in_(OPEN)]
    if state == "mine":
        still_open.append(Case.claimed_by_id == member_id)
    if state == "overdue":
        still_open.append(Case.due_at < now())
    return still_open


def _mentions(word: str) -> ColumnElement[bool]:
    author = aliased(Membership)
    named = select(author.id).where(author.name.icontains(word, autoescape=True))
    noted = select(Report.case_id).where(Report.note.icontains(word, autoescape=True))
    return or_(
        Case.evidence.icontains(word, autoescape=True),
        Case.label.icontains(word, autoescape=True),
        Case.author_id.in_(named),
        Case.id.in_(noted),
    )


def _ordered(query: Select[Any], filters: Filters) -> Select[Any]:
    if filters.sort == "newest":
        return query.order_by(Case.created_at.desc(), Case.id)
    if filters.sort == "oldest":
        return query.order_by(Case.created_at, Case.id)
    if filters.sort == "reports":
        count = select(func.count(Report.id)).where(Report.case_id == Case.id).scalar_subquery()
        return query.order_by(count.desc(), Case.due_at, Case.id)
    if filters.state in {"decided", "closed"}:
        return query.order_by(Case.due_at.desc(), Case.id)
    return query.order_by(Case.due_at, Case.id)


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
