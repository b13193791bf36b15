"""What the room's screen shows, step by step: large, few lines each, nothing private."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db
from coachhub.core.words import gettext, ngettext
from coachhub.introductions.models import Round
from coachhub.introductions.rounds.picture import Picture, Step, draw
from coachhub.introductions.rounds.queries import steps_of
from coachhub_huddle import queries, weeks
from coachhub_huddle.agenda import Item, agenda_of
from coachhub_huddle.models import Huddle, Series

A_SCREENFUL = 6


@dataclass(frozen=True)
class Slide:
    """One step: a title, a sentence, lines, and a picture if it has one."""

    title: str
    lead: str = ""
    items: tuple[Item, ...] = ()
    picture: Picture | None = None
    facts: tuple[str, ...] = field(default=())
    look: str = "list"


def slides_of(cohort: Cohort, series: Series, huddle: Huddle) -> list[Slide]:
    """Return the steps of a huddle, from the welcome to the day of the next one."""
    agenda = agenda_of(cohort, huddle)
    slides = [_welcome(series, huddle)]
    own = tuple(Item(str(line.id), line.text) for line in agenda.lines)
    slides += _screenfuls(gettext("Today"), "", own)
    for section in agenda.sections:
        if section.key == "kept":
            ring = _ring(cohort)
            slides += [ring] if ring else []
        slides += _screenfuls(section.title, "", section.shown)
    slides += _homework(cohort)
    slides.append(_goodbye(series, huddle))
    return slides


def _welcome(series: Series, huddle: Huddle) -> Slide:
    date = weeks.local_day(huddle.starts_at, series.timezone)
    begins = weeks.clock(huddle.starts_at, series.timezone)
    ends = weeks.clock(huddle.ends_at, series.timezone)
    return Slide(
        series.title,
        weeks.whole_day(date),
        facts=(gettext("%(begins)s to %(ends)s", begins=begins, ends=ends),),
        look="welcome",
    )


def _screenfuls(title: str, lead: str, items: Sequence[Item]) -> list[Slide]:
    pages = [tuple(items[at : at + A_SCREENFUL]) for at in range(0, len(items), A_SCREENFUL)]
    many = len(pages) > 1
    return [
        Slide(_numbered(title, number, len(pages)) if many else title, lead, page)
        for number, page in enumerate(pages, 1)
    ]


def _numbered(title: str, number: int, last: int) -> str:
    return gettext("%(title)s (%(number)s of %(last)s)", title=title, number=number, last=last)


def _ring(cohort: Cohort) -> Slide | None:
    """Draw the last released round as a shape: no name, no company, no word of who said what."""
    last = db.session.scalar(
        select(Round)
        .where(Round.cohort_id == cohort.id, Round.state == "released")
        .order_by(Round.number.desc())
        .limit(1)
    )
    steps = steps_of(last) if last else []
    if last is None or not steps:
        return None
    people = {one for step in steps for one in (step.giver_id, step.receiver_id)}
    drawn = [Step(step.giver_id, step.receiver_id, step.ring or 1, step.is_chain) for step in steps]
    return Slide(
        gettext("Round %(number)s", number=last.number),
        ""
        if any(step.is_chain for step in drawn)
        else gettext("Everybody who receives also gives."),
        picture=draw(dict.fromkeys(people, ""), drawn),
        facts=tuple(_shapes(drawn, len(people))),
        look="ring",
    )


def _shapes(drawn: Sequence[Step[UUID]], people: int) -> list[str]:
    sizes = Counter(
        (len([one for one in drawn if one.ring == ring]), is_chain)
        for ring, is_chain in {(one.ring, one.is_chain) for one in drawn}
    )
    found = [
        gettext(
            "%(people)s of us in %(introductions)s introductions",
            people=people,
            introductions=len(drawn),
        )
    ]
    found += [_shape(size, number, is_chain) for (size, is_chain), number in sorted(sizes.items())]
    return found


def _shape(size: int, number: int, is_chain: bool) -> str:
    if is_chain:
        return ngettext("%(num)s chain", "%(num)s chains", number)
    if size == 2:  # noqa: PLR2004 - a swap is two
        return ngettext("%(num)s swap", "%(num)s swaps", number)
    return ngettext("%(num)s ring of %(size)s", "%(num)s rings of %(size)s", number, size=size)


def _homework(cohort: Cohort) -> list[Slide]:
    today = queries.today_in(cohort.id)
    ahead = [one for one in queries.homework_of(cohort) if one.due_on >= today]
    items = [
        Item(
            str(one.id), one.title, gettext("Until %(weekday)s", weekday=weeks.weekday(one.due_on))
        )
        for one in sorted(ahead, key=lambda one: one.due_on)
    ]
    return _screenfuls(gettext("For next time"), "", items)


def _goodbye(series: Series, huddle: Huddle) -> Slide:
    then = queries.after(huddle)
    if then is None:
        return Slide(gettext("Thank you"), gettext("See you soon."), look="welcome")
    date = weeks.local_day(then.starts_at, series.timezone)
    begins = weeks.clock(then.starts_at, series.timezone)
    return Slide(
        gettext("Thank you"),
        gettext("We meet again on %(day)s, at %(time)s.", day=weeks.whole_day(date), time=begins),
        look="welcome",
    )
