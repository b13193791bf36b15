"""Where each introduction of a cohort stands, for its coach: no contact, and not who said no."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.introductions.allies import names_for
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.promises import is_late
from coachhub.introductions.shown import Facts
from coachhub.introductions.steps import ASKED, ENDED

# State → (what the coach reads, tone of the badge). A no, a silence and a step back read the same.
STATES = {
    "giver_asked": (gettext_noop("Giver is asked"), "info"),
    "receiver_asked": (gettext_noop("Receiver is asked"), "info"),
    "outsider_asked": (gettext_noop("Outside contact is asked"), "info"),
    "not_now": (gettext_noop("Rests for now"), ""),
    "introduced": (gettext_noop("Introduced"), "accent"),
    "kept": (gettext_noop("Promise kept"), "good"),
    "let_go": (gettext_noop("Promise let go"), ""),
    "declined": (gettext_noop("Did not come about"), ""),
    "expired": (gettext_noop("Did not come about"), ""),
    "withdrawn": (gettext_noop("Did not come about"), ""),
    "stopped": (gettext_noop("Stopped"), ""),
}
FILTERS = {
    "open": frozenset({*ASKED, "not_now", "introduced"}),
    "done": ENDED,
}


GUEST = -1


@dataclass(frozen=True)
class Standing:
    """One introduction as the coach sees it. `late`: the promise is past its day."""

    id: UUID
    giver: str
    receiver: str
    about: str
    words: str
    tone: str
    since: dt.datetime
    due_on: dt.date | None
    late: bool
    may_nudge: bool
    may_stop: bool


@dataclass(frozen=True)
class Circle:
    """The introductions of one ring or chain, or those that began without a round."""

    title: str
    steps: list[Standing]


def standing(cohort: Cohort, show: str = "open") -> list[Circle]:
    """Return a cohort's introductions by ring, newest round first; `show` is open or done."""
    numbers = dict(
        db.session.execute(select(Round.id, Round.number).where(Round.cohort_id == cohort.id)).all()
    )
    rows = list(
        db.session.scalars(
            select(Introduction)
            .where(Introduction.cohort_id == cohort.id, Introduction.state.in_(FILTERS[show]))
            .order_by(Introduction.position, Introduction.created_at)
        )
    )
    facts = Facts(rows)
    names = names_for(cohort.id, {one for row in rows for one in (row.giver_id, row.receiver_id)})
    circles: dict[tuple[int, int], list[Introduction]] = {}
    for row in rows:
        # A round of another cohort, in which this one was a guest, has no number here.
        number = numbers.get(row.round_id, GUEST) if row.round_id else 0
        place = (number, row.ring or 0)
        circles.setdefault(place, []).append(row)
    ordered = sorted(circles.items(), key=lambda item: (-item[0][0], item[0][1]))
    return [
        Circle(_title(*place, circle), [_standing(row, facts, names) for row in circle])
        for place, circle in ordered
    ]


def counts(cohort: Cohort) -> dict[str, int]:
    """Return how many introductions each filter shows."""
    states = db.session.scalars(
        select(Introduction.state).where(Introduction.cohort_id == cohort.id)
    ).all()
    return {name: sum(state in wanted for state in states) for name, wanted in FILTERS.items()}


def in_cohort(cohort: Cohort, introduction_id: UUID) -> Introduction:
    """Return one of the cohort's introductions; raises NotFoundError for any other."""
    found = db.session.scalar(
        select(Introduction).where(
            Introduction.id == introduction_id,
            Introduction.cohort_id == cohort.id,
            Introduction.state != "proposed",
        )
    )
    if found is None:
        raise NotFoundError
    return found


def _title(number: int, ring: int, rows: list[Introduction]) -> str:
    if not number:
        return gettext("Started by members")
    if number == GUEST:
        return gettext("In a round with another cohort")
    if not ring:
        return gettext("Round %(number)s", number=number)
    if rows[0].is_chain:
        return gettext("Round %(number)s, chain %(chain)s", number=number, chain=ring)
    return gettext("Round %(number)s, ring %(ring)s", number=number, ring=ring)


def _standing(row: Introduction, facts: Facts, names: dict[UUID, str]) -> Standing:
    words, tone = STATES[row.state]
    late = is_late(row)
    if late:
        words, tone = gettext_noop("Promise is late"), "warn"
    about = facts.companies.get(row.company_id or row.id) or facts.post(row.need_id)
    return Standing(
        id=row.id,
        giver=names[row.giver_id],
        receiver=names[row.receiver_id],
        about=about,
        words=gettext(words),
        tone=tone,
        since=row.state_since,
        due_on=row.due_on if row.state == "introduced" else None,
        late=late,
        may_nudge=row.state in {*ASKED, "introduced"},
        may_stop=row.state not in ENDED,
    )
