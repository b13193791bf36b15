"""What a firm has of plugins: which are on, their settings, and where they failed."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import delete, select
from sqlalchemy.dialects.postgresql import insert
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.plugins import Plugin, registry
from coachhub.core.tenancy import open_firm_id
from coachhub.core.words import gettext
from coachhub.firms.models import PluginFailure, PluginSwitch, PluginTrouble

log = logging.getLogger(__name__)


def plugins_on(firm_id: UUID) -> frozenset[str]:
    """Return the names of the plugins that a firm has on; its scope must be open."""
    return frozenset(
        db.session.scalars(
            select(PluginSwitch.plugin).where(PluginSwitch.firm_id == firm_id, PluginSwitch.is_on)
        )
    )


def switches() -> dict[str, PluginSwitch]:
    """Return the firm's switches by the plugin's name, those that are off too."""
    return {one.plugin: one for one in db.session.scalars(select(PluginSwitch))}


def settings_of(name: str) -> Mapping[str, Any]:
    """Return what the firm has decided for a plugin; empty where nothing was."""
    found = db.session.scalar(select(PluginSwitch.settings).where(PluginSwitch.plugin == name))
    return found or {}


def failures() -> Sequence[PluginFailure]:
    """Return where plugins failed for this firm, the newest first."""
    return db.session.scalars(select(PluginFailure).order_by(PluginFailure.last_at.desc())).all()


def troubles() -> Sequence[PluginTrouble]:
    """Return where plugins failed, over all firms, the newest first; for the platform's desk."""
    return db.session.scalars(select(PluginTrouble).order_by(PluginTrouble.last_at.desc())).all()


def mended(actor: Actor, plugin: str) -> None:
    """Forget where a plugin failed, over all firms: it was mended; what comes is counted anew."""
    db.session.execute(delete(PluginTrouble).where(PluginTrouble.plugin == plugin))
    audit.record_at_desk(actor, "plugin.mended", kind="plugin", label=plugin)


def enable_plugin(
    actor: Actor, plugin: Plugin, settings: Mapping[str, Any] | None = None
) -> PluginSwitch:
    """Switch a plugin on for the firm, or change its settings; None keeps what they were.

    Raises DomainError where a plugin that it requires is off.
    """
    known = switches()
    on = {name for name, switch in known.items() if switch.is_on}
    missing = [registry().plugins[name].title for name in plugin.requires if name not in on]
    if missing:
        raise DomainError(
            gettext(
                "Please switch on %(join)s first: it is needed here.", join=" and ".join(missing)
            )
        )
    action = "plugin.settings_changed" if plugin.name in on else "plugin.enabled"
    switch = known.get(plugin.name) or PluginSwitch(plugin=plugin.name, settings={})
    switch.is_on = True
    if settings is not None:
        switch.settings = dict(settings)
    db.session.add(switch)
    db.session.execute(delete(PluginFailure).where(PluginFailure.plugin == plugin.name))
    db.session.flush()
    audit.record(actor, action, kind="plugin", subject=switch.id, label=plugin.title)
    return switch


def disable_plugin(actor: Actor, plugin: Plugin) -> None:
    """Switch a plugin off for the firm; what it holds and its settings come back with it.

    Raises DomainError where another plugin that is on requires it.
    """
    known = switches()
    if plugin.name not in known or not known[plugin.name].is_on:
        return
    dependents = [
        other.title
        for name, other in registry().plugins.items()
        if plugin.name in other.requires and name in known and known[name].is_on
    ]
    if dependents:
        raise DomainError(
            gettext("%(join)s needs it: switch that off first.", join=" and ".join(dependents))
        )
    known[plugin.name].is_on = False
    db.session.flush()
    audit.record(actor, "plugin.disabled", kind="plugin", label=plugin.title)


def note_failure(plugin: str, hook: str, how: str) -> None:
    """Count a failure, on a connection of its own: the page or job it happened in may not commit.

    What cannot be kept is in the log already.
    """
    if open_firm_id() is None:
        return
    row = insert(PluginFailure).values(
        firm_id=open_firm_id(),
        id=uuid7(),
        created_at=now(),
        plugin=plugin,
        hook=hook,
        how=how,
        times=1,
        last_at=now(),
    )
    again = {"times": PluginFailure.times + 1, "how": how, "last_at": row.excluded.last_at}
    seen = now()
    trouble = insert(PluginTrouble).values(
        plugin=plugin, hook=hook, how=how, times=1, first_at=seen, last_at=seen
    )
    once_more = {"times": PluginTrouble.times + 1, "last_at": seen}
    try:
        with Session(db.engine) as own, own.begin():
            own.execute(
                row.on_conflict_do_update(index_elements=["firm_id", "plugin", "hook"], set_=again)
            )
            own.execute(
                trouble.on_conflict_do_update(
                    index_elements=["plugin", "hook", "how"], set_=once_more
                )
            )
    except SQLAlchemyError:
        log.warning("That plugin %s failed in %s could not be kept.", plugin, hook)
