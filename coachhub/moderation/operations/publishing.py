"""What happens when somebody publishes: held for a look, or not at all for a while."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import day, gettext
from coachhub.firms.models import Firm
from coachhub.moderation import house
from coachhub.moderation.hooks import Nudge, Reportable, find_reportable
from coachhub.moderation.models import SHOWN, Case
from coachhub.moderation.operations import cases, content
from coachhub.moderation.queries.members import (
    FIRST_POSTS,
    is_new_here,
    penalty_in_force,
    returned_decisions,
)

MOST_FIRST_POSTS = 20


def may_publish(actor: Actor) -> None:
    """Raise DomainError for somebody who may not publish for now."""
    paused = penalty_in_force(actor.member_id(), "paused")
    if paused is not None:
        raise DomainError(
            gettext(
                "You can publish again from %(ends_at)s. Why, and how to ask for a second look,"
                " stands under “Decided about your texts”.",
                ends_at=day(paused.ends_at, "d MMMM"),
            )
        )


def published(actor: Actor, kind: str, thing_id: UUID, nudges: Sequence[Nudge] = ()) -> bool:
    """Let moderation know that somebody published or changed a text; True if it waits for a look.

    It waits where a guard's word was not followed, where the firm looks at first texts, and where
    a penalty says so. A returned text that its author has mended goes up again.
    """
    thing = find_reportable(kind, thing_id)
    if thing is None:  # not before others: a draft
        return False
    if nudges:
        hold_for_a_look(actor, kind, thing_id, nudges)
        return True
    if thing.state == "returned" or returned_decisions(thing.id):
        return _mended(actor, thing)
    if thing.state not in SHOWN:
        content.keep_hidden(thing)
        return thing.state == "quarantined"
    why = _why_held(thing.owner_id)
    if why:
        audit.take_turn()
        _hold(actor, thing, cases.open_case(thing, origin=why))
    return bool(why)


def hold_for_a_look(actor: Actor, kind: str, thing_id: UUID, nudges: Sequence[Nudge]) -> Case:
    """Hide a thing that its author publishes against a guard's word, and open a case of it.

    Raises NotFoundError for a thing that is not there.
    """
    thing = find_reportable(kind, thing_id)
    if thing is None:
        raise NotFoundError
    audit.take_turn()
    case = cases.open_case(thing, *(house.by_code()[one.rule] for one in nudges), origin="guard")
    case.found = [nudge.finding() for nudge in nudges]
    _hold(actor, thing, case, guards=sorted({nudge.guard for nudge in nudges}))
    return case


def set_first_posts(actor: Actor, firm: Firm, count: int) -> None:
    """Choose how many first texts of each new member wait for a look; 0 is none.

    New is who joins from now on.
    """
    if not 0 <= count <= MOST_FIRST_POSTS:
        raise DomainError(
            gettext(
                "Choose a number from 0 to %(MOST_FIRST_POSTS)s.", MOST_FIRST_POSTS=MOST_FIRST_POSTS
            )
        )
    before = firm.house.get(FIRST_POSTS, {})
    if before.get("count", 0) == count:
        return
    since = before.get("since") or now().isoformat()
    firm.house = {**firm.house, FIRST_POSTS: {"count": count, "since": since} if count else {}}
    db.session.flush()
    audit.record(
        actor, "firm.first_posts", kind="firm", subject=firm.id, label=firm.name,
        before=before.get("count", 0), after=count,
    )  # fmt: skip


def _mended(actor: Actor, thing: Reportable) -> bool:
    audit.take_turn()
    for decision in returned_decisions(thing.id):
        decision.mended_at = now()
    db.session.flush()
    if thing.state == "quarantined":  # a moderator is looking at it
        content.keep_hidden(thing)
        return True
    content.let_go(thing)
    why = _why_held(thing.owner_id)
    if why:
        _hold(actor, thing, cases.open_case(thing, origin="mended"))
    else:
        content.settle(actor, thing)
    return bool(why)


def _why_held(owner_id: UUID) -> str:
    if penalty_in_force(owner_id, "held"):
        return "penalty"
    return "first_posts" if is_new_here(owner_id) else ""


def _hold(actor: Actor, thing: Reportable, case: Case, **details: Any) -> None:
    case.evidence = thing.text
    content.put(actor, thing, case, "quarantined", **details)
