"""The report: sums of grains, for chosen cohorts and quarters, with references beside."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from uuid import UUID

from coachhub.core.words import gettext, gettext_noop
from coachhub_outcomes.grains import KINDS, Grain
from coachhub_outcomes.quarters import words

COLUMNS = {
    "joined": gettext_noop("Joined"),
    "landed": gettext_noop("Landed"),
    "weeks": gettext_noop("Weeks"),
    "introduced": gettext_noop("Introduced"),
    "kept": gettext_noop("Kept"),
    "meeting": gettext_noop("Meetings"),
    "interview": gettext_noop("Interviews"),
    "offer": gettext_noop("Job offers"),
}
LEGEND = gettext_noop(
    "Weeks: from joining to landing, the median. Introduced: introductions that were made. Kept,"
    " meetings, interviews and offers: introductions whose promise was kept, and which led to one."
)
KIND_LABELS = {
    "door": gettext_noop("A door: somebody at the company"),
    "insider": gettext_noop("Somebody who knew it from the inside"),
    "offer": gettext_noop("Something a member could give"),
    "lead": gettext_noop("A lead passed on"),
    "buddy": gettext_noop("Search buddies"),
    "other": gettext_noop("Something else"),
}
TOGETHER = gettext_noop("Several cohorts together")
TOTAL = gettext_noop("All of these")


@dataclass(frozen=True)
class Reference:
    """A figure from elsewhere, for comparison, and where it stands."""

    figure: str
    what: str
    source: str


# Looked up in the sources named. Averages of other people in other places, and years ago.
REFERENCES = (
    Reference(
        "25",
        gettext_noop("talks with people who can hire, on average, before a job seeker is hired"),
        "LHH (Lee Hecht Harrison): workplaceinsights.lhh.com, 2 April 2014 and 16 March 2015",
    ),
    Reference(
        "15",
        gettext_noop("people to talk with, on average, to reach each one of those who can hire"),
        "Orville Pierson of LHH, author of The Unwritten Rules of the Highly Effective Job Search,"
        " as newsatlandajob.blogspot.com reported on 11 March 2009",
    ),
    Reference(
        "$50,000",
        gettext_noop(
            "that one request would have cost, met for nothing in one ring of people who asked and"
            " gave: a single case, not an average"
        ),
        "Adam Grant, on the Reciprocity Ring of Wayne and Cheryl Baker:"
        " fastcompany.com/40545869, 2018",
    ),
)


@dataclass(frozen=True)
class Selection:
    """What a report is about: cohorts, and quarters from first to last."""

    cohorts: frozenset[UUID]
    first: int
    last: int

    def holds(self, grain: Grain) -> bool:
        """Say whether a grain lies wholly inside."""
        return (
            grain.cohorts <= self.cohorts and self.first <= grain.first and grain.last <= self.last
        )

    @property
    def period(self) -> str:
        """Name the quarters for people."""
        if self.first >= self.last:
            return words(self.last)
        return gettext("%(first)s, to %(last)s", first=words(self.first), last=words(self.last))


@dataclass(frozen=True)
class Row:
    """One line: figures by column; None where there is too little to show."""

    label: str
    figures: Mapping[str, int | None]


@dataclass(frozen=True)
class Report:
    """What is shown on the page, in the table file and on paper."""

    selection: Selection
    rows: Sequence[Row]
    total: Row
    kinds: Sequence[tuple[str, int | None]]

    @property
    def is_empty(self) -> bool:
        """Say whether there is nothing to show yet."""
        return all(figure is None for figure in self.total.figures.values())


def report_of(grains: Collection[Grain], selection: Selection, names: Mapping[UUID, str]) -> Report:
    """Return the report of a selection; `names` are the cohorts' by id."""
    chosen = [grain for grain in grains if selection.holds(grain)]
    rows = [
        Row(names[cohort], figures_of([one for one in chosen if one.cohorts == {cohort}]))
        for cohort in sorted(selection.cohorts, key=lambda one: names[one].casefold())
    ]
    together = [grain for grain in chosen if len(grain.cohorts) > 1]
    if together:
        rows.append(Row(gettext(TOGETHER), figures_of(together)))
    kinds = [(gettext(KIND_LABELS[kind]), _sum(chosen, f"by_{kind}")) for kind in KINDS]
    return Report(selection, rows, Row(gettext(TOTAL), figures_of(chosen)), kinds)


def figures_of(grains: Collection[Grain]) -> dict[str, int | None]:
    """Return the figures of some grains by column."""
    figures = {column: _sum(grains, column) for column in COLUMNS}
    weeks = [week for grain in grains if grain.measure == "landed" for week in grain.weeks]
    figures["weeks"] = round(median(weeks)) if weeks else None
    return figures


def _sum(grains: Collection[Grain], measure: str) -> int | None:
    sizes = [grain.size for grain in grains if grain.measure == measure]
    return sum(sizes) if sizes else None
