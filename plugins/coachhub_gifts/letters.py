"""The two mails: to a member, and to a contact of the writer's own."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core.db import db
from coachhub.core.links import absolute
from coachhub.core.secrets import fingerprint
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, in_language
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter
from coachhub_gifts.models import Note

MEMBER, OUTSIDE = "gifts-member", "gifts-outside"
LEAVE = "leave-gifts"
_LONG = 43  # characters of a hex hash: 172 bits


def letter(note: Note) -> Letter:
    """Return a note as the mail that goes out; a preview composes the same one."""
    writer = db.session.scalars(select(Membership).where(Membership.id == note.owner_id)).one()
    person = db.session.get_one(Person, writer.person_id)
    firm = db.session.get_one(Firm, current_firm_id())
    outside = note.member_id is None
    token = leave_token(note)
    through = firm.sender_name or firm.name
    with in_language(_language_of(note, firm)):
        from_name = gettext("%(writer)s through %(firm)s", writer=writer.name, firm=through)
    return Letter(
        kind=OUTSIDE if outside else MEMBER,
        language=_language_of(note, firm),
        to_address=note.sent_to,
        to_name=note.name,
        once=f"gifts-note/{note.id}",
        from_name=from_name,
        reply_to=person.email,
        membership_id=note.member_id,
        subject_id=note.id,
        leave_url=absolute("gifts.leave_at_once", token=token) if outside else "",
        leave_kind=LEAVE if outside else "",
        written_at=note.sent_at,
        context={
            "firm": firm,
            "writer": writer.name,
            "name": note.name,
            "words": [line for line in note.words.splitlines() if line.strip()],
            "gift": note.gift,
            "url": absolute("gifts.received"),
            "leave_url": absolute("gifts.leave", token=token) if outside else "",
        },
    )


def _language_of(note: Note, firm: Firm) -> str:
    """Return the language of whoever reads the note; outside, the firm's."""
    if note.member_id is None:
        return firm.language
    query = select(Person.language).join(Membership, Membership.person_id == Person.id)
    return db.session.scalar(query.where(Membership.id == note.member_id)) or firm.language


def leave_token(note: Note) -> str:
    """Return the token of a note's links; the same each time, so a preview shows what is sent."""
    return fingerprint("gifts leave", f"{current_firm_id()}/{note.id}")[:_LONG]
