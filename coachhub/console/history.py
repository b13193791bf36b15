"""What is known around a case: its story, the author's earlier cases, notes on a member."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import or_, select

from coachhub.cohorts.models import Enrolment
from coachhub.console.models import MemberNote, SavedView
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.audit import AuditEntry
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Membership
from coachhub.moderation.models import Case, Decision, Strike
from coachhub.permissions import Permission
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection

KNOWN_FOR = dt.timedelta(hours=1)
MOST = 50
MOST_TWINS = 50  # cases that another can be decided like
# What an entry of the audit trail means in the story of a case; others are left out.
SAID = {
    "case.reported": gettext_noop("Reported"),
    "case.claimed": gettext_noop("Taken on"),
    "case.given_back": gettext_noop("Given back"),
    "case.decided": gettext_noop("Decided"),
    "case.decision_undone": gettext_noop("The decision was undone"),
    "case.appealed": gettext_noop("The author asked for a second look"),
    "case.appeal_to_desk": gettext_noop("Handed to the platform's desk"),
    "case.closed": gettext_noop("The second look is over"),
    "case.reminded": gettext_noop("A reminder went out"),
    "content.quarantined": gettext_noop("Hidden until it is decided"),
    "content.visible": gettext_noop("Visible"),
    "content.returned": gettext_noop("Back with its author"),
    "content.redacted": gettext_noop("A passage was masked"),
    "content.removed": gettext_noop("Removed"),
    "strike.given": gettext_noop("A strike was written down"),
    "strike.lifted": gettext_noop("The strike was lifted"),
    "penalty.given": gettext_noop("A penalty began"),
    "penalty.lifted": gettext_noop("The penalty was lifted"),
}


@dataclass(frozen=True)
class Told:
    """One thing that happened to a case: when, what, and by whom; members are not named."""

    at: dt.datetime
    what: str
    by: str


@dataclass(frozen=True)
class EarlierCase:
    """A case about somebody's text, with the decision that stands, if there is one."""

    case: Case
    decision: Decision | None


def story_of(case: Case) -> list[Told]:
    """Return what happened to a case, newest first, from the audit trail."""
    entries = db.session.scalars(
        select(AuditEntry)
        .where(
            AuditEntry.action.in_(SAID),
            or_(
                AuditEntry.subject_id == case.id,
                AuditEntry.details.contains({"case": str(case.id)}),
            ),
        )
        .order_by(AuditEntry.number.desc())
        .limit(MOST)
    )
    return [Told(one.created_at, gettext(SAID[one.action]), _by(one, case)) for one in entries]


def _by(entry: AuditEntry, case: Case) -> str:
    if entry.action == "case.reported":
        return gettext("a member")
    if entry.actor_membership_id == case.author_id:
        return gettext("the author")
    if entry.actor_membership_id is not None and entry.action == "content.quarantined":
        return gettext("a report or a moderator")
    return entry.actor_name


def cases_about(
    member_id: UUID | None, cohort_ids: Collection[UUID] | None, but: UUID | None = None
) -> list[EarlierCase]:
    """Return the cases about somebody's texts that a moderator of these cohorts may see."""
    if member_id is None:
        return []
    query = (
        select(Case, Decision)
        .outerjoin(
            Decision,
            (Decision.case_id == Case.id)
            & Decision.undone_at.is_(None)
            & Decision.replaced_at.is_(None),
        )
        .where(Case.author_id == member_id, Case.id.is_distinct_from(but))
        .order_by(Case.created_at.desc())
        .limit(MOST)
    )
    if cohort_ids is not None:
        query = query.where(Case.cohort_id.in_(cohort_ids))
    return [EarlierCase(row[0], row[1]) for row in db.session.execute(query)]


