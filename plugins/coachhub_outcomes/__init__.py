"""Landings: what led there, thanks to whoever helped, and a report that singles nobody out."""

from __future__ import annotations

from coachhub.board.hooks import MEMBER_SECTION
from coachhub.cohorts.hooks import DASHBOARD_PANEL
from coachhub.core.plugins import Plugin
from coachhub.core.words import gettext_noop
from coachhub.firms.hooks import HOME, LANDED, MEMBER_LEFT, MENU, REPORTS
from coachhub.moderation.hooks import REPORTABLE
from coachhub.privacy.hooks import EXPORT_SECTION
from coachhub_outcomes import jobs, joins, report_views
from coachhub_outcomes.forms import SettingsForm
from coachhub_outcomes.views import bp

LOADED = (jobs, report_views)  # they add a job, and pages

plugin = Plugin(
    name="outcomes",
    title=gettext_noop("Outcomes"),
    version="1.0",
    summary=gettext_noop(
        "Landings: the member says what led there and thanks whoever helped; firm and sponsor"
        " get a report in which nobody can be singled out."
    ),
    blueprint=bp,
    settings_form=SettingsForm,
    on={
        MENU: joins.menu,
        HOME: joins.home,
        LANDED: joins.landed,
        MEMBER_SECTION: joins.member_section,
        DASHBOARD_PANEL: joins.dashboard_panel,
        REPORTS: joins.reports,
        REPORTABLE: joins.reportable,
        MEMBER_LEFT: joins.member_left,
        EXPORT_SECTION: joins.export,
    },
)
