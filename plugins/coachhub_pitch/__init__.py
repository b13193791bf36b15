"""The pitch workshop: a hook, a pitch, a timer, a coach's look, and asks that get a yes."""

from __future__ import annotations

from coachhub.board.hooks import BOARD_CARD, BOARD_TAB, MEMBER_SECTION, OFFER_KINDS
from coachhub.cohorts.hooks import DASHBOARD
from coachhub.core.plugins import Plugin
from coachhub.core.words import gettext_noop
from coachhub.digests.hooks import DIGEST_SECTION
from coachhub.firms.hooks import HOME, MEMBER_LEFT, MENU, NUMBERS
from coachhub.moderation.hooks import REPORTABLE
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_pitch import joins
from coachhub_pitch.forms import SettingsForm
from coachhub_pitch.views import bp

plugin = Plugin(
    name="pitch",
    title=gettext_noop("Pitch workshop"),
    version="1.0",
    summary=gettext_noop(
        "Members write their hook and their pitch, say them aloud against the clock, have"
        " their coach look at them, and turn a blunt ask into one that gets a yes."
    ),
    blueprint=bp,
    settings_form=SettingsForm,
    on={
        MENU: joins.menu,
        NUMBERS: joins.numbers,
        HOME: joins.home,
        DIGEST_SECTION: joins.digest,
        DASHBOARD: joins.dashboard,
        BOARD_TAB: joins.board_tab,
        BOARD_CARD: joins.board_card,
        OFFER_KINDS: joins.offer_kinds,
        MEMBER_SECTION: joins.member_section,
        MEMBER_LEFT: joins.member_left,
        REPORTABLE: joins.reportable,
        EXPORT_SECTION: joins.export,
    },
)
