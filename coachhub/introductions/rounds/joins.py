"""Where rounds join in elsewhere: the coach's dashboard."""

from __future__ import annotations

from flask import get_template_attribute
from markupsafe import Markup

from coachhub.cohorts.hooks import DASHBOARD_PANEL
from coachhub.cohorts.models import Cohort
from coachhub.core.access import current_actor
from coachhub.core.links import path
from coachhub.introductions.rounds.queries import newest_round
from coachhub.permissions import Permission

_MOST = 3


@DASHBOARD_PANEL.from_room
def what_would_help(cohort: Cohort) -> Markup | None:
    """Tell the coach which one new asset would have helped the newest round most."""
    newest = newest_round(cohort)
    if newest is None or not newest.unlocks:
        return None
    may = current_actor().may(Permission.RUN_ROUND)
    address = path("rounds.help_most", cohort=cohort.slug) if may else ""
    panel = get_template_attribute("introductions/rounds/unlocks.html", "unlock_panel")
    return Markup(panel(newest.unlocks[:_MOST], address))  # noqa: S704 - a template escaped it
