"""Posts to a cohort's channel in Slack, Teams or Discord, with nothing private in them."""

from __future__ import annotations

from coachhub.board.hooks import POSTED
from coachhub.cohorts.hooks import DASHBOARD_PANEL, ENROLLED
from coachhub.core.plugins import Plugin
from coachhub.core.words import gettext_noop
from coachhub.firms.hooks import HOME, MEMBER_LEFT, MENU
from coachhub.introductions.hooks import INTRODUCED, OUTCOME_REPORTED
from coachhub.introductions.rounds.hooks import ROUND_RELEASED
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_chat_notify import joins
from coachhub_chat_notify.forms import SettingsForm
from coachhub_chat_notify.views import bp

plugin = Plugin(
    name="chat_notify",
    title=gettext_noop("Chat channels"),
    version="1.0",
    summary=gettext_noop(
        "Tells a cohort's channel in Slack, Teams or Discord when a round is out, what the week"
        " brought, and that somebody asks: never a contact, and a name only if the coach says so."
    ),
    blueprint=bp,
    settings_form=SettingsForm,
    on={
        MENU: joins.menu,
        HOME: joins.home,
        DASHBOARD_PANEL: joins.stopped_panel,
        ROUND_RELEASED: joins.round_released,
        POSTED: joins.posted,
        ENROLLED: joins.enrolled_anew,
        INTRODUCED: joins.introduced,
        OUTCOME_REPORTED: joins.outcome_reported,
        MEMBER_LEFT: joins.member_left,
        EXPORT_SECTION: joins.export,
    },
)
