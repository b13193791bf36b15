"""What happens to a text: held, returned, masked, removed, and every step back.

What stands at the end always follows from the decisions that stand, so that taking one back
leaves what the others did.
"""

from __future__ import annotations

import itertools
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from sqlalchemy import select, tuple_
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.moderation.hooks import Reportable, find_reportable
from coachhub.moderation.models import OPEN, SHOWN, Case, Content, Decision
from coachhub.moderation.operations import telling

MASK = "[taken out by a moderator]"
HIDING = ("returned", "redacted", "removed")


def hold(actor: Actor, case: Case) -> None:
    """Hide the thing until the case is decided; its author hears that it waits.

    Raises DomainError for a case that has been decided.
    """
    audit.take_turn()
    _still_open(case)
    put(actor, present(case), case, "quarantined")


def release(actor: Actor, case: Case) -> None:
    """Show the thing again, as far as no decision hides it; its author hears of it.

    Raises DomainError for a case that has been decided.
    """
    audit.take_turn()
    _still_open(case)
    settle(actor, present(case), case)


def present(case: Case) -> Reportable:
    """Return what a case is about; raises DomainError if it is gone."""
    thing = find_reportable(case.target_kind, case.target_id)
    if thing is None:
        raise DomainError(gettext("What was reported is no longer there."))
    return thing


def settle(actor: Actor, thing: Reportable, case: Case | None = None) -> None:
    """Put a thing into the state that follows from the decisions that stand."""
    settle_all(actor, [(thing, case)])


def settle_all(actor: Actor, things: Sequence[tuple[Reportable, Case | None]]) -> None:
    """Put each of many things, with its case, into the state that follows for it."""
    follows = _follows([thing.id for thing, _case in things])
    contents = _contents_of([thing for thing, _case in things])
    moves = []
    for thing, case in things:
        state, passages = follows[thing.id]
        if {state} != {thing.state, contents[thing.id].state} or state == "redacted":
            moves.append(Move(thing, case, state, passages))
    move_all(actor, moves)


def put(
    actor: Actor,
    thing: Reportable,
    case: Case | None,
    state: str,
    passages: Sequence[str] = (),
    **details: Any,
) -> None:
    """Put a thing into a content state, by way of quarantine, and tell its author what changed.

    `details` go into the audit entry.
    """
    move_all(actor, [Move(thing, case, state, passages, details)])


@dataclass(frozen=True)
class Move:
    """A thing on its way into a content state; the words are those of `put`."""

    thing: Reportable
    case: Case | None
    state: str
    passages: Sequence[str] = ()
    details: dict[str, Any] = field(default_factory=dict)


def move_all(actor: Actor, moves: Sequence[Move]) -> None:
    """Put each of many things into its state as `put` does, step by step with all the others."""
    contents = _contents_of([move.thing for move in moves])
    before = {target_id: content.state for target_id, content in contents.items()}
    ways = [tuple(_way(before[move.thing.id], move.state)) for move in moves]
    things = [move.thing for move in moves]
    for steps in itertools.zip_longest(*ways):
        taken = [(number, one) for number, one in enumerate(steps) if one is not None]
        for number, one in taken:
            content = contents[things[number].id]
            things[number] = _with_words(things[number], content, one, moves[number].passages)
            content.state = one
        db.session.flush()
        for number, one in taken:
            things[number].move(one)
        db.session.flush()
    entries = audit.record_all(
        actor,
        [
            audit.Act(
                f"content.{move.state}", move.thing.kind, move.thing.id, move.thing.label,
                {"case": str(move.case.id) if move.case else None, "before": before[move.thing.id]}
                | move.details,
            )
            for move in moves
        ],
    )  # fmt: skip
    words = []
    for move, entry in zip(moves, entries, strict=True):
        if move.case is None or actor.membership_id == move.thing.owner_id:
            continue  # they know
        was_shown = before[move.thing.id] in SHOWN
        if was_shown and move.state == "quarantined":
            words.append(telling.Word(move.case, "case-held", entry.id))
        if not was_shown and move.state in SHOWN:
            words.append(telling.Word(move.case, "case-restored", entry.id))
    telling.to_authors(words, now())


def _with_words(
    thing: Reportable, content: Content, state: str, passages: Sequence[str]
) -> Reportable:
    """Give a thing the words that it has in the state it comes to; return it as it was before."""
    if content.kept or content.masked:
        _unmask(_as_it_is(thing), content)
        thing = _as_it_is(thing)
    if state == "redacted":
        _mask(thing, content, passages)
    elif state not in SHOWN and not thing.row_hides:
        _take_out(thing, content)
    return thing


def can_mask(thing: Reportable, passage: str) -> bool:
    """Say whether every line of a passage stands in words that can be masked."""
    content = _content_of(thing)
    words = "\n".join((*thing.words.values(), *content.kept.values()))
    return bool(_lines(passage)) and all(line in words for line in _lines(passage))


