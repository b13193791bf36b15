"""What a coach sees of the cohort's mails: who received, what was not sent and why, what came back.

Never what a mail said, and never who opened it: nothing here knows that. Mails that are not the
cohort's own, such as a moderator's or another cohort's, are not told of either.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select
from sqlalchemy.dialects.postgresql import distinct_on
from sqlalchemy.orm import defer

from coachhub.accounts.models import Person
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import members_of
from coachhub.core.db import db, now
from coachhub.core.words import gettext, gettext_noop
from coachhub.digests.checks import STOPPED
from coachhub.digests.forms import DAYS
from coachhub.digests.models import Digest, DigestPreference
from coachhub.firms.models import Membership
from coachhub.introductions.models import Introduction
from coachhub.mail.models import FirmMail, Suppression
from coachhub.mail.suppression import FOR_EVERYTHING, address_hash

LOOK_BACK = dt.timedelta(days=30)
OUTCOMES = ("sent", "skipped", "withheld", "failed", "in_doubt", "waiting")
KINDS = {
    "digest": gettext_noop("Digest"),
    "giver-asked": gettext_noop("Question to who gives"),
    "receiver-asked": gettext_noop("Question to who receives"),
    "ask-in-person": gettext_noop("Reminder to ask a contact"),
    "expired-reminder": gettext_noop("Reminder to answer"),
    "promise-reminder": gettext_noop("Reminder of a promise"),
    "introduced": gettext_noop("Introduction"),
    "promise-kept": gettext_noop("A promise was kept"),
    "thanked": gettext_noop("Thanks"),
    "outcome": gettext_noop("What came of it"),
    "meeting": gettext_noop("Day for a talk"),
    "contact-wrote": gettext_noop("A contact's words"),
}
_WITHOUT_BYTES = defer(FirmMail.raw)
_HOW_OFTEN = {
    "daily": gettext_noop("Every day"),
    "weekly": gettext_noop("Every week"),
    "fortnightly": gettext_noop("Every two weeks"),
}
_WHY = {
    "never": gettext_noop("They asked to be left alone."),
    "bounced": gettext_noop("Mails to their address come back."),
    "complained": gettext_noop("A mail of ours was reported as spam from their address."),
}


@dataclass(frozen=True)
class Trouble:
    """What is wrong with a member's address, in words, and how much it presses (1 to 9).

    `stopped` says that nothing is sent there any more.
    """

    words: str
    weight: int
    stopped: bool


@dataclass(frozen=True)
class Reader:
    """A member as a reader: their rhythm, their last digest and what became of it."""

    membership: Membership
    rhythm: str
    period: dt.date | None
    outcome: str
    why: str
    trouble: Trouble | None


@dataclass(frozen=True)
class Unsent:
    """One mail of the cohort that did not go: to whom, which kind, from which day, and why."""

    name: str
    kind: str
    day: dt.date
    why: str


@dataclass(frozen=True)
class Reason:
    """All mails of one kind that did not go for one reason: to whom, how often, the last day."""

    kind: str
    why: str
    names: Counter[str]
    day: dt.date


@dataclass(frozen=True)
class Standing:
    """Everything the page shows. `runs` counts, for each day, members by outcome."""

    readers: list[Reader]
    runs: dict[dt.date, Counter[str]]
    mails: Counter[str]
    unsent: list[Unsent]

    @property
    def reasons(self) -> list[Reason]:
        """Return why mails did not go, the newest first."""
        found: dict[tuple[str, str], Reason] = {}
        for one in self.unsent:
            plain = one.kind.replace("-", " ").replace("_", " ").capitalize()
            kind = gettext(KINDS.get(one.kind, plain))
            reason = found.setdefault((kind, one.why), Reason(kind, one.why, Counter(), one.day))
            reason.names[one.name] += 1
        return list(found.values())

    @property
    def troubled(self) -> list[Reader]:
        """Return the members whose address does not work, the most pressing first."""
        found = [(one.trouble.weight, one) for one in self.readers if one.trouble]
        return [one for _, one in sorted(found, key=lambda each: -each[0])]


def standing(cohort: Cohort) -> Standing:
    """Return how the digests and mails of the last 30 days stand for a cohort's members."""
    members = {one.membership.id: one.membership for one in members_of(cohort)}
    wrong = troubles(members.values())
    rhythms = _rhythms(cohort, members)
    runs: dict[dt.date, Counter[str]] = defaultdict(Counter)
    last: dict[UUID, tuple[dt.date | None, str, str]] = {}
    unsent: list[Unsent] = []
    for digest, mail in _digests(members):
        outcome, why = _became(digest, mail)
        runs[digest.period][outcome] += 1
        last.setdefault(digest.membership_id, (digest.period, outcome, why))
        if why:
            name = members[digest.membership_id].name
            unsent.append(Unsent(name, "digest", digest.period, why))
    mails: Counter[str] = Counter()
    for mail in _about_introductions(cohort, members):
        outcome = _state(mail)
        mails[outcome] += 1
        if outcome not in {"sent", "waiting"} and mail.membership_id is not None:
            name = members[mail.membership_id].name
            unsent.append(Unsent(name, mail.kind, mail.created_at.date(), _reason(mail)))
    readers = []
    for key, member in members.items():
        period, outcome, why = last.get(key, (None, "", ""))
        readers.append(Reader(member, rhythms[key], period, outcome, why, wrong.get(key)))
    unsent.sort(key=lambda one: (one.day, one.name), reverse=True)
    return Standing(readers, dict(sorted(runs.items(), reverse=True)), mails, unsent)


