"""Deciding a case: exactly once, and undone for a while."""

from __future__ import annotations

import datetime as dt
import hashlib
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.moderation import house
from coachhub.moderation.hooks import Reportable, find_reportable
from coachhub.moderation.models import EFFECTS, OPEN, OUTCOMES, Case, Decision
from coachhub.moderation.operations import cases, content, penalties, telling
from coachhub.moderation.operations.penalties import PenaltyDraft

UNDO = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Ruling:
    """A moderator's decision.

    Attributes:
        outcome: ``upheld``, ``not_upheld`` or ``duplicate``.
        rule: a code of `moderation.rules`; may be empty where no rule is broken.
        effect: ``none`` (only and always if not upheld), ``message`` (a private word, the text
            stays), ``returned`` (the author can mend it), ``redacted`` (the passage is masked) or
            ``removed``.
        passage: quoted from the evidence.
        message: goes to the author: what is wrong and how to mend it.
        strike: whether it is remembered for 90 days; a message is no strike.
        penalties: what else follows.
        duplicate_of: for a duplicate, the case whose rule and effect it takes over.
    """

    outcome: str
    rule: str = ""
    effect: str = "none"
    passage: str = ""
    message: str = ""
    strike: bool = False
    penalties: tuple[PenaltyDraft, ...] = ()
    duplicate_of: UUID | None = None


def mark(text: str) -> str:
    """Return what tells whether a text has changed since."""
    return hashlib.sha256(text.encode()).hexdigest()


def decide(
    actor: Actor, case: Case, version: int, ruling: Ruling, *, grace: dt.timedelta = UNDO
) -> Decision:
    """Decide a case: exactly one decision is made, whoever else tries.

    It takes effect at once; author and reporters are told when `grace` is over, each once, and
    until then it can be undone. Raises DecidedError for a case that was decided meanwhile,
    DomainError for a ruling that does not hold together.
    """
    audit.take_turn()
    cases.locked(case, version, *OPEN)
    thing = find_reportable(case.target_kind, case.target_id)
    ruling = checked(actor, case, thing, ruling)
    if case.state == "open":
        cases.step(case, state="claimed", claimed_by_id=actor.membership_id, claimed_at=now())
    decision = write(actor, case, thing, ruling)
    decision.undo_until = now() + grace
    cases.step(case, state="decided", outcome=ruling.outcome)
    follow(actor, case, decision, ruling, thing)
    audit.record(
        actor,
        "case.decided",
        kind="case",
        subject=case.id,
        label=case.label,
        outcome=ruling.outcome,
        rule=ruling.rule,
        effect=ruling.effect,
    )
    if ruling.effect != "none":
        telling.to_author(case, "case-author", decision.id, decision.undo_until)
    telling.to_reporters(case, decision.id, decision.undo_until)
    return decision


def undo(actor: Actor, case: Case) -> None:
    """Take a decision back within its ten minutes: nobody has been told of it yet.

    The text goes back to where it was, strike and penalties are lifted, the case is with whoever
    undid it. Raises DomainError when it is too late.
    """
    audit.take_turn()
    cases.locked(case, case.version, "decided")
    decision = standing(case)
    if decision.undo_until is None or decision.undo_until <= now():
        raise DomainError(
            gettext("It is too late to undo this: author and reporters have been told.")
        )
    decision.undone_at = now()
    db.session.flush()
    cases.step(case, state="claimed", outcome="", claimed_by_id=actor.membership_id)
    telling.take_back(decision.id)
    penalties.lift(actor, case, decision)
    thing = find_reportable(case.target_kind, case.target_id)
    if thing is not None and decision.before == "quarantined":
        content.put(actor, thing, case, "quarantined")
    elif thing is not None:
        content.settle(actor, thing, case)
    audit.record(
        actor, "case.decision_undone", kind="case", subject=case.id, label=case.label,
        outcome=decision.outcome, effect=decision.effect,
    )  # fmt: skip


