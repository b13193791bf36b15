"""Mails as a firm's admin may see them: whom a member knows outside is the member's alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from coachhub.accounts.models import Person
from coachhub.core.db import db
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Membership
from coachhub.mail import replies
from coachhub.mail.models import FirmMail

# Written to people who are no members yet, by the firm itself.
_THE_FIRMS_OWN = frozenset({"invitation"})
_ADDRESS = re.compile(r"\S+@\S+")
_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe")
_HEADERS_OUTSIDE = ("From", "Date", "Message-ID")
OUTSIDE = gettext_noop("Somebody outside")
KINDS = {
    "answer": gettext_noop("answer"),
    "ask-in-person": gettext_noop("ask in person"),
    "audit-seal": gettext_noop("audit seal"),
    "case-appeal": gettext_noop("case appeal"),
    "case-author": gettext_noop("case author"),
    "case-held": gettext_noop("case held"),
    "case-late": gettext_noop("case late"),
    "case-reporter": gettext_noop("case reporter"),
    "case-restored": gettext_noop("case restored"),
    "case-waits": gettext_noop("case waits"),
    "coach_note": gettext_noop("coach note"),
    "contact-wrote": gettext_noop("contact wrote"),
    "digest": gettext_noop("digest"),
    "erasing": gettext_noop("erasing"),
    "expired-reminder": gettext_noop("expired reminder"),
    "forget": gettext_noop("forget"),
    "giver-asked": gettext_noop("giver asked"),
    "introduced": gettext_noop("introduced"),
    "introduced-contact": gettext_noop("introduced contact"),
    "invitation": gettext_noop("invitation"),
    "many-tries": gettext_noop("many tries"),
    "meeting": gettext_noop("meeting"),
    "outcome": gettext_noop("outcome"),
    "outsider-asked": gettext_noop("outsider asked"),
    "promise-kept": gettext_noop("promise kept"),
    "promise-reminder": gettext_noop("promise reminder"),
    "receiver-asked": gettext_noop("receiver asked"),
    "shortlist": gettext_noop("shortlist"),
    "staff-looks-in": gettext_noop("staff looks in"),
    "test": gettext_noop("test"),
    "thanked": gettext_noop("thanked"),
}
# Why a mail was held back, or stands as it does; what a mail server said is shown as it came.
REASONS = {
    "never": gettext_noop("They asked to be left alone."),
    "bounced": gettext_noop("Mails to this address come back."),
    "complained": gettext_noop("They reported a mail as spam."),
}


@dataclass(frozen=True)
class Addressed:
    """A mail with what may be told of it: for a mail to the outside, neither to whom nor what."""

    mail: FirmMail
    to: str
    title: str
    reason: str
    headers: tuple[str, ...]


def addressed(mails: Iterable[FirmMail]) -> list[Addressed]:
    """Return mails as an admin may see them, in their order; one query for all of them."""
    found = list(mails)
    inside = _members_among({mail.to_address.casefold() for mail in found})
    return [
        _told(mail)
        if mail.kind in _THE_FIRMS_OWN or mail.to_address.casefold() in inside
        else _kept_back(mail)
        for mail in found
    ]


def headers_of(one: Addressed) -> Sequence[tuple[str, str]]:
    """Return the lines of a mail's head that may be told."""
    head = replies.parsed(one.mail.raw)
    return [(name, str(head[name])) for name in one.headers if head[name]]


def kind_words(kind: str) -> str:
    """Return what a kind of mail is called; a plugin's is called what its folder is."""
    return gettext(KINDS[kind]) if kind in KINDS else kind.replace("-", " ").replace("_", " ")


def _told(mail: FirmMail) -> Addressed:
    return Addressed(mail, mail.to_address, mail.subject, _reason(mail), _HEADERS)


def _kept_back(mail: FirmMail) -> Addressed:
    title = gettext("A mail to somebody outside: %(kind)s", kind=kind_words(mail.kind))
    reason = _ADDRESS.sub(gettext("(their address)"), _reason(mail))
    return Addressed(mail, gettext(OUTSIDE), title, reason, _HEADERS_OUTSIDE)


def _reason(mail: FirmMail) -> str:
    return gettext(REASONS.get(mail.reason, mail.reason)) if mail.reason else ""


def _members_among(addresses: set[str]) -> set[str]:
    if not addresses:
        return set()
    rows = db.session.scalars(
        select(func.lower(Person.email))
        .join(Membership, Membership.person_id == Person.id)
        .where(func.lower(Person.email).in_(addresses))
    )
    return set(rows)