def decided_cases(case: Case, cohort_ids: Collection[UUID] | None) -> list[EarlierCase]:
    """Return decided cases from which something followed, as far as a moderator of these sees them.

    The newest of the same author's first, then the newest of others.
    """
    query = (
        select(Case, Decision)
        .join(Decision, Decision.case_id == Case.id)
        .where(
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
            Decision.effect != "none",
            Case.verdict != "overturned",
            Case.id != case.id,
        )
        .order_by(Case.author_id.is_distinct_from(case.author_id), Decision.created_at.desc())
        .limit(MOST_TWINS)
    )
    if cohort_ids is not None:
        query = query.where(Case.cohort_id.in_(cohort_ids))
    return [EarlierCase(row[0], row[1]) for row in db.session.execute(query)]


def strikes_from(member_id: UUID, cohort_ids: Collection[UUID] | None) -> list[Strike]:
    """Return a member's strikes, old ones too, from cases that a moderator of these may see."""
    query = (
        select(Strike)
        .join(Decision, Decision.id == Strike.decision_id)
        .join(Case, Case.id == Decision.case_id)
        .where(Strike.member_id == member_id, Strike.lifted_at.is_(None))
        .order_by(Strike.created_at.desc())
    )
    if cohort_ids is not None:
        query = query.where(Case.cohort_id.in_(cohort_ids))
    return list(db.session.scalars(query))


def reporters_known(actor: Actor, case: Case) -> set[UUID]:
    """Return the reporters of a case who have been shown to a moderator within the hour."""
    query = select(AuditEntry.subject_id).where(
        AuditEntry.action == "reporter.shown",
        AuditEntry.actor_membership_id == actor.membership_id,
        AuditEntry.created_at > now() - KNOWN_FOR,
        AuditEntry.details.contains({"case": str(case.id)}),
    )
    return {one for one in db.session.scalars(query) if one is not None}


def member_here(membership_id: UUID, cohort_ids: Collection[UUID] | None) -> Membership:
    """Return a member whose history a moderator of these cohorts may see, or NotFoundError."""
    query = select(Membership).where(Membership.id == membership_id)
    if cohort_ids is not None:
        query = query.where(
            Membership.id.in_(
                select(Enrolment.membership_id).where(Enrolment.cohort_id.in_(cohort_ids))
            )
        )
    found = db.session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def notes_on(member: Membership) -> list[tuple[MemberNote, str]]:
    """Return the notes on a member, newest first, each with who wrote it."""
    rows = db.session.execute(
        select(MemberNote, Membership.name)
        .outerjoin(Membership, Membership.id == MemberNote.by_id)
        .where(MemberNote.member_id == member.id)
        .order_by(MemberNote.created_at.desc())
    )
    return [(row[0], row[1] or gettext("Somebody who left")) for row in rows]


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member what moderators noted on them, and the views they keep; no names."""
    notes = [{"created_at": note.created_at, "text": note.text} for note, _by in notes_on(member)]
    kept = db.session.scalars(
        select(SavedView).where(SavedView.owner_id == member.id).order_by(SavedView.created_at)
    )
    views = [
        {"created_at": view.created_at, "name": view.name, "shared": view.shared} for view in kept
    ]
    return [
        ExportSection("moderators_notes", gettext_noop("What moderators noted on you"), notes),
        ExportSection(
            "kept_views", gettext_noop("Views of the moderators' queue that you keep"), views
        ),
    ]


def add_note(actor: Actor, member: Membership, text: str) -> MemberNote:
    """Write a note on a member for the other moderators."""
    note = MemberNote(member_id=member.id, by_id=actor.member_id(), text=text)
    db.session.add(note)
    db.session.flush()
    audit.record(actor, "note.written", kind="membership", subject=member.id, label=member.name)
    return note


def drop_note(actor: Actor, member: Membership, note_id: UUID) -> None:
    """Take a note away: its writer may, and an admin. Raises NotFoundError for anybody else."""
    note = db.session.scalar(
        select(MemberNote).where(MemberNote.id == note_id, MemberNote.member_id == member.id)
    )
    if note is None or not (note.by_id == actor.membership_id or actor.may(Permission.ADMINISTER)):
        raise NotFoundError
    db.session.delete(note)
    audit.record(actor, "note.dropped", kind="membership", subject=member.id, label=member.name)
    db.session.flush()
