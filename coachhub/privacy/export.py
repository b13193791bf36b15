"""A member's data as one file to take away: to read, and for other programs."""

from __future__ import annotations

import datetime as dt
import io
import json
import zipfile
from collections.abc import Sequence

from flask import render_template
from sqlalchemy import or_, select

from coachhub.accounts.models import Person
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.audit import AuditEntry
from coachhub.core.cells import as_csv
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Firm, Membership
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection, section

_FIRST = ("account", "profile")


@EXPORT_SECTION.from_room
def membership(member: Membership) -> list[ExportSection]:
    """Give who the member is here, and what the record says about them."""
    person = db.session.get_one(Person, member.person_id)
    acts = db.session.scalars(
        select(AuditEntry)
        .where(or_(AuditEntry.actor_membership_id == member.id, AuditEntry.subject_id == member.id))
        .order_by(AuditEntry.number)
    )
    return [
        section(
            "account",
            gettext_noop("Your account"),
            [person],
            "email name language timezone created_at",
        ),
        section(
            "profile",
            gettext_noop("What you say about yourself"),
            [member],
            "name role state headline titles fields places profile_url resume_url interests"
            " keep_from created_at welcomed_at seen_at landed_on landed_at",
        ),
        section(
            "record",
            gettext_noop("The record: what you did, and what was done to your membership"),
            acts,
            "created_at actor_name action subject_kind subject_label",
        ),
    ]


def sections_of(member: Membership) -> list[ExportSection]:
    """Return everything that rooms and plugins hold about a member, empty sections left out."""
    found = [one for given in EXPORT_SECTION.call(member) for one in given if one.rows]
    return sorted(found, key=lambda one: one.name not in _FIRST)


def take_away(actor: Actor, member: Membership) -> bytes:
    """Return a member's own data as a ZIP archive, and write into the record that it was taken.

    It holds ``your-data.html`` to read, ``your-data.json``, and a CSV file for each section.
    Raises NotFoundError for anybody else's.
    """
    if actor.membership_id != member.id:
        raise NotFoundError
    sections = sections_of(member)
    firm = db.session.get_one(Firm, member.firm_id)
    audit.record(actor, "member.exported", kind="member", subject=member.id, label=member.name)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        page = render_template(
            "privacy/taken.html", sections=sections, firm=firm, member=member, at=now()
        )
        archive.writestr("your-data.html", page)
        archive.writestr("your-data.json", _json(sections))
        for one in sections:
            archive.writestr(f"{one.name}.csv", _csv(one))
    return packed.getvalue()


def _json(sections: Sequence[ExportSection]) -> str:
    held = {one.name: {"title": gettext(one.title), "rows": list(one.rows)} for one in sections}
    return json.dumps(held, ensure_ascii=False, indent=1, default=_written)


def _csv(one: ExportSection) -> str:
    columns = list(one.rows[0])
    lines = ([_written(row.get(name)) for name in columns] for row in one.rows)
    return as_csv([columns, *lines])


def _written(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "yes" if value else "no"
    return value.isoformat() if isinstance(value, dt.date | dt.datetime) else str(value)
