"""Gifts that fit the person and the rule, thank-you notes, and a log of what came back."""

from __future__ import annotations

from coachhub.board.hooks import MEMBER_SECTION
from coachhub.core.plugins import Plugin
from coachhub.core.words import gettext_noop
from coachhub.firms.hooks import HOME, MEMBER_LEFT, MENU
from coachhub.introductions.hooks import PROMISE_KEPT, THANKED
from coachhub.mail.hooks import INBOUND, MAY_SEND
from coachhub.moderation.hooks import GUARDS, REPORTABLE
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_gifts import guard, joins
from coachhub_gifts.forms import SettingsForm
from coachhub_gifts.views import bp

plugin = Plugin(
    name="gifts",
    title=gettext_noop("Gifts and thanks"),
    version="1.0",
    summary=gettext_noop(
        "Small homemade gifts that fit the person, a gift rule with a kind word, thank-you"
        " notes by mail or on a card, and a log for oneself."
    ),
    blueprint=bp,
    settings_form=SettingsForm,
    on={
        MENU: joins.menu,
        HOME: joins.home,
        MEMBER_SECTION: joins.member_section,
        MEMBER_LEFT: joins.member_left,
        REPORTABLE: joins.reportable,
        GUARDS: guard.gift_rule,
        PROMISE_KEPT: joins.promise_kept,
        THANKED: joins.thanked,
        MAY_SEND: joins.may_send,
        INBOUND: joins.inbound,
        EXPORT_SECTION: joins.export,
    },
)
