"""Writing cards."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import NotFoundError
from coachhub.core.links import absolute
from coachhub.core.tenancy import current_firm_id
from coachhub.core.tokens import hashed, new_token
from coachhub.core.words import gettext
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.moderation.guards import caution
from coachhub.moderation.operations import published
from coachhub_contact_card.models import Card, Visitor


@dataclass(frozen=True)
class CardDraft:
    """What a member puts on their card."""

    name: str
    hook: str = ""
    looking_for: str = ""
    email: str = ""
    phone: str = ""
    link: str = ""
    is_public: bool = False


@dataclass(frozen=True)
class Details:
    """What a visitor leaves."""

    name: str
    email: str
    message: str = ""


def card_of(membership: Membership) -> Card | None:
    """Return a member's card, or None if they have not saved one."""
    return db.session.scalar(select(Card).where(Card.owner_id == membership.id))


def first_card(membership: Membership) -> Card:
    """Return a card made from what a member already told the group: not kept, not public."""
    token = new_token()
    return Card(
        owner_id=membership.id,
        token=token,
        token_hash=hashed(token),
        name=membership.name,
        hook=membership.headline,
        looking_for=", ".join([*membership.titles, *membership.places]),
        link=membership.profile_url,
        is_public=False,
        moderation="visible",
    )


def write_card(actor: Actor, card: Card, draft: CardDraft) -> None:
    """Keep a card as its owner wants it; one sent back by a moderator goes up again."""
    if card.owner_id != actor.member_id():
        raise NotFoundError
    for name in CardDraft.__dataclass_fields__:
        setattr(card, name, getattr(draft, name))
    db.session.add(card)
    db.session.flush()
    published(actor, "card", card.id)


def renew_link(actor: Actor, card: Card) -> None:
    """Give the card a new address; the old one shows nothing from now on."""
    if card.owner_id != actor.member_id():
        raise NotFoundError
    card.token = new_token()
    card.token_hash = hashed(card.token)
    db.session.flush()


def public_card(token: str) -> Card:
    """Return the card behind a link; raises NotFoundError if it is not, or no longer, public."""
    found = db.session.scalar(
        select(Card)
        .join(Membership, Membership.id == Card.owner_id)
        .where(
            Card.token_hash == hashed(token),
            Card.is_public,
            Card.is_shown,
            Membership.state == "active",
        )
    )
    if found is None:
        raise NotFoundError(gettext("This card is no longer here."))
    return found


def leave_details(card: Card, details: Details) -> Visitor:
    """Keep what a visitor left, with their yes, and tell the card's owner by mail."""
    visitor = Visitor(
        card_id=card.id,
        name=details.name,
        email=details.email,
        message=details.message,
        consented_at=now(),
    )
    db.session.add(visitor)
    db.session.flush()
    owner = db.session.scalars(select(Membership).where(Membership.id == card.owner_id)).one()
    person = db.session.get_one(Person, owner.person_id)
    firm = db.session.get_one(Firm, current_firm_id())
    queue_letter(
        Letter(
            kind="contact_card-visitor",
            language=person.language,
            to_address=person.email,
            to_name=owner.name,
            once=f"contact_card/{visitor.id}",
            context={
                "firm": firm,
                "name": owner.name.split()[0],
                "visitor": details,
                "caution": caution(owner.id, "visitor", details.message),
                "url": absolute("contact_card.edit"),
            },
            from_name=firm.sender_name or firm.name,
            membership_id=owner.id,
        )
    )
    audit.record(
        Actor(label="Visitor of a card"), "contact_card.details_left", kind="card", subject=card.id
    )
    return visitor


def forget_visitor(card: Card, visitor: Visitor) -> None:
    """Delete what a visitor left on a card; NotFoundError if it was another one."""
    if visitor.card_id != card.id:
        raise NotFoundError
    db.session.delete(visitor)
    db.session.flush()


def visitors_of(owner_id: UUID) -> list[Visitor]:
    """Return who left their details on a member's card, in that order."""
    query = (
        select(Visitor)
        .join(Card, Card.id == Visitor.card_id)
        .where(Card.owner_id == owner_id)
        .order_by(Visitor.created_at)
    )
    return list(db.session.scalars(query))


def as_address_book(visitors: Iterable[Visitor]) -> bytes:
    """Return visitors as a CSV file in the shape in which address books come in."""
    book = io.StringIO()
    writer = csv.writer(book)
    writer.writerow(("Full Name", "Email Address", "Connected On", "Notes"))
    for one in visitors:
        writer.writerow((one.name, one.email, one.consented_at.date().isoformat(), one.message))
    return book.getvalue().encode()
