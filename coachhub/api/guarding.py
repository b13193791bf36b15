"""Guards asked before something is published by a program, as forms ask them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from uuid import UUID

from coachhub.api.problems import NudgedError
from coachhub.api.shapes.board import Guarded
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.moderation import operations, sources
from coachhub.moderation.guards import Heard, hear, mark, may_keep
from coachhub.moderation.hooks import Draft, Nudge, Source

_FIRST = "Please look at this first. Nobody else has seen it."


def heard(
    actor: Actor,
    kind: str,
    fields: Mapping[str, str | Sequence[str]],
    said: Guarded,
    *,
    can_wait: bool = True,
) -> Heard:
    """Ask the guards about what is to be published; raises NudgedError with their words.

    Args:
        actor: who writes.
        kind: what it will be, as in ``offer``.
        fields: the words that others will read.
        said: what the author says to the guards' words.
        can_wait: whether a moderator can hold it; what only two people share does not wait.
    """
    if can_wait:
        operations.may_publish(actor)
    draft = Draft(kind, actor.member_id(), {name: _words(one) for name, one in fields.items()})
    source = Source(said.source.sort, said.source.words) if said.source else Source("", "")
    found = hear(draft, source, told=said.keep, can_wait=can_wait)
    if not found.passes:
        kept = mark(found.nudges) if may_keep(found.nudges, can_wait=can_wait) else ""
        raise NudgedError(
            found.source_problem or _FIRST, [_told(one) for one in found.nudges], kept
        )
    return found


def publish(actor: Actor, kind: str, thing_id: UUID, found: Heard, said: Guarded) -> None:
    """Let moderation know of what was published; it waits where it must."""
    nudges = (*found.held, *found.nudges) if found.insisted else ()
    _keep_source(actor, kind, thing_id, found, said)
    operations.published(actor, kind, thing_id, nudges)


def share(actor: Actor, kind: str, found: Heard, said: Guarded) -> None:
    """Let the record know that a guard was passed over, for what only two people share."""
    if found.insisted:
        guards = sorted({one.guard for one in found.nudges})
        audit.record(actor, "guard.passed_over", kind=kind, guards=guards)
    _keep_source(actor, kind, actor.member_id(), found, said)


def _keep_source(actor: Actor, kind: str, thing_id: UUID, found: Heard, said: Guarded) -> None:
    if found.sourced and said.source:
        source = Source(said.source.sort, said.source.words)
        sources.keep(actor, kind, thing_id, source, found.sourced)


def _words(value: str | Sequence[str]) -> str:
    return value if isinstance(value, str) else ", ".join(value)


def _told(one: Nudge) -> dict[str, object]:
    return {
        "guard": one.guard,
        "rule": one.rule,
        "field": one.field,
        "passage": one.passage,
        "why": one.why,
        "instead": one.instead,
        "sources": list(one.sources),
    }
