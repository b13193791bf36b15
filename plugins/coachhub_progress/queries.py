"""Reading updates: one's own, who they go to, how they fared."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import func, select

from coachhub.companies.queries import called_alike
from coachhub.contacts.models import Contact
from coachhub.contacts.queries import PER_PAGE, Wanted, matching
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.firms.models import Membership
from coachhub.firms.plugins import settings_of
from coachhub.mail.models import FirmMail
from coachhub_progress.models import Address, Group, GroupMember, Recipient, Update


@dataclass(frozen=True)
class House:
    """What the firm decided about updates."""

    days_between: int
    most: int
    nudge_weeks: int


@dataclass(frozen=True)
class Counts:
    """How an update fared; never who opened it, which nobody is told."""

    chosen: int = 0
    sent: int = 0
    waiting: int = 0
    bounced: int = 0
    failed: int = 0
    left_out: int = 0
    stopped: int = 0


@dataclass(frozen=True)
class Reader:
    """Somebody chosen; `contact` is None once they are no longer among the member's contacts."""

    recipient: Recipient
    contact: Contact | None
    careful: bool = False


def house() -> House:
    """Return what the firm decided."""
    decided = settings_of("progress")
    weeks = decided.get("nudge_weeks")
    return House(
        int(decided.get("days_between") or 30),
        int(decided.get("most") or 100),
        6 if weeks is None else int(weeks),
    )


def updates_of(actor: Actor) -> Sequence[Update]:
    """Return the actor's updates, the newest first."""
    return db.session.scalars(
        select(Update).where(Update.owner_id == actor.member_id()).order_by(Update.id.desc())
    ).all()


def update_of(actor: Actor, progress_id: UUID) -> Update:
    """Return one of the actor's own updates; raises NotFoundError."""
    found = db.session.scalar(
        select(Update).where(Update.id == progress_id, Update.owner_id == actor.member_id())
    )
    if found is None:
        raise NotFoundError
    return found


def open_draft(membership_id: UUID) -> Update | None:
    """Return a member's draft, if there is one."""
    return db.session.scalar(
        select(Update)
        .where(Update.owner_id == membership_id, Update.state == "draft")
        .order_by(Update.id.desc())
        .limit(1)
    )


def last_sent(membership_id: UUID) -> dt.datetime | None:
    """Return when a member's last update went out, or None."""
    return db.session.scalar(
        select(func.max(Update.sent_at)).where(Update.owner_id == membership_id)
    )


def times_sent(membership_id: UUID) -> int:
    """Return how many updates of a member have gone out."""
    query = select(func.count()).select_from(Update)
    sent = query.where(Update.owner_id == membership_id, Update.sent_at.is_not(None))
    return db.session.scalar(sent) or 0


def counts_of(update: Update) -> Counts:
    """Return how an update fared."""
    rows = db.session.execute(
        select(
            Recipient.left_out,
            FirmMail.state,
            FirmMail.bounced,
            (Address.stopped_at > update.sent_at).label("stopped"),
        )
        .outerjoin(FirmMail, FirmMail.id == Recipient.mail_id)
        .outerjoin(Address, Address.email_hash == Recipient.email_hash)
        .where(Recipient.update_id == update.id)
    ).all()
    back = sum(bool(row.bounced) for row in rows)
    return Counts(
        chosen=len(rows),
        sent=sum(row.state == "sent" and not row.bounced for row in rows),
        waiting=sum(row.state in {"waiting", "sending", "in_doubt"} for row in rows),
        bounced=back,
        failed=sum(row.state in {"failed", "withheld"} and not row.bounced for row in rows),
        left_out=sum(bool(row.left_out) for row in rows),
        stopped=sum(bool(row.stopped) for row in rows),
    )


def number_chosen(update: Update) -> int:
    """Count who is chosen for an update."""
    query = select(func.count()).select_from(Recipient).where(Recipient.update_id == update.id)
    return db.session.scalar(query) or 0


def readers_of(update: Update) -> list[Reader]:
    """Return who is chosen for an update, by name."""
    rows = db.session.execute(
        select(Recipient, Contact)
        .outerjoin(Contact, Contact.id == Recipient.contact_id)
        .where(Recipient.update_id == update.id)
    ).all()
    kept = keep_from(update.owner_id)
    found = [
        Reader(row.Recipient, row.Contact, row.Contact is not None and careful(row.Contact, kept))
        for row in rows
    ]
    return sorted(found, key=lambda one: one.contact.full_name().casefold() if one.contact else "")


def chosen_ids(update: Update) -> set[UUID]:
    """Return the contacts chosen for an update."""
    return set(
        db.session.scalars(
            select(Recipient.contact_id).where(
                Recipient.update_id == update.id, Recipient.contact_id.is_not(None)
            )
        )
    )


def to_choose(actor: Actor, words: str, company: str, page: int) -> Pagination:
    """Return one page of the actor's own contacts that have a mail address, by company."""
    wanted = Wanted(words=words.strip()[:100], company=company)
    query = (
        matching(actor, wanted)
        .where(Contact.email != "")
        .order_by(Contact.company_name == "", func.lower(Contact.company_name), Contact.id)
    )
    return db.paginate(query, page=max(page, 1), per_page=PER_PAGE, error_out=False)


def without_address(actor: Actor) -> int:
    """Count the actor's contacts that have no mail address."""
    query = select(func.count()).select_from(Contact)
    return (
        db.session.scalar(query.where(Contact.owner_id == actor.member_id(), Contact.email == ""))
        or 0
    )


def keep_from(membership_id: UUID) -> Sequence[str]:
    """Return the companies whose people a member keeps their search from, as typed."""
    query = select(Membership.keep_from).where(Membership.id == membership_id)
    return db.session.scalar(query) or []


def careful(contact: Contact, kept: Sequence[str]) -> bool:
    """Say whether a contact works where the member's search must not be heard of."""
    return called_alike(contact.company_name, kept)


def groups_of(actor: Actor) -> list[tuple[Group, int]]:
    """Return the actor's remembered groups with how many are in each, by name."""
    number = (
        select(func.count())
        .select_from(GroupMember)
        .where(GroupMember.group_id == Group.id)
        .correlate(Group)
        .scalar_subquery()
    )
    rows = db.session.execute(select(Group, number).where(Group.owner_id == actor.member_id()))
    found = [(row[0], row[1]) for row in rows]
    return sorted(found, key=lambda one: one[0].name.casefold())


def group_of(actor: Actor, group_id: UUID) -> Group:
    """Return one of the actor's own groups; raises NotFoundError."""
    found = db.session.scalar(
        select(Group).where(Group.id == group_id, Group.owner_id == actor.member_id())
    )
    if found is None:
        raise NotFoundError
    return found


def nudge_due(membership: Membership) -> int | None:
    """Return how many weeks a member has sent no update, if that is long enough; else None.

    Whoever never sent one is reminded as long after they came here, if they have contacts to
    write to.
    """
    weeks = house().nudge_weeks
    since = last_sent(membership.id) or membership.created_at
    passed = (now() - since).days // 7
    if not weeks or passed < weeks or membership.landed_on is not None:
        return None
    reachable = select(Contact.id).where(Contact.owner_id == membership.id, Contact.email != "")
    return passed if db.session.scalar(reachable.limit(1)) is not None else None
