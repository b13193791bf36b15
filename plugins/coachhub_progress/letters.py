"""The mail of an update, one for each reader."""

from __future__ import annotations

import datetime as dt
from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.contacts.models import Contact
from coachhub.core.db import db
from coachhub.core.links import absolute
from coachhub.core.secrets import fingerprint
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, in_language
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, address_hash
from coachhub_progress.models import Update

KIND = "progress-update"
LEAVE = "leave-progress"
_LONG = 43  # characters of a hex hash: 172 bits


def letter(update: Update, contact: Contact, written_at: dt.datetime | None = None) -> Letter:
    """Return an update as the mail to one contact; a preview composes the same one."""
    writer = db.session.scalars(select(Membership).where(Membership.id == update.owner_id)).one()
    person = db.session.get_one(Person, writer.person_id)
    firm = db.session.get_one(Firm, current_firm_id())
    key = address_hash(contact.email)
    token = leave_token(key)
    through = firm.sender_name or firm.name
    with in_language(firm.language):
        from_name = gettext("%(writer)s through %(firm)s", writer=writer.name, firm=through)
        headings = (
            gettext("What happened"),
            gettext("What I look for now"),
            gettext("What may help you"),
        )
    return Letter(
        kind=KIND,
        language=firm.language,
        to_address=contact.email,
        to_name=contact.full_name(),
        once=f"progress/{update.id}/{contact.id}",
        from_name=from_name,
        reply_to=person.email,
        subject_id=address_id(key),
        leave_url=absolute("progress.leave_at_once", token=token),
        leave_kind=LEAVE,
        written_at=written_at,
        context={
            "firm": firm,
            "writer": writer.name,
            "subject": update.subject,
            "name": contact.first_name or contact.full_name(),
            "parts": [
                (title, [line for line in text.splitlines() if line.strip()])
                for title, text in zip(
                    headings, (update.met, update.looking, update.helps), strict=True
                )
                if text.strip()
            ],
            "leave_url": absolute("progress.leave", token=token),
        },
    )


def leave_token(email_hash: str) -> str:
    """Return the token of the links in mails to an address; the same for each of them."""
    return fingerprint("progress leave", f"{current_firm_id()}/{email_hash}")[:_LONG]


def address_id(email_hash: str) -> UUID:
    """Return the id under which an address is kept: a preview names the one of the mail."""
    return UUID(hex=fingerprint("progress address", f"{current_firm_id()}/{email_hash}")[:32])
