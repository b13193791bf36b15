"""Writing notes and the log: the only place that writes."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import func, select

from coachhub.accounts.models import Person
from coachhub.cohorts.queries import share_a_cohort
from coachhub.contacts.models import Contact
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tokens import hashed
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.introductions.models import Introduction
from coachhub.mail.outbox import queue_letter, suppress, suppressed
from coachhub.moderation.guards import look
from coachhub.moderation.hooks import Draft as Words
from coachhub.moderation.operations import published
from coachhub_gifts import letters
from coachhub_gifts.guard import NOTE, house
from coachhub_gifts.models import Given, Note

READER = Actor(label="Reader of a note")
BETWEEN = dt.timedelta(days=7)  # between two notes to one address outside


@dataclass(frozen=True)
class NoteDraft:
    """A note as its writer typed it. At most one of `member_id` and `contact_id` is set."""

    name: str
    words: str
    gift: str = ""
    occasion: str = ""
    member_id: UUID | None = None
    contact_id: UUID | None = None


def write(actor: Actor, draft: NoteDraft, note: Note | None = None) -> Note:
    """Keep a note as a draft; one that was sent stays as it is."""
    if note is None:
        note = Note(owner_id=actor.member_id())
        note.member_id, note.contact_id = draft.member_id, draft.contact_id
        _check_reader(actor, note)
    elif note.owner_id != actor.member_id():
        raise NotFoundError
    elif note.state != "draft":
        raise DomainError(gettext("This note is on its way already. Write another one."))
    note.name, note.words = draft.name, draft.words
    note.gift, note.occasion = draft.gift, draft.occasion
    db.session.add(note)
    db.session.flush()
    return note


def send(actor: Actor, note: Note) -> bool:
    """Send a note by mail; False if a moderator looks at it first.

    Raises DomainError with a sentence where it cannot go: no address, asked to be left alone, too
    many today, too soon after the last one.
    """
    if note.owner_id != actor.member_id():
        raise NotFoundError
    if note.state != "draft":
        raise DomainError(gettext("This note is on its way already."))
    _check_reader(actor, note)
    note.sent_to = address_of(note)
    _check_address(note)
    fields = {"words": note.words, "gift": note.gift}
    nudges = look(Words(NOTE, note.owner_id, fields))
    note.state = "held"
    db.session.flush()
    if published(actor, NOTE, note.id, nudges):
        return False
    if note.state == "held":
        deliver(note)
    return True


def deliver(note: Note) -> None:
    """Put a note into the outbox, and what comes with it into its writer's log."""
    note.state, note.sent_at = "sent", now()
    note.leave_hash = hashed(letters.leave_token(note)) if note.member_id is None else None
    db.session.flush()
    queue_letter(letters.letter(note))
    if note.gift:
        db.session.add(
            Given(
                owner_id=note.owner_id, name=note.name, what=note.gift, given_on=now().date(),
            )
        )  # fmt: skip
        db.session.flush()


def address_of(note: Note) -> str:
    """Return the address that a note goes to; empty for a card to anybody."""
    if note.member_id is not None:
        query = select(Person.email).join(Membership, Membership.person_id == Person.id)
        return db.session.scalar(query.where(Membership.id == note.member_id)) or ""
    if note.contact_id is not None:
        query = select(Contact.email).where(
            Contact.id == note.contact_id, Contact.owner_id == note.owner_id
        )
        return db.session.scalar(query) or ""
    return ""


def why_not(note: Note) -> str:
    """Return why a note cannot be mailed, for its writer, or an empty string."""
    try:
        note_address = address_of(note)
        _check_address(note, note_address)
    except DomainError as error:
        return str(error)
    return ""


def drop(actor: Actor, note: Note) -> None:
    """Delete a note that has not been sent, or its copy if it has."""
    if note.owner_id != actor.member_id():
        raise NotFoundError
    db.session.delete(note)
    db.session.flush()


