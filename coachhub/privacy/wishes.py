"""Wishes to be erased: asked for, taken back within hours, done by a job."""

from __future__ import annotations

import datetime as dt
import logging
from uuid import UUID

from sqlalchemy import func, select

from coachhub.accounts.models import Person
from coachhub.core import audit
from coachhub.core.access import Actor, platform
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.permissions import Permission
from coachhub.privacy import strangers
from coachhub.privacy.erasure import erase
from coachhub.privacy.models import Wish

log = logging.getLogger(__name__)
# Time to change one's mind; with the job's few minutes it is done well within a day.
GRACE = dt.timedelta(hours=12)
LAST_ADMIN = gettext_noop("A firm keeps at least one admin: make somebody else admin first.")


class WrongNameError(DomainError):
    """What was typed to confirm is not the name."""

    status = 422


def wish_of(membership: Membership) -> Wish | None:
    """Return a member's wish to be erased, if it stands."""
    return db.session.scalar(select(Wish).where(Wish.membership_id == membership.id))


def ask(actor: Actor, membership: Membership, typed: str, *, from_books: bool = False) -> Wish:
    """Ask for a member to be erased: the member, or a firm admin whom they asked.

    Args:
        actor: who asks.
        membership: who is to be erased.
        typed: the member's name, typed to confirm.
        from_books: whether they are also taken out of everybody's address book for good.

    Raises:
        NotFoundError: it is neither one's own membership nor is one an admin.
        WrongNameError: the name is another one.
        DomainError: the firm would be left without an admin.
    """
    own = actor.membership_id == membership.id
    if membership.erased_at or not (own or actor.may(Permission.ADMINISTER)):
        raise NotFoundError
    if " ".join(typed.split()).casefold() != " ".join(membership.name.split()).casefold():
        raise WrongNameError(
            gettext("Please type the name as it stands here: %(name)s", name=membership.name)
        )
    if _is_last_admin(membership):
        raise DomainError(gettext(LAST_ADMIN))
    known = wish_of(membership)
    if known is not None:
        return known
    wish = Wish(
        membership_id=membership.id,
        asked_by="member" if own else "admin",
        due_at=now() + GRACE,
        from_books=from_books and own,
    )
    db.session.add(wish)
    db.session.flush()
    audit.record(
        actor,
        "member.erasure_asked",
        kind="membership",
        subject=membership.id,
        label=membership.name,
    )
    _tell(membership, wish)
    return wish


def take_back(actor: Actor, membership: Membership) -> None:
    """Keep a member after all; raises NotFoundError where nothing was asked, or for others."""
    wish = wish_of(membership)
    own = actor.membership_id == membership.id
    if wish is None or not (own or actor.may(Permission.ADMINISTER)):
        raise NotFoundError
    db.session.delete(wish)
    db.session.flush()
    audit.record(
        actor,
        "member.erasure_taken_back",
        kind="membership",
        subject=membership.id,
        label=membership.name,
    )


def due() -> list[UUID]:
    """Return the wishes of the firm whose time has come."""
    return list(db.session.scalars(select(Wish.id).where(Wish.due_at <= now())))


def fulfil(wish_id: UUID) -> None:
    """Erase whoever wished it; a firm's last admin stays, and it is tried again."""
    wish = db.session.scalar(
        select(Wish).where(Wish.id == wish_id).with_for_update(skip_locked=True)
    )
    if wish is None:
        return
    membership = db.session.scalars(
        select(Membership).where(Membership.id == wish.membership_id)
    ).one()
    if _is_last_admin(membership):
        log.error("The last admin of firm %s asked to be erased.", current_firm_id())
        return
    if wish.from_books:
        person = db.session.get_one(Person, membership.person_id)
        strangers.forget_everywhere(person.email)
    erase(platform("their own wish" if wish.asked_by == "member" else "asked for"), membership)


def _is_last_admin(membership: Membership) -> bool:
    if membership.role != "admin" or membership.state != "active":
        return False
    others = select(func.count()).where(
        Membership.role == "admin", Membership.state == "active", Membership.id != membership.id
    )
    return db.session.scalar(others) == 0


def _tell(membership: Membership, wish: Wish) -> None:
    person = db.session.get_one(Person, membership.person_id)
    queue_letter(
        Letter(
            kind="erasing",
            to_address=person.email,
            to_name=membership.name,
            once=f"erasing:{wish.id}",
            membership_id=membership.id,
            language=person.language,
            context={
                "firm": db.session.get_one(Firm, membership.firm_id),
                "name": membership.name,
                "by_admin": wish.asked_by == "admin",
                "due_at": wish.due_at,
                "url": absolute("privacy.erase"),
            },
        )
    )
