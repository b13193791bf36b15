"""Writing firms, memberships and switches."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from sqlalchemy import func, select

from coachhub.accounts.models import Person
from coachhub.accounts.operations import settle_timezone
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import current_firm_id, scope
from coachhub.core.words import LANGUAGES, gettext
from coachhub.firms.hooks import MEMBER_LEFT, PROFILE_CHANGED
from coachhub.firms.models import ROLES, Firm, Membership, Seat

SECOND_FACTOR = "second_factor"  # in `Firm.house`: everybody needs one
RESERVED_SLUGS = frozenset({"static", "account", "staff", "api", "f", "new"})


@dataclass(frozen=True)
class Profile:
    """What a member tells the group: what they look for and where, and what they care about."""

    headline: str = ""
    titles: tuple[str, ...] = ()
    fields: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    profile_url: str = ""
    resume_url: str = ""
    interests: str = ""
    keep_from: tuple[str, ...] = ()


def slug_of(name: str) -> str:
    """Return a name as it can stand in an address: lower-case letters, digits and hyphens."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:40]


def create_firm(actor: Actor, name: str, slug: str = "", **columns: Any) -> Firm:
    """Make a firm; its slug is made from the name if none is given.

    Raises DomainError where the slug is taken or cannot be used.
    """
    slug = slug_of(slug or name)
    if not slug or slug in RESERVED_SLUGS:
        raise DomainError(
            gettext(
                "“%(name)s” cannot be a firm's address. Please choose another.", name=slug or name
            )
        )
    if db.session.scalar(select(Firm.id).where(Firm.slug == slug)):
        raise DomainError(
            gettext("The address “%(slug)s” is taken. Please choose another.", slug=slug)
        )
    firm = Firm(name=name, slug=slug, **columns)
    db.session.add(firm)
    db.session.flush()
    with scope(firm.id):
        audit.record(actor, "firm.created", kind="firm", subject=firm.id, label=firm.name)
    return firm


def change_firm(
    actor: Actor,
    firm: Firm,
    name: str,
    sender_name: str,
    colour: str,
    *,
    language: str | None = None,
    second_factor: bool | None = None,
) -> None:
    """Change how a firm is called, how its mails are signed, and its colour (``#rrggbb``).

    `language` is the one it writes to people outside in; None leaves it as it is.
    `second_factor` says whether it asks everybody for one, not only who looks after others; None
    leaves it as it is.
    """
    before: dict[str, Any] = {
        "name": firm.name,
        "sender_name": firm.sender_name,
        "colour": firm.colour,
        "language": firm.language,
        SECOND_FACTOR: bool(firm.house.get(SECOND_FACTOR)),
    }
    firm.name, firm.sender_name, firm.colour = name, sender_name, colour
    if language in LANGUAGES:
        firm.language = language
    if second_factor is not None:
        firm.house = {**firm.house, SECOND_FACTOR: second_factor}
    db.session.flush()
    audit.record(actor, "firm.changed", kind="firm", subject=firm.id, label=name, before=before)


def close_firm(actor: Actor, firm: Firm, reason: str) -> None:
    """Close a firm for its people: no page opens, no mail leaves, no job runs; nothing is lost.

    The firm's scope must be open.
    """
    if firm.active:
        firm.active = False
        db.session.flush()
        audit.record(
            actor, "firm.closed", kind="firm", subject=firm.id, label=firm.name, reason=reason
        )


def open_firm(actor: Actor, firm: Firm) -> None:
    """Open a closed firm for its people again. Its scope must be open."""
    if not firm.active:
        firm.active = True
        db.session.flush()
        audit.record(actor, "firm.opened", kind="firm", subject=firm.id, label=firm.name)