def log(actor: Actor, name: str, what: str, given_on: dt.date) -> Given:
    """Write down what was given; for one's own eyes."""
    row = Given(owner_id=actor.member_id(), name=name, what=what, given_on=given_on)
    db.session.add(row)
    db.session.flush()
    return row


def log_promise(introduction: Introduction) -> None:
    """Write into the giver's log that they kept a promise; once."""
    if _logged(introduction) is not None:
        return
    name = db.session.scalar(
        select(Membership.name).where(Membership.id == introduction.receiver_id)
    )
    db.session.add(
        Given(
            owner_id=introduction.giver_id,
            name=name or "Somebody",
            what=introduction.promise or "An introduction",
            given_on=now().date(),
            introduction_id=introduction.id,
        )
    )
    db.session.flush()


def log_thanks(introduction: Introduction) -> None:
    """Write the thanks beside the promise, unless the giver has written something there."""
    row = _logged(introduction)
    if row is not None and not row.back and introduction.thanks:
        row.back, row.back_on = introduction.thanks, now().date()
        db.session.flush()


def _logged(introduction: Introduction) -> Given | None:
    return db.session.scalar(
        select(Given).where(
            Given.introduction_id == introduction.id, Given.owner_id == introduction.giver_id
        )
    )


def came_back(actor: Actor, row: Given, back: str, back_on: dt.date | None) -> None:
    """Write down what came back."""
    if row.owner_id != actor.member_id():
        raise NotFoundError
    row.back, row.back_on = back, back_on or now().date()
    db.session.flush()


def forget(actor: Actor, row: Given) -> None:
    """Take a line out of the log."""
    if row.owner_id != actor.member_id():
        raise NotFoundError
    db.session.delete(row)
    db.session.flush()


def by_token(token: str) -> Note:
    """Return the note behind a link of its mail; raises NotFoundError."""
    found = db.session.scalar(select(Note).where(Note.leave_hash == hashed(token)))
    if found is None:
        raise NotFoundError
    return found


def leave_alone(note: Note) -> None:
    """Never write to the reader of a note again, from any firm; doing it twice is fine."""
    if suppressed(note.sent_to) == "never":
        return
    suppress(note.sent_to, "never")
    audit.record(READER, "gifts.left_alone", kind="note", subject=note.id)


def _check_reader(actor: Actor, note: Note) -> None:
    """Raise NotFoundError unless the reader is a member of a group of one's own, or a contact."""
    if note.member_id is not None:
        active = db.session.scalar(
            select(Membership.id).where(
                Membership.id == note.member_id, Membership.state == "active"
            )
        )
        if active is None or not share_a_cohort(actor.member_id(), note.member_id):
            raise NotFoundError
    if note.contact_id is not None:
        own = select(Contact.id).where(
            Contact.id == note.contact_id, Contact.owner_id == actor.member_id()
        )
        if db.session.scalar(own) is None:
            raise NotFoundError


def _check_address(note: Note, address: str | None = None) -> None:
    to = note.sent_to if address is None else address
    if not to:
        raise DomainError(gettext("There is no mail address for this note. Print it on a card."))
    if note.member_id is not None:
        return
    if suppressed(to):
        raise DomainError(
            gettext(
                "We may not write to this address. A card by hand, or a word in person, still can."
            )
        )
    sent = db.session.execute(
        select(Note.sent_to, Note.sent_at).where(
            Note.owner_id == note.owner_id,
            Note.member_id.is_(None),
            Note.state.in_(("sent", "held")),
            func.coalesce(Note.sent_at, Note.created_at) > now() - BETWEEN,
        )
    ).all()
    today = [at for _to, at in sent if at is None or at > now() - dt.timedelta(days=1)]
    most = house().outside
    if len(today) >= most:
        raise DomainError(
            gettext(
                "Up to %(most)s notes a day go to people outside. Tomorrow is fine for thanks,"
                " too.",
                most=most,
            )
            if most
            else gettext("Your firm sends no notes to people outside. Print it on a card.")
        )
    if any(other.casefold() == to.casefold() for other, _at in sent):
        raise DomainError(gettext("They have had a note from you this week. Let it be one."))
