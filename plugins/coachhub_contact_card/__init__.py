"""A card to hand out: an address nobody can guess, a QR code, and room to leave one's details."""

from __future__ import annotations

from coachhub.contacts.hooks import IMPORTERS
from coachhub.core.plugins import Plugin
from coachhub.core.words import gettext_noop
from coachhub.firms.hooks import HOME, MEMBER_LEFT, MENU
from coachhub.introductions.hooks import MEMBER_CARD
from coachhub.moderation.hooks import REPORTABLE
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_contact_card import joins
from coachhub_contact_card.views import bp

plugin = Plugin(
    name="contact_card",
    title=gettext_noop("Contact card"),
    version="1.0",
    summary=gettext_noop(
        "Each member gets a card with a link and a QR code, so that nobody who could help"
        " them is lost for want of a card."
    ),
    blueprint=bp,
    on={
        MENU: joins.menu,
        HOME: joins.home,
        MEMBER_LEFT: joins.member_left,
        MEMBER_CARD: joins.member_card,
        REPORTABLE: joins.reportable,
        EXPORT_SECTION: joins.export,
        IMPORTERS: joins.importers,
    },
)
