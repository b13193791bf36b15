"""Where digests join in elsewhere: leaving them by mail, and what a coach should know of mails."""

from __future__ import annotations

from uuid import UUID

from flask import g, url_for
from sqlalchemy import select

from coachhub.cohorts.hooks import DASHBOARD, Signal
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import members_of
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, gettext_noop
from coachhub.digests import received
from coachhub.digests.letters import LEAVE
from coachhub.digests.models import DigestPreference
from coachhub.firms.hooks import MENU
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.mail.hooks import INBOUND
from coachhub.mail.models import FirmMail
from coachhub.permissions import Permission
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection, section


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show a coach the cohort's mails."""
    if not (g.get("cohort") and actor.may(Permission.SEE_COHORT)):
        return []
    return [
        MenuItem(
            gettext("Who got mails"), url_for("digests.cohort"), "mail", 45, here("digests.cohort")
        )
    ]


@DASHBOARD.from_room
def signals(cohort: Cohort) -> list[Signal]:
    """Tell the coach whose mails come back: nothing else reaches them either."""
    page = path("digests.cohort", cohort=cohort.slug)
    members = [one.membership for one in members_of(cohort)]
    return [
        Signal(key, "address", one.words.rstrip("."), gettext("What to do"), page, one.weight)
        for key, one in received.troubles(members).items()
    ]


@INBOUND.from_room
def leave(kind: str, subject_id: UUID, _membership_id: UUID | None, _text: str) -> str | None:
    """End a member's digests when their mail program asks for it (RFC 2369)."""
    if kind != LEAVE:
        return None
    preference = db.session.scalar(
        select(DigestPreference).where(DigestPreference.membership_id == subject_id)
    )
    if preference is not None:
        preference.cadence = "off"
    return gettext("Your digests have ended.")


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member what mail they got from the firm, and when they want their digest."""
    mails = select(FirmMail).where(FirmMail.membership_id == member.id).order_by(FirmMail.due_at)
    wishes = select(DigestPreference).where(DigestPreference.membership_id == member.id)
    return [
        section(
            "mails",
            gettext_noop("Mails to you"),
            db.session.scalars(mails),
            "due_at sent_at kind subject to_address state reason",
        ),
        section(
            "digest",
            gettext_noop("When you want your digest"),
            db.session.scalars(wishes),
            "cadence weekday hour timezone",
        ),
    ]
