"""After a "no": a letter in the member's own words, and next touches that are not forgotten."""

from __future__ import annotations

from coachhub.board.hooks import MEMBER_SECTION, POST_CHANGED
from coachhub.cohorts.hooks import DASHBOARD
from coachhub.core.plugins import Plugin
from coachhub.core.words import gettext_noop
from coachhub.digests.hooks import DIGEST_SECTION
from coachhub.firms.hooks import HOME, MEMBER_LEFT, MENU
from coachhub.introductions.matching.hooks import MATCH_SIGNALS
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_second_chance import joins, reminders
from coachhub_second_chance.forms import SettingsForm
from coachhub_second_chance.views import bp

plugin = Plugin(
    name="second_chance",
    title=gettext_noop("Second chance"),
    version="1.0",
    summary=gettext_noop(
        "A “no” is not the end: a letter drafted from what the member noted, and next touches"
        " on a schedule, so that the company stays within reach."
    ),
    blueprint=bp,
    settings_form=SettingsForm,
    on={
        MENU: joins.menu,
        HOME: reminders.home,
        DIGEST_SECTION: reminders.digest,
        DASHBOARD: reminders.signals,
        POST_CHANGED: joins.post_changed,
        MEMBER_SECTION: joins.member_section,
        MATCH_SIGNALS: joins.match_signals,
        MEMBER_LEFT: joins.member_left,
        EXPORT_SECTION: joins.export,
    },
)
