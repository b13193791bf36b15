"""What an admin does with a roster: look at it, send it, take it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, BinaryIO
from uuid import UUID

from sqlalchemy import delete, func, select, update

from coachhub.accounts.models import Person
from coachhub.accounts.operations import clean_address
from coachhub.cohorts.models import Cohort
from coachhub.console.acts import VALUES
from coachhub.console.rosters import jobs
from coachhub.console.rosters.reading import Row, UnreadableRoster, read_roster
from coachhub.contacts.formats.entries import BadRow
from coachhub.contacts.formats.kinds import shown
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.bulk import insert_many
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.firms import invitations
from coachhub.firms.models import ROLES, Invitation, Membership, Roster, RosterLine

# As people write them; in small letters.
ROLE_WORDS = {
    "member": "member", "mitglied": "member", "membre": "member", "miembro": "member",
    "membro": "member", "client": "member", "participant": "member", "teilnehmer": "member",
    "teilnehmerin": "member", "candidate": "member", "coach": "coach", "berater": "coach",
    "beraterin": "coach", "trainer": "coach", "admin": "admin", "firm admin": "admin",
    "administrator": "admin", "administrateur": "admin", "administratorin": "admin",
}  # fmt: skip


@dataclass(frozen=True)
class Defaults:
    """What holds for rows that say nothing of it."""

    role: str = "member"
    cohort_id: UUID | None = None


def stage(actor: Actor, stream: BinaryIO, filename: str, defaults: Defaults) -> Roster:
    """Read an uploaded roster into a preview; an older one of the same admin is dropped.

    Raises UnreadableRoster with a sentence, NotAllowedError for a role above the actor's.
    """
    invitations.check_role(actor, defaults.role)
    member_id = actor.member_id()
    db.session.execute(delete(Roster).where(Roster.by_id == member_id, Roster.state == "preview"))
    made = Roster(by_id=member_id, filename=shown(filename).strip("“”"))
    db.session.add(made)
    db.session.flush()
    judge = _Judge(actor, defaults)
    lines = [judge.judged(row) for row in read_roster(stream, filename)]
    if not lines:
        raise UnreadableRoster(gettext("The file has headings, but nobody below them."))
    for line in lines:
        line["roster_id"] = made.id
    for begin in range(0, len(lines), 1000):
        db.session.execute(insert_many(RosterLine.__table__, lines[begin : begin + 1000]))  # type: ignore[arg-type]
    return made


def find(roster_id: UUID, *, lock: bool = False) -> Roster:
    """Return a roster of this firm; raises NotFoundError."""
    query = select(Roster).where(Roster.id == roster_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    found = db.session.scalar(query)
    if found is None:
        raise NotFoundError
    return found


def counts(roster: Roster) -> Counter[str]:
    """Count a roster's lines by state."""
    rows = db.session.execute(
        select(RosterLine.state, func.count().label("count"))
        .where(RosterLine.roster_id == roster.id)
        .group_by(RosterLine.state)
    )
    return Counter({row.state: row.count for row in rows})


def lets_in(roster_id: UUID, roles: Collection[str]) -> bool:
    """Say whether a preview would invite anybody as one of these."""
    lines = select(RosterLine.id).where(
        RosterLine.roster_id == roster_id, RosterLine.state == "good", RosterLine.role.in_(roles)
    )
    return db.session.scalar(lines.limit(1)) is not None


def send(actor: Actor, roster_id: UUID) -> Roster:
    """Send the invitations of a preview, by a job. Raises DomainError if there is none to send."""
    roster = find(roster_id, lock=True)
    if roster.state != "preview":
        raise DomainError(gettext("This roster is on its way already, or was dropped."))
    waiting = counts(roster)["good"]
    if not waiting:
        raise DomainError(gettext("There is nobody in this file whom we could invite."))
    roster.state, roster.by_id = "sending", actor.member_id()
    db.session.flush()
    audit.record(
        actor,
        "roster.sent",
        kind="roster",
        subject=roster.id,
        label=roster.filename,
        invited=waiting,
    )
    jobs.SEND.later(current_firm_id(), str(roster.id))
    return roster


def drop(actor: Actor, roster_id: UUID) -> None:
    """Forget a preview; nothing was sent."""
    roster = find(roster_id, lock=True)
    if roster.state != "preview":
        raise DomainError(gettext("This roster is on its way already. You can undo it."))
    audit.record(actor, "roster.dropped", kind="roster", subject=roster.id, label=roster.filename)
    db.session.delete(roster)
    db.session.flush()


