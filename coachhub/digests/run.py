"""The digests that are on their way: how far they are, and stopping the rest of them.

A run is what is due at the moment and what is late: digests that are not written yet, and mails
that wait. Whoever stops it takes the place of the writer: each digest that is due gets its row,
which says why there is none, and the unique key keeps every writer from making another.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, and_, select, true, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.digests.checks import STOPPED, TAKEN_DOWN
from coachhub.digests.models import Digest, DigestPreference
from coachhub.digests.schedule import Rhythm, due_period
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail

LATE = dt.timedelta(days=2)  # a mail is given up after one
_LEAVING = ("waiting", "sending")


class NothingOnItsWayError(DomainError):
    """The run has ended, or somebody else stopped it."""

    status = 409


@dataclass(frozen=True)
class Run:
    """How far the digests due now are: every one of them is in exactly one of these.

    `unwritten` are due and not written, `waiting` are written, `leaving` are being handed to the
    mail server, `stopped` will not go because somebody stopped them, `over` are those that have
    gone, were held back for another reason, or had nothing to say.
    """

    unwritten: int = 0
    waiting: int = 0
    leaving: int = 0
    stopped: int = 0
    over: int = 0

    @property
    def left(self) -> int:
        """Return how many can still be stopped."""
        return self.unwritten + self.waiting

    @property
    def under_way(self) -> bool:
        """Say whether there is anything left to do."""
        return bool(self.left or self.leaving)

    @property
    def done(self) -> int:
        """Return how many need nothing more."""
        return self.over + self.stopped

    @property
    def total(self) -> int:
        """Return how many there are."""
        return self.done + self.left + self.leaving


def run_of(cohort: Cohort | None = None) -> Run:
    """Return how far the firm's digests are, or those of one cohort's members."""
    due = _due(cohort)
    rows = db.session.execute(
        select(Digest.membership_id, Digest.period, Digest.skipped, FirmMail.state)
        .outerjoin(FirmMail, FirmMail.id == Digest.mail_id)
        .where(_within(cohort), Digest.created_at > now() - LATE)
    )
    found: Counter[str] = Counter()
    written: set[UUID] = set()
    for member_id, period, skipped, state in rows:
        today = due.get(member_id) == period
        if today:
            written.add(member_id)
        if state in _LEAVING or today:
            found[_place(skipped, state)] += 1
    return Run(unwritten=len(due.keys() - written), **found)


def _place(skipped: str, state: str | None) -> str:
    if state == "sending":
        return "leaving"
    if skipped == STOPPED and state != "sent":
        return "stopped"
    return "waiting" if state == "waiting" else "over"


def stop(actor: Actor, firm: Firm, cohort: Cohort | None = None) -> int:
    """Send none of the digests that are still on their way; return how many those were.

    What the mail server has, or is just being given, stays sent. The next digests are as usual,
    and tell what these would have told. Raises NothingOnItsWayError where nothing is left.
    """
    unwritten = _take_places(_due(cohort))
    held = _hold_back(cohort)
    if not unwritten + held:
        raise NothingOnItsWayError(gettext("Nothing was on its way any more."))
    about: Firm | Cohort = cohort or firm
    kind = "cohort" if cohort else "firm"
    audit.record(
        actor,
        "digests.stopped",
        kind=kind,
        subject=about.id,
        label=about.name,
        mails=held,
        unwritten=unwritten,
    )
    return unwritten + held


def _take_places(due: dict[UUID, dt.date]) -> int:
    """Write the row of each digest that nobody has begun; wait for a writer that is at one."""
    rows_there = db.session.execute(
        select(Digest.membership_id, Digest.period).where(
            Digest.created_at > now() - LATE, Digest.period.in_(set(due.values()))
        )
    )
    there = {(row.membership_id, row.period) for row in rows_there}
    rows = [
        {
            "id": uuid7(),
            "firm_id": current_firm_id(),
            "created_at": now(),
            "membership_id": member_id,
            "period": period,
            "items": [],
            "skipped": STOPPED,
        }
        # In the order of the writers, who would otherwise wait for us as we wait for them.
        for member_id, period in sorted(due.items())
        if (member_id, period) not in there
    ]
    if not rows:
        return 0
    made = insert(Digest).on_conflict_do_nothing().returning(Digest.id)
    return len(db.session.scalars(made, rows).all())


def _hold_back(cohort: Cohort | None) -> int:
    """Hold back the mails that nobody has begun to hand over; return how many those were."""
    # Also those that are just being written anew wait for this lock, or have had it.
    digests = db.session.scalars(
        select(Digest.id)
        .where(_within(cohort), Digest.created_at > now() - LATE, Digest.mail_id.is_not(None))
        .order_by(Digest.id)
        .with_for_update()
    ).all()
    its_mail = and_(FirmMail.id == Digest.mail_id, Digest.id.in_(digests))
    waiting = db.session.scalars(
        select(FirmMail.id)
        .join(Digest, its_mail)
        .where(FirmMail.state == "waiting")
        # The other way round than they leave: a worker marks the next one before the last one.
        .order_by(FirmMail.due_at.desc(), FirmMail.id.desc())
        .with_for_update(of=FirmMail)
    ).all()
    _say(
        update(FirmMail)
        .where(FirmMail.id.in_(waiting), FirmMail.state == "waiting")
        .values(state="withheld", reason=STOPPED, leased_by=None)
    )
    # What was held back for a post that is gone would be written anew without it.
    anew = and_(FirmMail.state == "withheld", FirmMail.reason == TAKEN_DOWN)
    never = FirmMail.id.in_(waiting) | anew
    # Its reader was told nothing: the next one tells it.
    _say(update(Digest).where(its_mail, never).values(items=[], skipped=STOPPED))
    # One that comes back from the mail server is not tried again.
    _say(update(Digest).where(its_mail, FirmMail.state == "sending").values(skipped=STOPPED))
    return len(waiting)


def _say(statement: object) -> None:
    db.session.execute(statement, execution_options={"synchronize_session": False})  # type: ignore[call-overload]


def _within(cohort: Cohort | None) -> ColumnElement[bool]:
    if cohort is None:
        return true()
    return Digest.membership_id.in_(
        select(Enrolment.membership_id).where(
            Enrolment.cohort_id == cohort.id, Enrolment.state == "active"
        )
    )


def _due(cohort: Cohort | None) -> dict[UUID, dt.date]:
    """Return whose digest is due at the moment, and for which local date."""
    wish = DigestPreference
    rows = db.session.execute(
        select(
            Membership.id,
            Enrolment.cohort_id,
            Cohort.cadence,
            wish.cadence,
            wish.weekday,
            wish.hour,
            wish.timezone,
            Person.timezone,
        )
        .join(Enrolment, Enrolment.membership_id == Membership.id)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .join(Person, Person.id == Membership.person_id)
        .outerjoin(wish, wish.membership_id == Membership.id)
        .where(Membership.state == "active", Enrolment.state == "active", Cohort.state == "running")
    ).all()
    among = {row[0] for row in rows if cohort is None or row[1] == cohort.id}
    at, days, found = now(), dict[Rhythm, dt.date | None](), dict[UUID, dt.date]()
    for member_id, _cohort_id, usual, own, weekday, hour, zone, home in rows:
        if member_id not in among:
            continue
        if own is None:  # never said: as `preference_of` has it
            rhythm = Rhythm(usual, 0, 8, home or "UTC")
        else:
            rhythm = Rhythm(usual if own == "cohort" else own, weekday, hour, zone)
        if rhythm not in days:
            days[rhythm] = due_period(rhythm, at)
        if (day := days[rhythm]) is not None:
            found[member_id] = day
    return found
