"""Where the contact card joins in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from sqlalchemy import delete, select

from coachhub.contacts.hooks import Importer
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import absolute, path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, ngettext
from coachhub.firms.hooks import HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.moderation.hooks import Reportable, masking
from coachhub.permissions import Standing
from coachhub.privacy.hooks import ExportSection, section
from coachhub_contact_card.models import Card
from coachhub_contact_card.operations import as_address_book, visitors_of


def menu(_actor: Actor) -> Sequence[MenuItem]:
    """Show the card in the menu."""
    url = path("contact_card.edit")
    return [MenuItem(gettext("My card"), url, "card", 60, active=here("contact_card."))]


def home(actor: Actor) -> Sequence[HomeItem]:
    """Remind members who have no public card yet; who looks after others comes for them first."""
    if actor.standings & {Standing.COACH, Standing.ADMIN}:
        return []
    public = db.session.scalar(
        select(Card.id).where(Card.owner_id == actor.membership_id, Card.is_public)
    )
    if public is not None:
        return []
    return [
        HomeItem(
            title=gettext("Make your contact card"),
            text=gettext(
                "Somebody who could help you may not find you again. Two minutes are enough."
            ),
            url=path("contact_card.edit"),
            action=gettext("Make it"),
            icon="card",
            order=70,
        )
    ]


def member_card(membership: Membership) -> str:
    """Return the address of a member's card, if it is public and nobody has taken it down."""
    card = db.session.scalar(
        select(Card).where(Card.owner_id == membership.id, Card.is_public, Card.is_shown)
    )
    return absolute("contact_card.show", token=card.token) if card else ""


def member_left(membership: Membership) -> None:
    """Take a leaver's card away, with all that was left on it."""
    if membership.state != "left":  # somebody suspended may come back
        return
    db.session.execute(delete(Card).where(Card.owner_id == membership.id))


def reportable(kind: str, thing_id: UUID) -> Reportable | None:
    """Let people report what stands on a card."""
    if kind != "card":
        return None
    card = db.session.scalar(select(Card).where(Card.id == thing_id))
    if card is None:
        return None

    def move(state: str) -> None:
        card.moderation = state

    return Reportable(
        kind="card",
        id=card.id,
        label=gettext("the contact card of %(name)s", name=card.name),
        text="\n".join(line for line in (card.name, card.hook, card.looking_for) if line),
        owner_id=card.owner_id,
        cohort_id=None,
        url=path("contact_card.edit"),
        move=move,
        state=card.moderation,
        **masking(card, "name", "hook", "looking_for"),
    )


def export(member: Membership) -> list[ExportSection]:
    """Give the owner their card, and who left their details on it."""
    cards = db.session.scalars(select(Card).where(Card.owner_id == member.id))
    words = "name hook looking_for email phone link is_public moderation"
    return [
        section("contact_card", gettext("Your contact card"), cards, words),
        section(
            "contact_card_visitors",
            gettext("Who left their details on your card"),
            visitors_of(member.id),
            "consented_at name email message",
        ),
    ]


def importers(actor: Actor) -> list[Importer]:
    """Offer whoever left their details on the card as contacts."""
    left = visitors_of(actor.member_id())
    if not left:
        return []
    return [
        Importer(
            "contact_card",
            gettext("From your contact card"),
            ngettext(
                "One person left their details there, and said that you may write to them.",
                "%(num)s people left their details there, and said that you may write to them.",
                len(left),
            ),
            lambda: ("contact-card.csv", as_address_book(left)),
        )
    ]
