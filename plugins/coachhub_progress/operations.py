"""Writing updates, choosing who reads them, sending, and ending them: the only place."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert

from coachhub.contacts.models import Contact
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.jobs import later
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Membership
from coachhub.mail.outbox import address_hash, queue_letter, suppressed
from coachhub_progress import drafting, letters, queries
from coachhub_progress.drafting import Words
from coachhub_progress.models import Address, Group, GroupMember, Recipient, Update

READER = Actor(label="Reader of an update")
NO_ADDRESS = gettext_noop("no mail address")
STOPPED = gettext_noop("wants no updates")
BLOCKED = gettext_noop("must not be written to")
LATELY = gettext_noop("had one lately")
GONE = gettext_noop("is no longer among your contacts")


@dataclass(frozen=True)
class Reach:
    """Who would get an update now, and who not with the reason."""

    ready: tuple[queries.Reader, ...]
    left_out: tuple[tuple[queries.Reader, str], ...]


def begin(actor: Actor, member: Membership) -> Update:
    """Return the member's draft, or a new one made from what happened since the last update."""
    found = queries.open_draft(actor.member_id())
    if found is not None:
        return found
    facts = drafting.facts_of(member, queries.last_sent(member.id))
    words = drafting.drafted(facts)
    update = Update(
        owner_id=actor.member_id(),
        subject=words.subject,
        met=words.met,
        looking=words.looking,
        helps=words.helps,
    )
    db.session.add(update)
    db.session.flush()
    return update


def rewrite(actor: Actor, update: Update, words: Words) -> None:
    """Keep the member's own words."""
    _own_draft(actor, update)
    update.subject, update.met = words.subject, words.met
    update.looking, update.helps = words.looking, words.helps
    db.session.flush()


def choose(actor: Actor, update: Update, shown: Collection[UUID], chosen: Collection[UUID]) -> int:
    """Of the contacts that were shown, choose these and no others; return how many are chosen.

    Contacts of somebody else are passed over in silence.
    """
    _own_draft(actor, update)
    not_wanted = set(shown) - set(chosen)
    db.session.execute(
        delete(Recipient).where(
            Recipient.update_id == update.id, Recipient.contact_id.in_(not_wanted)
        )
    )
    own = db.session.scalars(
        select(Contact.id).where(
            Contact.owner_id == actor.member_id(),
            Contact.id.in_(set(chosen)),
            Contact.email != "",
        )
    )
    _add(update, own.all())
    return queries.number_chosen(update)


def remember(actor: Actor, update: Update, name: str) -> Group:
    """Remember who is chosen as a group; one of the same name is replaced."""
    if update.owner_id != actor.member_id():
        raise NotFoundError
    ids = queries.chosen_ids(update)
    if not ids:
        raise DomainError(gettext("Choose some people first: then they can be remembered."))
    for known, _number in queries.groups_of(actor):
        if known.name.casefold() == name.casefold():
            db.session.delete(known)
    group = Group(owner_id=actor.member_id(), name=name)
    db.session.add(group)
    db.session.flush()
    db.session.add_all(GroupMember(group_id=group.id, contact_id=one) for one in sorted(ids))
    db.session.flush()
    return group


def add_group(actor: Actor, update: Update, group: Group) -> int:
    """Choose everybody of a remembered group, too; return how many are chosen then."""
    _own_draft(actor, update)
    members = db.session.scalars(
        select(GroupMember.contact_id).where(GroupMember.group_id == group.id)
    ).all()
    return choose(actor, update, (), members)


def drop_group(actor: Actor, group: Group) -> None:
    """Forget a group; its contacts stay."""
    if group.owner_id != actor.member_id():
        raise NotFoundError
    db.session.delete(group)
    db.session.flush()


def drop(actor: Actor, update: Update) -> None:
    """Delete an update; mails that have left stay with their readers."""
    if update.owner_id != actor.member_id():
        raise NotFoundError
    if update.state == "sending":
        raise DomainError(gettext("It is just going out. Please wait a minute."))
    db.session.delete(update)
    db.session.flush()


