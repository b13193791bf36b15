"""The weekly huddle: agenda from the board, attendance, homework, the room's screen, a calendar."""

from __future__ import annotations

from coachhub.board.hooks import MEMBER_SECTION
from coachhub.cohorts.hooks import AHEAD, DASHBOARD, DASHBOARD_PANEL, ENROLMENT_ENDED
from coachhub.core.plugins import Plugin
from coachhub.core.words import gettext_noop
from coachhub.digests.hooks import DIGEST_SECTION
from coachhub.firms.hooks import HOME, MEMBER_LEFT, MENU
from coachhub.introductions.rounds.hooks import ROUND_RULES
from coachhub.moderation.hooks import REPORTABLE
from coachhub.privacy.hooks import ERASE, EXPORT_SECTION
from coachhub_huddle import exports, joins, reportable
from coachhub_huddle.forms import SettingsForm
from coachhub_huddle.views import bp

plugin = Plugin(
    name="huddle",
    title=gettext_noop("Huddle"),
    version="1.0",
    summary=gettext_noop(
        "The coach's weekly meeting: an agenda that the board fills, who came, homework that"
        " becomes offers and targets, a screen for the room, and everybody's own calendar."
    ),
    blueprint=bp,
    settings_form=SettingsForm,
    on={
        AHEAD: joins.ahead,
        MENU: joins.menu,
        HOME: joins.home,
        DIGEST_SECTION: joins.digest,
        DASHBOARD: joins.signals,
        DASHBOARD_PANEL: joins.to_read,
        MEMBER_SECTION: joins.member_section,
        ROUND_RULES: joins.round_rules,
        ENROLMENT_ENDED: joins.enrolment_ended,
        MEMBER_LEFT: joins.member_left,
        REPORTABLE: reportable.find,
        ERASE: joins.erase,
        EXPORT_SECTION: exports.export,
    },
)