def undo(actor: Actor, roster_id: UUID) -> int:
    """Take back all invitations of a roster that nobody has accepted; return how many."""
    roster = find(roster_id, lock=True)
    if roster.state not in {"sending", "done"}:
        raise DomainError(gettext("There is nothing to take back."))
    of_roster = select(RosterLine.invitation_id).where(
        RosterLine.roster_id == roster.id, RosterLine.invitation_id.is_not(None)
    )
    taken = db.session.scalars(
        update(Invitation)
        .where(
            Invitation.id.in_(of_roster),
            Invitation.accepted_at.is_(None),
            Invitation.withdrawn_at.is_(None),
        )
        .values(withdrawn_at=now())
        .returning(Invitation.id)
        .execution_options(synchronize_session=False)
    ).all()
    db.session.execute(
        update(RosterLine)
        .where(
            RosterLine.roster_id == roster.id,
            RosterLine.invitation_id.in_(taken) | (RosterLine.state == "good"),
        )
        .values(state="withdrawn", email="", name="")
        .execution_options(synchronize_session=False)
    )
    roster.state, roster.ended_at = "undone", now()
    db.session.flush()
    audit.record(
        actor,
        "roster.undone",
        kind="roster",
        subject=roster.id,
        label=roster.filename,
        withdrawn=len(taken),
    )
    return len(taken)


class _Judge:
    """Says of each row whether its person can be invited, and what is worth knowing."""

    def __init__(self, actor: Actor, defaults: Defaults) -> None:
        self._actor = actor
        self._defaults = defaults
        self._seen: dict[str, int] = {}
        cohorts = db.session.scalars(select(Cohort)).all()
        self._cohorts = {one.slug.casefold(): one for one in cohorts}
        self._cohorts |= {" ".join(one.name.casefold().split()): one for one in cohorts}
        here = db.session.execute(
            select(Person.email, Membership.name, Membership.role, Membership.state).join(
                Membership, Membership.person_id == Person.id
            )
        )
        self._here = {row.email: row for row in here if row.state != "left"}
        self._invited = {
            one.email for one in db.session.scalars(select(Invitation)) if one.is_open()
        }

    def judged(self, row: Row | BadRow) -> dict[str, Any]:
        """Return a row as a line of the roster."""
        line: dict[str, Any] = {
            "line": row.line, "email": "", "name": "", "role": "member", "cohort_id": None,
            "state": "bad", "told": "", "written": "", "invitation_id": None,
        }  # fmt: skip
        if isinstance(row, BadRow):
            return line | {"told": row.what, "written": row.text}
        try:
            return line | self._person(row)
        except DomainError as error:
            written = ", ".join(filter(None, (row.email, row.name, row.role, row.cohort)))
            return line | {"told": str(error), "written": written[:200]}

    def _person(self, row: Row) -> dict[str, Any]:
        address = clean_address(row.email)
        role, cohort_id = self._role(row.role), self._cohort(row.cohort)
        person = {"email": address, "name": row.name, "role": role, "cohort_id": cohort_id}
        first = self._seen.setdefault(address, row.line)
        if first != row.line:
            return person | {
                "state": "twice",
                "told": gettext("The same address stands in line %(first)s.", first=first),
            }
        member = self._here.get(address)
        if member is not None:
            return person | {"state": "here", "told": _already(member)}
        again = address in self._invited
        told = gettext("Invited before: the new invitation replaces the old one.") if again else ""
        return person | {"state": "good", "told": told}

    def _role(self, written: str) -> str:
        role = ROLE_WORDS.get(written.casefold(), "") if written else self._defaults.role
        if role not in ROLES:
            raise DomainError(
                gettext(
                    "There is no role “%(written)s”: write member, coach or admin.",
                    written=written[:40],
                )
            )
        invitations.check_role(self._actor, role)
        return role

    def _cohort(self, written: str) -> UUID | None:
        if not written:
            return self._defaults.cohort_id
        found = self._cohorts.get(" ".join(written.casefold().split()))
        if found is None:
            raise DomainError(
                gettext("There is no cohort called “%(written)s”.", written=written[:60])
            )
        if found.state != "running":
            raise DomainError(gettext("The cohort %(name)s is closed.", name=found.name))
        return found.id


def _already(member: Any) -> str:
    if member.state == "suspended":
        return gettext("%(name)s is suspended here already.", name=member.name)
    role = gettext(VALUES[member.role])
    return gettext("%(name)s is here as %(role)s already.", name=member.name, role=role)