def let_go(thing: Reportable) -> None:
    """Forget the words that are kept: their author has written others in their place."""
    if not thing.row_hides:
        content = _content_of(thing)
        content.kept, content.masked = {}, {}
        db.session.flush()


def keep_hidden(thing: Reportable) -> None:
    """Take what the author has written since out of sight, where no row hides it."""
    content = _content_of(thing)
    if not thing.row_hides and content.state not in SHOWN:
        _take_out(thing, content)
        db.session.flush()


def _as_it_is(thing: Reportable) -> Reportable:
    return find_reportable(thing.kind, thing.id) or thing


def _way(before: str, after: str) -> Iterator[str]:
    """Yield the steps from one state to another: every step begins or ends in quarantine."""
    if before == after:
        if after == "redacted":
            yield from ("quarantined", "redacted")
        return
    if "quarantined" not in {before, after}:
        yield "quarantined"
    yield after


def _follows(target_ids: Collection[UUID]) -> dict[UUID, tuple[str, list[str]]]:
    """Return by thing the state that the standing decisions ask for, and what is to be masked."""
    query = (
        select(Case.target_id, Decision.effect, Decision.passage)
        .join(Decision, Case.id == Decision.case_id)
        .where(
            Case.target_id.in_(target_ids),
            Case.verdict != "overturned",
            Decision.effect.in_(HIDING),
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
            Decision.mended_at.is_(None),
        )
        .order_by(Decision.created_at)
    )
    standing: dict[UUID, list[tuple[str, str]]] = {target_id: [] for target_id in target_ids}
    for target_id, effect, passage in db.session.execute(query):
        standing[target_id].append((effect, passage))
    return {target_id: _worst(found) for target_id, found in standing.items()}


def _worst(standing: Sequence[tuple[str, str]]) -> tuple[str, list[str]]:
    effects = {effect for effect, _passage in standing}
    for worst in ("removed", "returned", "redacted"):
        if worst in effects:
            return worst, [passage for effect, passage in standing if effect == "redacted"]
    return "visible", []


def is_held(target_id: UUID) -> bool:
    """Say whether an open case is about a thing."""
    query = select(Case.id).where(Case.target_id == target_id, Case.state.in_(OPEN))
    return db.session.scalar(query) is not None


def _content_of(thing: Reportable) -> Content:
    return _contents_of([thing])[thing.id]


def _contents_of(things: Sequence[Reportable]) -> dict[UUID, Content]:
    """Return what moderation did to things, locked, by their ids; made for what has none yet."""
    if not things:
        return {}
    query = (
        select(Content)
        .where(tuple_(Content.kind, Content.target_id).in_([(one.kind, one.id) for one in things]))
        .order_by(Content.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = {content.target_id: content for content in db.session.scalars(query)}
    new = [
        {
            "id": uuid7(),
            "firm_id": current_firm_id(),
            "created_at": now(),
            "kind": thing.kind,
            "target_id": thing.id,
            "state": thing.state,
            "kept": {},
            "masked": {},
        }
        for thing in things
        if thing.id not in found
    ]
    if new:
        db.session.execute(insert(Content).values(new).on_conflict_do_nothing())
        found = {content.target_id: content for content in db.session.scalars(query)}
    return found


def _unmask(thing: Reportable, content: Content) -> None:
    """Put the author's own words back, where they have not written others since."""
    if thing.write is not None:
        for name, text in content.kept.items():
            if thing.words.get(name) == content.masked.get(name):
                thing.write(name, text)
    content.kept, content.masked = {}, {}
    db.session.flush()


def _mask(thing: Reportable, content: Content, passages: Sequence[str]) -> None:
    lines = sorted({line for one in passages for line in _lines(one)}, key=len, reverse=True)
    kept, masked = {}, {}
    for name, text in thing.words.items():
        changed = text
        for line in lines:
            changed = changed.replace(line, MASK)
        if changed != text and thing.write is not None:
            kept[name], masked[name] = text, changed
            thing.write(name, changed)
    content.kept, content.masked = kept, masked


def _take_out(thing: Reportable, content: Content) -> None:
    if thing.write is None:
        return
    written = {name: text for name, text in thing.words.items() if text}
    for name in written:
        thing.write(name, "")
    content.kept = {**content.kept, **written}
    content.masked = dict.fromkeys(content.kept, "")


def _still_open(case: Case) -> None:
    db.session.refresh(case)
    if case.state not in OPEN:
        raise DomainError(
            gettext("This case has been decided. Undo the decision, or answer the appeal.")
        )


def _lines(passage: str) -> list[str]:
    return [line.strip() for line in passage.splitlines() if line.strip()]
