"""Places where plugins join in.

A room declares a `Hook` and calls it; a plugin names it in ``on={HOOK: function}``. Only plugins
that the firm has switched on hear it, in the order of their names. A plugin that raises is
reported and contributes nothing: it cannot break the page, mail or job it was asked for.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from flask import current_app

from coachhub.core.db import db

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True, eq=False)
class Hook(Generic[P, R]):
    """One named place. `doc` says when it is called, with what, and what may be returned."""

    name: str
    doc: str

    def __post_init__(self) -> None:
        """Register the hook, once per name."""
        if not self.doc.strip():
            raise ValueError(f"Hook {self.name} says nothing about itself.")
        if self.name in HOOKS:
            raise ValueError(f"Two hooks are called {self.name}.")
        HOOKS[self.name] = self

    def from_room(self, function: Callable[P, R]) -> Callable[P, R]:
        """Let a room of the platform join in: always on, before the plugins, errors not hidden."""
        ROOMS.setdefault(self.name, []).append(function)
        return function

    def call(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Ask the rooms, then every plugin that this firm has on; return what each gave."""
        answers = [function(*args, **kwargs) for function in ROOMS.get(self.name, ())]
        answers.extend(self._answers(*args, **kwargs))
        return answers

    def _answers(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[R]:
        for plugin_name, function in listeners(self):
            try:
                # A savepoint: a failed statement of the plugin must not spoil the transaction.
                with db.session.begin_nested():
                    answer = function(*args, **kwargs)
            except Exception:
                log.exception("Plugin %s failed in hook %s.", plugin_name, self.name)
            else:
                yield answer


HOOKS: dict[str, Hook[..., Any]] = {}
ROOMS: dict[str, list[Callable[..., Any]]] = {}


def listeners(hook: Hook[..., Any]) -> list[tuple[str, Callable[..., Any]]]:
    """Return (plugin name, function) for the hook, of the plugins on in the open scope."""
    registry = current_app.extensions["coachhub.plugins"]
    return [
        (plugin.name, plugin.on[hook]) for plugin in registry.switched_on() if hook in plugin.on
    ]
