"""What the cohorts room asks the rooms above, and plugins."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from markupsafe import Markup

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.hooks import Hook


@dataclass(frozen=True)
class Signal:
    """One reason why a member needs their coach today, and the one thing to do about it.

    Attributes:
        membership_id: who it is about.
        kind: short name, as in ``no_targets``; the same kind is shown once per member.
        text: a sentence without the member's name, as in "Has no targets yet".
        action: the words on the button.
        url: where the button leads.
        weight: 1 (worth knowing) to 9 (today).
    """

    membership_id: UUID
    kind: str
    text: str
    action: str
    url: str
    weight: int = 5


@dataclass(frozen=True)
class Door:
    """What a cohort sees of its members' contacts at a company.

    `members` is None where the cohort is too small for a number; 0 means no door.
    """

    members: int | None
    strong: int = 0


@dataclass(frozen=True)
class Ahead:
    """Something that a whole cohort has ahead of it, told without where it is.

    Attributes:
        key: short and lasting, another one if it is another thing.
        title: what it is, as in "Monday huddle".
        starts_at: when it begins.
        when: the same in words, on the cohort's own clock.
        url: its page.
    """

    key: str
    title: str
    starts_at: dt.datetime
    when: str
    url: str


AHEAD: Hook[[Cohort], Sequence[Ahead]] = Hook(
    "ahead",
    "Called with a cohort for what is ahead of it in the coming days; return what all of its"
    " members may know, and others in their chat channel may read: no place, no link to a call.",
    gives=Ahead,
    many=True,
)

DASHBOARD: Hook[[Cohort], Sequence[Signal]] = Hook(
    "dashboard",
    "Called for the coach's dashboard with the cohort; return what makes members need their coach"
    " today: at most a few for each, derived, for members who are enrolled.",
    gives=Signal,
    many=True,
)

DASHBOARD_PANEL: Hook[[Cohort], Markup | None] = Hook(
    "dashboard_panel",
    "Called for the coach's dashboard with the cohort; return a card to show below who needs the"
    " coach (safe markup), or None.",
    gives=Markup,
)


@dataclass(frozen=True)
class Series:
    """What is counted week by week: its name, and a figure for each week, the newest last."""

    label: str
    counts: tuple[int, ...]
    order: int = 50


PULSE: Hook[[Cohort, Sequence[dt.date]], Sequence[Series]] = Hook(
    "pulse",
    "Called for the coach's dashboard with the cohort and the Mondays of some weeks; return what"
    " happened in each of them, as counts that name nobody.",
    gives=Series,
    many=True,
    between_rooms=True,
)

DOORS: Hook[[Cohort, Sequence[UUID]], Mapping[UUID, Door]] = Hook(
    "doors",
    "Called with a cohort and the ids of companies; return the door at each company that has one,"
    " counted over the cohort's members: never a name. A company that is left out has no door.",
    gives=Mapping,
    between_rooms=True,
)

OWN_DOORS: Hook[[Actor, Sequence[UUID]], Mapping[UUID, int]] = Hook(
    "own_doors",
    "Called with who looks at a page and the ids of companies; return how many people they"
    " themselves know at each. Shown to them alone.",
    gives=Mapping,
    between_rooms=True,
)

ENROLLED: Hook[[Enrolment], None] = Hook(
    "enrolled",
    "Called when somebody has joined a cohort, or leads it, in the same transaction.",
)

ENROLMENT_ENDED: Hook[[Enrolment], None] = Hook(
    "enrolment_ended",
    "Called when somebody's time in a cohort has ended, in the same transaction.",
)


def doors_at(cohort: Cohort, company_ids: Sequence[UUID]) -> dict[UUID, Door]:
    """Ask for the doors at some companies; a company without one is left out."""
    doors: dict[UUID, Door] = {}
    for answer in DOORS.call(cohort, company_ids) if company_ids else ():
        doors.update(answer)
    return doors


def own_doors_at(actor: Actor, company_ids: Sequence[UUID]) -> dict[UUID, int]:
    """Ask how many people somebody knows at some companies; for nobody else's eyes."""
    known: dict[UUID, int] = {}
    for answer in OWN_DOORS.call(actor, company_ids) if company_ids else ():
        for company_id, number in answer.items():
            known[company_id] = known.get(company_id, 0) + number
    return known
