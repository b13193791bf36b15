"""The host for plugins: finds them, mounts their pages behind a gate, knows who has which on."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from importlib.util import find_spec
from pathlib import Path
from typing import Any
from uuid import UUID

from flask import Blueprint, Flask, abort, current_app, g, request
from flask_wtf import FlaskForm

from coachhub.config import ConfigError
from coachhub.core.hooks import HOOKS, Hook
from coachhub.core.tenancy import open_firm_id

GROUP = "coachhub.plugins"
_KEY = "coachhub.plugins"


@dataclass(frozen=True)
class Plugin:
    """What a package on the shelf tells about itself.

    Attributes:
        name: short and unique; also its address, table prefix, template folder and branch label.
        title: what a firm admin reads.
        version: its own version.
        summary: one sentence for the firm admin.
        requires: names of plugins that must be on too.
        blueprint: its pages, mounted under ``/f/<firm>/<name>/``.
        settings_form: a form for the firm's settings, or None.
        on: hook → function.
    """

    name: str
    title: str
    version: str
    summary: str = ""
    requires: tuple[str, ...] = ()
    blueprint: Blueprint | None = None
    settings_form: type[FlaskForm] | None = None
    on: Mapping[Hook[..., Any], Callable[..., Any]] = field(default_factory=dict)

    @property
    def folder(self) -> Path | None:
        """Return the folder of its package, wherever in it its pages are; None without code."""
        modules = [self.blueprint.import_name] if self.blueprint else []
        modules += [one.__module__ for one in self.on.values()]
        package = sys.modules.get(modules[0].partition(".")[0]) if modules else None
        places = list(getattr(package, "__path__", []))
        return Path(places[0]) if places else None


class PluginError(ConfigError):
    """A plugin on the shelf cannot be used; the message says which and why."""


class Registry:
    """The plugins of one app, by name."""

    def __init__(self, plugins: list[Plugin]) -> None:
        """Check the plugins against each other and keep them in the order of their names."""
        self.plugins: dict[str, Plugin] = {}
        # Told by the room that keeps the switches: the names that a firm has on.
        self.switches: Callable[[UUID], frozenset[str]] = lambda _firm_id: frozenset()
        # Told by the same: where it keeps that a plugin failed in a hook, and how.
        self.report: Callable[[str, str, str], None] = lambda _plugin, _hook, _how: None
        self._resting: dict[tuple[str, str], float] = {}
        for plugin in sorted(plugins, key=lambda one: one.name):
            if plugin.name in self.plugins:
                raise PluginError(f"Two plugins are called {plugin.name}.")
            unknown = [
                hook.name
                for hook in plugin.on
                if HOOKS.get(hook.name) is not hook or hook.between_rooms
            ]
            if unknown:
                raise PluginError(f"Plugin {plugin.name} listens to unknown hooks: {unknown}.")
            self.plugins[plugin.name] = plugin
        for plugin in self.plugins.values():
            missing = [name for name in plugin.requires if name not in self.plugins]
            if missing:
                raise PluginError(f"Plugin {plugin.name} requires {missing}, not installed.")

    def rest(self, plugin: str, hook: str, seconds: float) -> None:
        """Leave a plugin out of a hook for a while, in this process, for every firm."""
        self._resting[plugin, hook] = time.monotonic() + seconds

    def rests(self, plugin: str, hook: str) -> bool:
        """Say whether a plugin is left out of a hook now."""
        return self._resting.get((plugin, hook), 0.0) > time.monotonic()

    def know(self, firm_id: UUID, names: Iterable[str]) -> None:
        """Take what a firm has on, for the rest of the request, from whoever has just read it."""
        g.setdefault("switched_on", {})[firm_id] = frozenset(names)

    def switched_on(self) -> list[Plugin]:
        """Return the plugins that are on in the open scope; none without a scope."""
        firm_id = open_firm_id()
        if firm_id is None:
            return []
        known: dict[UUID, frozenset[str]] = g.setdefault("switched_on", {})
        if firm_id not in known:
            known[firm_id] = self.switches(firm_id)
        return [plugin for name, plugin in self.plugins.items() if name in known[firm_id]]


def find() -> list[Plugin]:
    """Return every installed plugin.

    Raises PluginError where the package of one is gone, for instance because its folder was
    deleted by hand.
    """
    installed = entry_points(group=GROUP)
    gone = sorted(one.name for one in installed if find_spec(one.module.partition(".")[0]) is None)
    if gone:
        folders = ", ".join(f"plugins/coachhub_{name}" for name in gone)
        removed = " and ".join(f"`coachhub plugin remove {name}`" for name in gone)
        raise PluginError(
            f"A plugin is installed, but its folder is gone: {folders}. Its tables are still there."
            f" Put the folder back (`git checkout -- plugins` does it for those that came with"
            f" CoachHub); to be rid of the plugin, run {removed} before the folder goes."
        )
    return [entry.load() for entry in installed]


def registry() -> Registry:
    """Return the registry of the current app."""
    found: Registry = current_app.extensions[_KEY]
    return found


def is_heard(name: str) -> bool:
    """Say whether `name` is no plugin's, or one that is on in the open scope."""
    shelf = registry()
    return name not in shelf.plugins or shelf.plugins[name] in shelf.switched_on()


def init_app(app: Flask, plugins: list[Plugin]) -> None:
    """Mount the plugins' pages, each behind its firm's switch."""
    shelf = Registry(plugins)
    app.extensions[_KEY] = shelf
    for plugin in shelf.plugins.values():
        if plugin.blueprint is not None:
            app.register_blueprint(
                plugin.blueprint, url_prefix=f"/f/<firm>/{plugin.name}", name=plugin.name
            )

    @app.before_request
    def gate() -> None:
        blueprint = request.blueprint
        if blueprint not in shelf.plugins or open_firm_id() is None:
            # Outside of every firm nothing is told: whoever is signed out is sent to sign in.
            return
        if shelf.plugins[blueprint] not in shelf.switched_on():
            abort(404)
