"""Mails as a firm's admin may see them: whom a member knows outside is the member's alone."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from sqlalchemy import func, select

from coachhub.accounts.models import Person
from coachhub.core.db import db
from coachhub.firms.models import Membership
from coachhub.mail import replies
from coachhub.mail.models import FirmMail

# Written to people who are no members yet, by the firm itself.
_THE_FIRMS_OWN = frozenset({"invitation"})
_ADDRESS = re.compile(r"\S+@\S+")
_HEADERS = ("From", "To", "Subject", "Date", "Message-ID", "List-Unsubscribe")
_HEADERS_OUTSIDE = ("From", "Date", "Message-ID")
OUTSIDE = "Somebody outside"


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


def _told(mail: FirmMail) -> Addressed:
    return Addressed(mail, mail.to_address, mail.subject, mail.reason, _HEADERS)


def _kept_back(mail: FirmMail) -> Addressed:
    kind = mail.kind.replace("-", " ").replace("_", " ")
    reason = _ADDRESS.sub("(their address)", mail.reason)
    return Addressed(mail, OUTSIDE, f"A mail to somebody outside: {kind}", reason, _HEADERS_OUTSIDE)


def _members_among(addresses: set[str]) -> set[str]:
    if not addresses:
        return set()
    rows = db.session.scalars(
        select(func.lower(Person.email))
        .join(Membership, Membership.person_id == Person.id)
        .where(func.lower(Person.email).in_(addresses))
    )
    return set(rows)
