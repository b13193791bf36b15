"""Places where plugins join in.

A room declares a `Hook` and calls it; a plugin names it in ``on={HOOK: function}``. Only plugins
that the firm has switched on hear it, in the order of their names. A plugin that raises, or gives
what the hook does not take, is reported and contributes nothing: it cannot break the page, mail or
job it was asked for. One that is slow is left out of pages for a while.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Generic, ParamSpec, TypeVar

from flask import current_app
from sqlalchemy.orm import Session

from coachhub.core.db import db

log = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
SLOW = 2.0  # seconds; longer than a page may wait for one plugin
REST = 300.0  # seconds


class AnswerError(TypeError):
    """A plugin gave something that the hook does not take."""


@dataclass(frozen=True, eq=False)
class Hook(Generic[P, R]):
    """One named place.

    Attributes:
        name: short and unique.
        doc: when it is called, with what, and what may be returned.
        gives: what is returned, or None for an event, whose answers nobody reads.
        many: whether a sequence of these is returned; otherwise one of them, or None.
        between_rooms: whether only the platform's own rooms may join.
    """

    name: str
    doc: str
    gives: type | None = None
    many: bool = False
    between_rooms: bool = False

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

    def from_room_at_once(
        self, function: Callable[[Sequence[Any]], Sequence[R]]
    ) -> Callable[[Sequence[Any]], Sequence[R]]:
        """Let a room answer for many at once: one answer for each, in the same order.

        For hooks of one argument, asked for many of them in a row as digests do.
        """

        def for_one(thing: Any) -> R:
            return function([thing])[0]

        AT_ONCE[for_one] = function
        ROOMS.setdefault(self.name, []).append(for_one)
        return function

    def call(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Ask the rooms, then every plugin that this firm has on; return what each gave."""
        answers = [function(*args, **kwargs) for function in ROOMS.get(self.name, ())]
        answers.extend(answer for _, answer in self.call_plugins(*args, **kwargs))
        return answers

    def ask_everybody(self, *args: P.args, **kwargs: P.kwargs) -> list[R]:
        """Ask the rooms and every installed plugin, whether the firm has it on or not.

        For what must not be left half done: whatever fails is raised.
        """
        answers = [function(*args, **kwargs) for function in ROOMS.get(self.name, ())]
        for plugin in current_app.extensions["coachhub.plugins"].plugins.values():
            if self in plugin.on:
                answer = plugin.on[self](*args, **kwargs)
                self._check(answer)
                answers.append(answer)
        return answers

    def call_each(self, things: Sequence[Any]) -> list[list[R]]:
        """Return what `call` would for each of some things; rooms that can, answer at once."""
        found: list[list[R]] = [[] for _ in things]
        for function in ROOMS.get(self.name, ()):
            at_once = AT_ONCE.get(function)
            given = at_once(things) if at_once else [function(thing) for thing in things]
            for answers, answer in zip(found, given, strict=True):
                answers.append(answer)
        if listeners(self):
            for answers, thing in zip(found, things, strict=True):
                asked = self.call_plugins(thing)  # type: ignore[call-arg]
                answers.extend(answer for _, answer in asked)
        return found

    def call_plugins(self, *args: P.args, **kwargs: P.kwargs) -> Iterator[tuple[str, R]]:
        """Ask the plugins that this firm has on; give each one's name with its answer."""
        plugins = current_app.extensions["coachhub.plugins"]
        asked = [
            one for one in listeners(self) if not (self.gives and plugins.rests(one[0], self.name))
        ]
        if self.gives and len(asked) > 1:
            try:
                # One savepoint for all, as hardly ever one fails; asking again does no harm.
                with _apart():
                    answers = [
                        (name, self._answer(name, function, *args, **kwargs))
                        for name, function in asked
                    ]
            except Exception:  # noqa: BLE001 - which of them it was shows below
                log.debug("A plugin failed in hook %s: each is asked alone.", self.name)
            else:
                yield from answers
                return
        for name, function in asked:
            try:
                # A savepoint: a failed statement of the plugin must not spoil the transaction.
                with _apart():
                    answer = self._answer(name, function, *args, **kwargs)
            except Exception as error:
                log.exception("Plugin %s failed in hook %s.", name, self.name)
                plugins.report(name, self.name, type(error).__name__)
            else:
                yield name, answer

    def _answer(self, name: str, function: Callable[P, R], *args: P.args, **kwargs: P.kwargs) -> R:
        began = time.monotonic()
        try:
            answer = function(*args, **kwargs)
            self._check(answer)
        finally:
            if time.monotonic() - began > SLOW:
                log.error("Plugin %s is slow in hook %s.", name, self.name)
                plugins = current_app.extensions["coachhub.plugins"]
                plugins.rest(name, self.name, REST)
                plugins.report(name, self.name, "Slow")
        return answer

    def _check(self, answer: object) -> None:
        if self.gives is None:
            return
        if self.many and not (isinstance(answer, Sequence) and not isinstance(answer, str)):
            raise AnswerError(f"{self.name} takes a sequence, not {type(answer).__name__}.")
        for one in answer if self.many else [] if answer is None else [answer]:  # type: ignore[attr-defined]
            if not isinstance(one, self.gives):
                raise AnswerError(f"{self.name} takes {self.gives.__name__}, not {one!r:.80}.")


class TransactionError(RuntimeError):
    """A plugin tried to end the transaction of the page or job that asked it."""


@contextmanager
def _apart() -> Iterator[None]:
    """Let plugins read and write within a savepoint of the present transaction, and end neither."""
    with _kept_open(db.session()), db.session.begin_nested():
        yield


@contextmanager
def _kept_open(session: Session) -> Iterator[None]:
    """Refuse to end the session's transaction: what the page or job has done is not a plugin's."""
    before = {name: vars(session).get(name) for name in ("commit", "rollback", "close")}
    vars(session).update(dict.fromkeys(before, _refuse))
    try:
        yield
    finally:
        for name, method in before.items():
            if method is None:
                del vars(session)[name]
            else:
                vars(session)[name] = method


def _refuse() -> None:
    raise TransactionError("The page or job commits, once; a plugin that it asks does not.")


HOOKS: dict[str, Hook[..., Any]] = {}
ROOMS: dict[str, list[Callable[..., Any]]] = {}
AT_ONCE: dict[Callable[..., Any], Callable[[Sequence[Any]], Sequence[Any]]] = {}


def listeners(hook: Hook[..., Any]) -> list[tuple[str, Callable[..., Any]]]:
    """Return (plugin name, function) for the hook, of the plugins on in the open scope."""
    registry = current_app.extensions["coachhub.plugins"]
    return [
        (plugin.name, plugin.on[hook]) for plugin in registry.switched_on() if hook in plugin.on
    ]