def troubles(members: Iterable[Membership]) -> dict[UUID, Trouble]:
    """Return what is wrong with the addresses of some members; those that work are left out."""
    people = {member.person_id: member.id for member in members}
    rows = db.session.execute(select(Person.id, Person.email).where(Person.id.in_(people)))
    addresses = {people[row.id]: row.email for row in rows}
    found = _refused(addresses)
    hashes = {address_hash(address): member_id for member_id, address in addresses.items()}
    stopped = select(Suppression.address_hash, Suppression.reason).where(
        Suppression.address_hash.in_(hashes), Suppression.reason.in_(FOR_EVERYTHING)
    )
    for key, reason in db.session.execute(stopped):
        found[hashes[key]] = Trouble(gettext(_WHY[reason]), 8, stopped=True)
    return found


def _refused(addresses: dict[UUID, str]) -> dict[UUID, Trouble]:
    """Look at the last mail that left for each member's present address."""
    last = db.session.scalars(
        select(FirmMail)
        .ext(distinct_on(FirmMail.membership_id))
        .options(_WITHOUT_BYTES)
        .where(
            FirmMail.membership_id.in_(addresses),
            FirmMail.to_address.in_(addresses.values()),
            FirmMail.created_at > now() - LOOK_BACK,
            FirmMail.state.in_(("sent", "failed")),
        )
        .order_by(FirmMail.membership_id, FirmMail.created_at.desc())
    )
    found = {}
    for mail in last:
        if mail.membership_id is None or addresses[mail.membership_id] != mail.to_address:
            continue
        if mail.state == "failed":
            words = gettext("The last mail to them was not taken by the mail server.")
            found[mail.membership_id] = Trouble(words, 6, stopped=False)
        elif mail.bounced == "soft":
            words = gettext(
                "The last mail to them came back for now: a full mailbox, or a slow server."
            )
            found[mail.membership_id] = Trouble(words, 2, stopped=False)
    return found


def _digests(members: Collection[UUID]) -> list[tuple[Digest, FirmMail | None]]:
    rows = db.session.execute(
        select(Digest, FirmMail)
        .outerjoin(FirmMail, FirmMail.id == Digest.mail_id)
        .where(Digest.membership_id.in_(members), Digest.period > (now() - LOOK_BACK).date())
        .options(_WITHOUT_BYTES)
        .order_by(Digest.period.desc(), Digest.id)
    )
    return [(row.Digest, row.FirmMail) for row in rows]


def _about_introductions(cohort: Cohort, members: Collection[UUID]) -> Iterable[FirmMail]:
    return db.session.scalars(
        select(FirmMail)
        .options(_WITHOUT_BYTES)
        .join(Introduction, Introduction.id == FirmMail.introduction_id)
        .where(
            FirmMail.membership_id.in_(members),
            FirmMail.created_at > now() - LOOK_BACK,
            Introduction.cohort_id == cohort.id,
        )
    )


def _became(digest: Digest, mail: FirmMail | None) -> tuple[str, str]:
    if mail is None:
        outcome = "withheld" if digest.skipped == STOPPED else "skipped"
        return outcome, gettext(digest.skipped) if digest.skipped else gettext(
            "The mail is no longer kept."
        )
    outcome = _state(mail)
    return outcome, "" if outcome in {"sent", "waiting"} else _reason(mail)


def _state(mail: FirmMail) -> str:
    """Return what became of a mail; one that came back was not received."""
    if mail.state == "sending":
        return "waiting"
    return "failed" if mail.state == "sent" and mail.bounced else mail.state


def _reason(mail: FirmMail) -> str:
    if mail.state == "sent":
        return {
            "hard": gettext("It came back: the mailbox does not exist."),
            "soft": gettext("It came back for now: a full mailbox, or a slow server."),
            "complaint": gettext("It was reported as spam."),
        }[mail.bounced]
    if mail.state == "in_doubt":
        return gettext(
            "Nobody knows whether it arrived. A firm admin decides whether it goes again."
        )
    if mail.state == "failed":
        return gettext("The mail server did not take it: %(reason)s", reason=mail.reason)
    why = _WHY.get(mail.reason, mail.reason)
    return gettext(why) if why else ""


def _rhythms(cohort: Cohort, members: Collection[UUID]) -> dict[UUID, str]:
    rows = db.session.scalars(
        select(DigestPreference).where(DigestPreference.membership_id.in_(members))
    )
    wishes = {row.membership_id: row for row in rows}
    return {key: _rhythm(cohort, wishes.get(key)) for key in members}


def _rhythm(cohort: Cohort, wish: DigestPreference | None) -> str:
    own = wish.cadence if wish else "cohort"
    if own == "off":
        return gettext("They have ended their digests")
    cadence = cohort.cadence if own == "cohort" else own
    if cadence == "off":
        return gettext("This cohort sends no digests")
    day, hour = (wish.weekday, wish.hour) if wish else (0, 8)
    how_often, at = gettext(_HOW_OFTEN[cadence]), f"{hour:02}:00"
    return (
        f"{how_often}, {at}" if cadence == "daily" else f"{how_often}, {gettext(DAYS[day])}, {at}"
    )
