"""Outcomes: each member keeps notes of their own here."""

from __future__ import annotations

from coachhub.core.plugins import Plugin
from coachhub.firms.hooks import HOME, MEMBER_LEFT, MENU
from coachhub_outcomes import joins
from coachhub_outcomes.forms import SettingsForm
from coachhub_outcomes.views import bp

plugin = Plugin(
    name="outcomes",
    title="Outcomes",
    version="0.1",
    summary="Each member keeps notes that nobody else sees.",
    blueprint=bp,
    settings_form=SettingsForm,
    on={MENU: joins.menu, HOME: joins.home, MEMBER_LEFT: joins.member_left},
)
