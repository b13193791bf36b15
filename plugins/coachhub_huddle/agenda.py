"""What the board brings to a huddle: drawn anew each time, with nothing private in it.

Drawn from what has come since the last huddle. Companies stand without whose target they are,
promises and thanks as numbers alone.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from sqlalchemy import func, select

from coachhub.board.kinds import offer_kind
from coachhub.board.queries import Line as PostLine
from coachhub.board.queries import posted_between
from coachhub.cohorts.models import Cohort
from coachhub.core.db import db, now
from coachhub.core.words import gettext, ngettext
from coachhub.introductions.models import Introduction
from coachhub_huddle import queries
from coachhub_huddle.models import Huddle, Line

MOST = 12
ASKS_LOOK_BACK = dt.timedelta(days=60)
FIRST_LOOK_BACK = dt.timedelta(days=7)


@dataclass(frozen=True)
class Item:
    """One line that the board brings; `key` names it when it is left out."""

    key: str
    text: str
    note: str = ""
    is_out: bool = False


@dataclass(frozen=True)
class Section:
    """One part of the drawn agenda; `key` names the whole part."""

    key: str
    title: str
    items: tuple[Item, ...]
    more: int = 0
    is_out: bool = False
    empty: str = ""

    @property
    def shown(self) -> tuple[Item, ...]:
        """Return the items that the room sees."""
        return () if self.is_out else tuple(item for item in self.items if not item.is_out)


@dataclass(frozen=True)
class Agenda:
    """The coach's lines, what the board brings, and since when that is counted."""

    lines: tuple[Line, ...]
    sections: tuple[Section, ...]
    since: dt.datetime


def agenda_of(cohort: Cohort, huddle: Huddle, *, held: bool = False) -> Agenda:
    """Draw the agenda of a huddle: from the last one until this one, or until now.

    Args:
        cohort: whose huddle it is.
        huddle: the one.
        held: also the coach's lines that moderation holds, for the coach alone.
    """
    last = queries.before(huddle)
    since = last.starts_at if last else min(huddle.starts_at, now()) - FIRST_LOOK_BACK
    until = min(huddle.ends_at, now())
    drawn = (
        _offers(posted_between(cohort, "offer", since, until)),
        _asks(cohort, until),
        _targets(posted_between(cohort, "target", since, until)),
        _kept(cohort, since, until),
    )
    return Agenda(
        tuple(queries.lines_of(huddle, held=held)),
        tuple(_without(section, frozenset(huddle.left_out)) for section in drawn),
        since,
    )


def _without(section: Section, out: frozenset[str]) -> Section:
    items = tuple(
        Item(item.key, item.text, item.note, is_out=item.key in out) for item in section.items
    )
    return Section(
        section.key, section.title, items, section.more, section.key in out, section.empty
    )


def _offers(lines: list[PostLine]) -> Section:
    items = [
        Item(
            f"offer:{line.post.id}",
            line.post.title,
            f"{_first_name(line)}, {gettext(offer_kind(line.post.kind).label).lower()}",
        )
        for line in lines
    ]
    return _section(
        "offers",
        gettext("New on the board to give"),
        items,
        gettext("No new offer since last time."),
    )


def _asks(cohort: Cohort, until: dt.datetime) -> Section:
    """Return open asks that no introduction has answered; one that is being asked still counts.

    Whether somebody is asked right now, or said no, is nobody's business in the room.
    """
    lines = posted_between(cohort, "ask", until - ASKS_LOOK_BACK, until)
    met = set(
        db.session.scalars(
            select(Introduction.need_id).where(
                Introduction.cohort_id == cohort.id,
                Introduction.need == "ask",
                Introduction.introduced_at.is_not(None),
                Introduction.state != "stopped",
            )
        )
    )
    items = [
        Item(f"ask:{line.post.id}", line.post.title, _first_name(line))
        for line in reversed(lines)
        if line.post.id not in met
    ]
    return _section(
        "asks",
        gettext("Asks that wait for somebody"),
        items,
        gettext("Every ask has met somebody."),
    )


def _targets(lines: list[PostLine]) -> Section:
    wanted: dict[str, int] = {}
    for line in lines:
        wanted[line.company] = wanted.get(line.company, 0) + 1
    items = [
        Item(
            f"target:{company}",
            company,
            ngettext("%(num)s member", "%(num)s members", number) if number > 1 else "",
        )
        for company, number in sorted(wanted.items(), key=lambda one: (-one[1], one[0]))
    ]
    return _section(
        "targets",
        gettext("New companies to reach"),
        items,
        gettext("No new company since last time."),
    )


def _kept(cohort: Cohort, since: dt.datetime, until: dt.datetime) -> Section:
    counted = {
        key: db.session.scalar(
            select(func.count())
            .select_from(Introduction)
            .where(Introduction.cohort_id == cohort.id, column > since, column <= until)
        )
        or 0
        for key, column in (
            ("introduced", Introduction.introduced_at),
            ("kept", Introduction.kept_at),
            ("thanked", Introduction.thanked_at),
        )
    }
    items = [
        Item(f"kept:{key}", _counted(key, number)) for key, number in counted.items() if number
    ]
    return _section(
        "kept", gettext("What came of it"), items, gettext("Nothing to count since last time.")
    )


def _counted(key: str, number: int) -> str:
    if key == "introduced":
        return ngettext("%(num)s introduction made", "%(num)s introductions made", number)
    if key == "kept":
        return ngettext("%(num)s promise kept", "%(num)s promises kept", number)
    return ngettext("%(num)s thank-you sent", "%(num)s thank-yous sent", number)


def _section(key: str, title: str, items: list[Item], empty: str) -> Section:
    return Section(key, title, tuple(items[:MOST]), max(0, len(items) - MOST), empty=empty)


def _first_name(line: PostLine) -> str:
    return line.owner.name.split()[0] if line.owner and line.owner.name.strip() else ""