def reach(update: Update) -> Reach:
    """Return who would get an update now, and who not."""
    ready, left_out = [], []
    for one in queries.readers_of(update):
        why = _why_not(update, one.contact)
        if why:
            left_out.append((one, why))
        else:
            ready.append(one)
    return Reach(tuple(ready), tuple(left_out))


def send(actor: Actor, update: Update) -> int:
    """Let an update go out to whoever may get it; return to how many.

    A worker writes the mails. Raises DomainError where there is nothing to send, or nobody.
    """
    _own_draft(actor, update)
    if not (update.met.strip() or update.looking.strip() or update.helps.strip()):
        raise DomainError(gettext("Write at least one of the three parts first."))
    there = reach(update)
    if not there.ready:
        raise DomainError(gettext("Choose at least one person who can be written to."))
    most = queries.house().most
    if len(there.ready) > most:
        raise DomainError(
            gettext("An update goes to at most %(most)s. Please choose fewer people.", most=most)
        )
    update.state, update.sent_at = "sending", now()
    db.session.flush()
    later("progress.write", current_firm_id(), str(update.id))
    audit.record(actor, "progress.sent", kind="update", subject=update.id)
    return len(there.ready)


def write_mails(update: Update) -> int:
    """Put an update's mails into the outbox; return how many. Doing it again adds none."""
    written = 0
    for one in queries.readers_of(update):
        row = one.recipient
        if row.mail_id is not None or row.left_out:
            continue
        why = _why_not(update, one.contact)
        if why or one.contact is None:
            row.left_out = why or GONE
            continue
        row.email_hash = address_hash(one.contact.email)
        _note_address(row.email_hash)
        mail = queue_letter(letters.letter(update, one.contact, update.sent_at))
        if mail is not None:
            row.mail_id = mail.id
            written += 1
    update.state = "sent"
    db.session.flush()
    return written


def stop(address: Address) -> None:
    """Send no update of anybody in this firm to an address again; doing it twice is fine."""
    if address.stopped_at is None:
        address.stopped_at = now()
        db.session.flush()
        audit.record(READER, "progress.stopped", kind="address", subject=address.id)


def by_token(token: str) -> Address:
    """Return the address behind a link of a mail; raises NotFoundError."""
    found = db.session.scalar(select(Address).where(Address.leave_hash == hashed(token)))
    if found is None:
        raise NotFoundError
    return found


def is_stopped(email_hash: str) -> bool:
    """Say whether an address wants no more updates."""
    stopped = select(Address.id).where(
        Address.email_hash == email_hash, Address.stopped_at.is_not(None)
    )
    return db.session.scalar(stopped) is not None


def _why_not(update: Update, contact: Contact | None) -> str:
    """Return why an update does not go to a contact, or an empty string."""
    if contact is None:
        return GONE
    if not contact.email.strip():
        return NO_ADDRESS
    key = address_hash(contact.email)
    if is_stopped(key):
        return STOPPED
    if suppressed(contact.email):
        return BLOCKED
    since = now() - dt.timedelta(days=queries.house().days_between)
    lately = (
        select(Recipient.id)
        .join(Update, Update.id == Recipient.update_id)
        .where(
            Update.owner_id == update.owner_id,
            Update.id != update.id,
            Update.sent_at > since,
            Recipient.email_hash == key,
            Recipient.mail_id.is_not(None),
        )
    )
    return LATELY if db.session.scalar(lately.limit(1)) is not None else ""


def _add(update: Update, contact_ids: Collection[UUID]) -> None:
    there = queries.chosen_ids(update)
    db.session.add_all(
        Recipient(update_id=update.id, contact_id=one) for one in contact_ids if one not in there
    )
    db.session.flush()


def _note_address(email_hash: str) -> None:
    db.session.execute(
        insert(Address)
        .values(
            firm_id=current_firm_id(),
            id=letters.address_id(email_hash),
            created_at=now(),
            email_hash=email_hash,
            leave_hash=hashed(letters.leave_token(email_hash)),
        )
        .on_conflict_do_nothing()
    )


def _own_draft(actor: Actor, update: Update) -> None:
    if update.owner_id != actor.member_id():
        raise NotFoundError
    if update.state != "draft":
        raise DomainError(gettext("This update has gone out already. Begin a new one."))
