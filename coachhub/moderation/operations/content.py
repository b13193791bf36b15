"""What happens to a text: held, returned, masked, removed, and every step back.

What stands at the end always follows from the decisions that stand, so that taking one back
leaves what the others did.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any
from uuid import UUID

from sqlalchemy import select
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
    state, passages = _follows(thing.id)
    if {state} != {thing.state, _content_of(thing).state} or state == "redacted":
        put(actor, thing, case, state, passages)


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
    content = _content_of(thing)
    was_shown = content.state in SHOWN
    before = content.state
    for one in _way(before, state):
        _unmask(_as_it_is(thing), content)
        thing = _as_it_is(thing)
        if one == "redacted":
            _mask(thing, content, passages)
        elif one not in SHOWN and not thing.row_hides:
            _take_out(thing, content)
        content.state = one
        db.session.flush()
        thing.move(one)
        db.session.flush()
    entry = audit.record(
        actor,
        f"content.{state}",
        kind=thing.kind,
        subject=thing.id,
        label=thing.label,
        case=str(case.id) if case else None,
        before=before,
        **details,
    )
    if case is None or actor.membership_id == thing.owner_id:
        return  # they know
    if was_shown and state == "quarantined":
        telling.to_author(case, "case-held", entry.id, now())
    if not was_shown and state in SHOWN:
        telling.to_author(case, "case-restored", entry.id, now())


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


def _follows(target_id: UUID) -> tuple[str, list[str]]:
    """Return the state that the standing decisions on a thing ask for, and what is to be masked."""
    standing = db.session.scalars(
        select(Decision)
        .join(Case, Case.id == Decision.case_id)
        .where(
            Case.target_id == target_id,
            Case.verdict != "overturned",
            Decision.effect.in_(HIDING),
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
            Decision.mended_at.is_(None),
        )
        .order_by(Decision.created_at)
    ).all()
    effects = {decision.effect for decision in standing}
    for worst in ("removed", "returned", "redacted"):
        if worst in effects:
            return worst, [one.passage for one in standing if one.effect == "redacted"]
    return "visible", []


def is_held(target_id: UUID) -> bool:
    """Say whether an open case is about a thing."""
    query = select(Case.id).where(Case.target_id == target_id, Case.state.in_(OPEN))
    return db.session.scalar(query) is not None


def _content_of(thing: Reportable) -> Content:
    query = (
        select(Content)
        .where(Content.kind == thing.kind, Content.target_id == thing.id)
        .with_for_update(key_share=True)
        .execution_options(populate_existing=True)
    )
    found = db.session.scalar(query)
    if found is None:
        values: dict[str, Any] = {"state": thing.state, "kept": {}, "masked": {}}
        db.session.execute(
            insert(Content)
            .values(
                id=uuid7(),
                firm_id=current_firm_id(),
                created_at=now(),
                kind=thing.kind,
                target_id=thing.id,
                **values,
            )
            .on_conflict_do_nothing()
        )
        found = db.session.scalars(query).one()
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