def add_member(actor: Actor, person: Person, role: str = "member", name: str = "") -> Membership:
    """Make a person a member, coach or admin of the firm; one who left is taken back.

    Raises DomainError for somebody who is suspended here.
    """
    if role not in ROLES:
        raise DomainError(gettext("There is no role “%(role)s”.", role=role))
    firm_id = current_firm_id()
    membership = db.session.scalar(select(Membership).where(Membership.person_id == person.id))
    if membership is not None and membership.state == "suspended":
        raise DomainError(gettext("This membership is suspended. Please ask the firm's admin."))
    if membership is not None and membership.state == "active":
        return membership
    if membership is None:
        _give_the_firms_zone(person)
        if db.session.get(Seat, (firm_id, person.id)) is None:
            db.session.add(Seat(firm_id=firm_id, person_id=person.id))
            db.session.flush()
        membership = Membership(person_id=person.id, name=name or person.name, role=role)
        db.session.add(membership)
    membership.state, membership.role = "active", role
    db.session.flush()
    audit.record(
        actor,
        "member.joined",
        kind="membership",
        subject=membership.id,
        label=membership.name,
        role=role,
    )
    return membership


def _give_the_firms_zone(person: Person) -> None:
    """Let a newcomer's day begin where the firm's does, until their browser or they say more."""
    elsewhere = select(Seat.firm_id).where(Seat.person_id == person.id).limit(1)
    if db.session.scalar(elsewhere) is None:
        firm = db.session.get_one(Firm, current_firm_id())
        settle_timezone(person, firm.timezone, "given")


def change_role(actor: Actor, membership: Membership, role: str) -> None:
    """Give a member another role. A firm keeps at least one admin."""
    if role not in ROLES:
        raise DomainError(gettext("There is no role “%(role)s”.", role=role))
    if membership.role == role:
        return
    if membership.role == "admin":
        _keep_an_admin(membership)
    before, membership.role = membership.role, role
    db.session.flush()
    audit.record(
        actor,
        "member.role_changed",
        kind="membership",
        subject=membership.id,
        label=membership.name,
        before=before,
        after=role,
    )


def suspend(actor: Actor, membership: Membership, reason: str) -> None:
    """Close the firm to a member for now; what they posted is no longer matched."""
    _end(actor, membership, "suspended", reason)


def end_membership(actor: Actor, membership: Membership, reason: str = "") -> None:
    """End a membership: by the member's own wish, or by an admin."""
    _end(actor, membership, "left", reason)


def reinstate(actor: Actor, membership: Membership) -> None:
    """Open the firm again to somebody who was suspended or had left."""
    membership.state = "active"
    db.session.flush()
    audit.record(
        actor,
        "member.reinstated",
        kind="membership",
        subject=membership.id,
        label=membership.name,
    )


def update_profile(actor: Actor, membership: Membership, profile: Profile) -> None:
    """Write what a member tells the group about themselves; only they do."""
    if actor.membership_id != membership.id:
        raise DomainError(gettext("Only the member can change what they say about themselves."))
    for name in Profile.__dataclass_fields__:
        value = getattr(profile, name)
        setattr(membership, name, list(value) if isinstance(value, tuple) else value)
    db.session.flush()
    PROFILE_CHANGED.call(actor, membership)


def note_visit(membership: Membership) -> bool:
    """Remember that a member was here, to the hour; say whether that is news to be committed.

    Coaches see by it who has gone quiet.
    """
    seen = membership.seen_at
    if seen is not None and (now() - seen).total_seconds() <= 3600:  # noqa: PLR2004 - an hour
        return False
    membership.seen_at = now()
    return True


def _end(actor: Actor, membership: Membership, state: str, reason: str) -> None:
    if membership.state == state:
        return
    if membership.role == "admin":
        _keep_an_admin(membership)
    membership.state = state
    db.session.flush()
    MEMBER_LEFT.call(membership)
    audit.record(
        actor,
        f"member.{state}",
        kind="membership",
        subject=membership.id,
        label=membership.name,
        reason=reason,
    )


def _keep_an_admin(leaving: Membership) -> None:
    others: int = (
        db.session.scalar(
            select(func.count())
            .select_from(Membership)
            .where(
                Membership.role == "admin",
                Membership.state == "active",
                Membership.id != leaving.id,
            )
        )
        or 0
    )
    if others == 0:
        raise DomainError(
            gettext("A firm keeps at least one admin: make somebody else admin first.")
        )


def membership_of(membership_id: UUID) -> Membership | None:
    """Return a membership of this firm by its id."""
    # By its key: whoever looks at a page is in the session's memory already.
    return db.session.get(Membership, (current_firm_id(), membership_id))
