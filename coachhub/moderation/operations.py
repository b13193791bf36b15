"""Reporting, holding back, deciding: the only place where moderation is written."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select, update
from sqlalchemy.dialects.postgresql import insert
from uuid_utils.compat import uuid7

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tenancy import current_firm_id
from coachhub.moderation import house, letters
from coachhub.moderation.hooks import Nudge, Reportable, find_reportable
from coachhub.moderation.models import Case, Decision, Report
from coachhub.moderation.rules import BY_CODE, HouseRule


class DecidedError(DomainError):
    """Somebody else was faster; the message says what they decided."""


@dataclass(frozen=True)
class Ruling:
    """A moderator's decision.

    `outcome` is ``upheld`` or ``not_upheld``; `effect` is ``none``, ``returned`` (the author can
    mend it) or ``removed``; `rule` is a code of `moderation.rules`; `passage` is quoted from the
    evidence; `message` goes to the author.
    """

    outcome: str
    rule: str
    effect: str = "none"
    passage: str = ""
    message: str = ""


def report(actor: Actor, kind: str, thing_id: UUID, reason: str, note: str = "") -> Case:
    """Report a thing. All reports of one thing gather in one case.

    Raises NotFoundError for what does not exist, DomainError for one's own posts or an unknown
    reason. Reporting twice changes nothing.
    """
    thing = find_reportable(kind, thing_id)
    if thing is None:
        raise NotFoundError
    rule = house.by_code().get(reason)
    if rule is None or not rule.is_on:
        raise DomainError("Please choose what is wrong.")
    if thing.owner_id == actor.member_id():
        raise DomainError("This is yours: you can edit or close it yourself.")
    case = _open_case(thing, rule)
    added = db.session.scalar(
        insert(Report)
        .values(
            id=uuid7(),
            firm_id=current_firm_id(),
            created_at=now(),
            case_id=case.id,
            reporter_id=actor.member_id(),
            reason=reason,
            note=note,
        )
        .on_conflict_do_nothing()
        .returning(Report.id)
    )
    if added is not None:
        audit.record(
            actor, "case.reported", kind="case", subject=case.id, label=thing.label, reason=reason
        )
        if rule.safety and thing.state == "visible":
            _move(actor, thing, case, "quarantined")
    return case


def hold_for_a_look(actor: Actor, kind: str, thing_id: UUID, nudges: Sequence[Nudge]) -> Case:
    """Hide a thing that its author publishes against a guard's word, and open a case of it.

    Raises NotFoundError for a thing that is not there.
    """
    thing = find_reportable(kind, thing_id)
    if thing is None:
        raise NotFoundError
    case = _open_case(thing, *(house.by_code()[nudge.rule] for nudge in nudges))
    case.found = [nudge.finding() for nudge in nudges]
    case.evidence = thing.text
    guards = sorted({nudge.guard for nudge in nudges})
    _move(actor, thing, case, "quarantined", guards=guards)
    return case


def _open_case(thing: Reportable, *rules: HouseRule) -> Case:
    query = select(Case).where(Case.target_id == thing.id, Case.state != "decided")
    due_at = min(house.due(rule) for rule in rules)
    found = db.session.scalar(query)
    if found is None:
        db.session.execute(
            insert(Case)
            .values(
                id=uuid7(),
                firm_id=current_firm_id(),
                created_at=now(),
                target_kind=thing.kind,
                target_id=thing.id,
                cohort_id=thing.cohort_id,
                author_id=thing.owner_id,
                evidence=thing.text,
                found=[],
                state="open",
                outcome="",
                version=1,
                due_at=due_at,
            )
            .on_conflict_do_nothing()
        )
        found = db.session.scalars(query).one()
    found.due_at = min(found.due_at, due_at)
    return found


def hold(actor: Actor, case: Case) -> None:
    """Hide the thing until the case is decided."""
    _move(actor, _thing(case), case, "quarantined")


def release(actor: Actor, case: Case) -> None:
    """Show the thing again."""
    _move(actor, _thing(case), case, "visible")


def claim(actor: Actor, case: Case, version: int) -> None:
    """Say that one looks after a case; somebody else's claim is told."""
    _step(case, version, state="claimed", claimed_by_id=actor.member_id())
    audit.record(actor, "case.claimed", kind="case", subject=case.id)


def decide(actor: Actor, case: Case, version: int, ruling: Ruling) -> Decision:
    """Decide a case: exactly one decision is made, whoever else tries.

    Author and reporters are told by mail, each once. Raises DecidedError for a case that was
    decided meanwhile, DomainError for a ruling that does not hold together.
    """
    _check(case, ruling)
    _step(case, version, state="decided", outcome=ruling.outcome, claimed_by_id=actor.member_id())
    decision = Decision(
        case_id=case.id,
        decided_by_id=actor.member_id(),
        outcome=ruling.outcome,
        rule=ruling.rule,
        passage=ruling.passage,
        effect=ruling.effect,
        message=ruling.message,
    )
    db.session.add(decision)
    db.session.flush()
    thing = find_reportable(case.target_kind, case.target_id)
    if thing is not None:
        wanted = "visible" if ruling.effect == "none" else ruling.effect
        if thing.state != wanted:
            _move(actor, thing, case, wanted)
    audit.record(
        actor,
        "case.decided",
        kind="case",
        subject=case.id,
        outcome=ruling.outcome,
        rule=ruling.rule,
        effect=ruling.effect,
    )
    letters.tell_author(case, decision, thing)
    letters.tell_reporters(case, decision, thing)
    return decision


def _check(case: Case, ruling: Ruling) -> None:
    if ruling.rule not in BY_CODE:
        raise DomainError("Please choose the rule that the decision rests on.")
    if ruling.outcome == "upheld" and ruling.effect == "none":
        raise DomainError("Please choose what follows: back to the author, or removed.")
    if ruling.outcome == "not_upheld" and ruling.effect != "none":
        raise DomainError("If no rule is broken, the post stays as it is.")
    if ruling.passage and ruling.passage not in case.evidence:
        raise DomainError("The passage is not in the reported text: copy it from there.")


def _thing(case: Case) -> Reportable:
    thing = find_reportable(case.target_kind, case.target_id)
    if thing is None:
        raise DomainError("What was reported is no longer there.")
    return thing


def _move(actor: Actor, thing: Reportable, case: Case, state: str, **details: object) -> None:
    thing.move(state)
    db.session.flush()
    audit.record(
        actor,
        f"content.{state}",
        kind=thing.kind,
        subject=thing.id,
        label=thing.label,
        case=str(case.id),
        before=thing.state,
        **details,
    )


def _step(case: Case, version: int, **columns: object) -> None:
    """Take a case one step on, if nobody else has since `version` was looked at."""
    moved = db.session.execute(
        update(Case)
        .where(Case.id == case.id, Case.version == version, Case.state != "decided")
        .values(version=version + 1, **columns)
        .execution_options(synchronize_session=False)
    )
    db.session.refresh(case)
    if moved.rowcount == 1:  # type: ignore[attr-defined]
        return
    if case.state == "decided":
        raise DecidedError(
            "This case has already been decided: "
            + ("the report was upheld." if case.outcome == "upheld" else "no rule was broken.")
        )
    raise DomainError("Somebody else has just worked on this case. Please look at it again.")
