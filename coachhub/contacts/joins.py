"""Where contacts join in elsewhere: what a member takes away."""

from __future__ import annotations

from sqlalchemy import select

from coachhub.contacts.models import Contact, ContactImport
from coachhub.core.db import db
from coachhub.core.words import gettext_noop
from coachhub.firms.models import Membership
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection, section


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give an owner their contacts and what they brought in."""
    contacts = select(Contact).where(Contact.owner_id == member.id).order_by(Contact.created_at)
    imports = (
        select(ContactImport)
        .where(ContactImport.owner_id == member.id)
        .order_by(ContactImport.created_at)
    )
    return [
        section(
            "contacts",
            gettext_noop("Your contacts"),
            db.session.scalars(contacts),
            "created_at first_name last_name email url company_name position connected_on strength"
            " worked_together hidden note",
        ),
        section(
            "contact_files",
            gettext_noop("Contact files you brought in"),
            db.session.scalars(imports),
            "created_at filename format state total added updated unchanged bad ended_at",
        ),
    ]