def standing(case: Case) -> Decision:
    """Return the decision of a case that counts."""
    return db.session.scalars(
        select(Decision).where(
            Decision.case_id == case.id,
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
        )
    ).one()


def write(actor: Actor, case: Case, thing: Reportable | None, ruling: Ruling) -> Decision:
    """Write a decision down, with what the text was and where it stood."""
    decision = Decision(
        case_id=case.id,
        decided_by_id=actor.membership_id,
        person_id=actor.person_id,
        by_machine=actor.person_id is None,
        outcome=ruling.outcome,
        rule=ruling.rule,
        passage=ruling.passage,
        effect=ruling.effect,
        message=ruling.message,
        duplicate_of_id=ruling.duplicate_of,
        text_mark=mark(thing.text if thing else case.evidence),
        before=thing.state if thing else "visible",
    )
    db.session.add(decision)
    db.session.flush()
    return decision


def follow(
    actor: Actor, case: Case, decision: Decision, ruling: Ruling, thing: Reportable | None
) -> None:
    """Let a decision take effect on the text and on its author."""
    if thing is not None:
        content.settle(actor, thing, case)
    penalties.give(actor, case, decision, ruling.penalties, strike=ruling.strike)


def checked(actor: Actor, case: Case, thing: Reportable | None, ruling: Ruling) -> Ruling:
    """Return a ruling that holds together, a duplicate's filled in; else raise DomainError."""
    if ruling.outcome not in OUTCOMES or ruling.effect not in EFFECTS:
        raise DomainError(gettext("Please choose what follows."))
    if actor.person_id is not None and actor.person_id == _person(case.author_id):
        raise DomainError(gettext("These are your own words: somebody else decides about them."))
    if ruling.outcome == "duplicate":
        ruling = _like_its_twin(case, ruling)
    _check_words(case, thing, ruling)
    penalties.check(ruling.penalties, ruling.effect, strike=ruling.strike)
    return ruling


def _check_words(case: Case, thing: Reportable | None, ruling: Ruling) -> None:
    if ruling.rule not in house.by_code() and not (
        ruling.outcome == "not_upheld" and not ruling.rule
    ):
        raise DomainError(gettext("Please choose the rule that the decision rests on."))
    if ruling.outcome == "not_upheld" and ruling.effect != "none":
        raise DomainError(gettext("If no rule is broken, the text stays as it is."))
    if ruling.outcome != "not_upheld" and ruling.effect == "none":
        raise DomainError(gettext("Please choose what follows: a word to the author, or more."))
    if ruling.passage and ruling.passage not in case.evidence:
        raise DomainError(gettext("The passage is not in the reported text: copy it from there."))
    if ruling.effect == "message" and not ruling.message.strip():
        raise DomainError(gettext("Please write what the author should hear."))
    if ruling.effect == "redacted" and not (thing and content.can_mask(thing, ruling.passage)):
        raise DomainError(
            gettext(
                "This passage cannot be masked: it is not in the text as it is now. Copy it from"
                " there, or give the text back to its author."
            )
        )


def _person(membership_id: UUID | None) -> UUID | None:
    return db.session.scalar(select(Membership.person_id).where(Membership.id == membership_id))


def _like_its_twin(case: Case, ruling: Ruling) -> Ruling:
    """Return the ruling on a duplicate: what followed for its twin, without a second strike."""
    twin = db.session.execute(
        select(Case, Decision)
        .join(Decision, Decision.case_id == Case.id)
        .where(
            Case.id == ruling.duplicate_of,
            Case.id != case.id,
            Case.verdict != "overturned",
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
            Decision.effect != "none",
        )
    ).one_or_none()
    if twin is None:
        raise DomainError(
            gettext("A duplicate needs the other case, decided, with something following.")
        )
    passage = ruling.passage or twin.Decision.passage
    return Ruling(
        outcome="duplicate",
        rule=twin.Decision.rule,
        effect=twin.Decision.effect,
        passage=passage if passage in case.evidence else "",
        message=ruling.message or twin.Decision.message,
        duplicate_of=twin.Case.id,
    )
