"""Deciding a case: exactly once, and undone for a while."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import Select, select

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
    made = decide_all(actor, [Wanted(case, version, ruling)], grace=grace)[0]
    if isinstance(made, DomainError):
        raise made
    return made


@dataclass(frozen=True)
class Wanted:
    """A case, the version of it that a moderator saw, and what they decide."""

    case: Case
    version: int
    ruling: Ruling


def decide_all(
    actor: Actor, wanted: Sequence[Wanted], *, grace: dt.timedelta = UNDO
) -> list[Decision | DomainError]:
    """Decide each of many cases as `decide` does one, all of them step by step together.

    Returns what `decide` would return or raise for each. One statement does a step for all, so
    whatever else is raised on the way is raised for all: the caller rolls back, and asks again
    one by one.
    """
    audit.take_turn()
    cases.lock_all([one.case for one in wanted])
    own = _own_words(actor)
    results: dict[UUID, Decision | DomainError] = {}
    sound = []
    for one in wanted:
        try:
            cases.check(one.case, one.version, *OPEN)
            thing = find_reportable(one.case.target_kind, one.case.target_id)
            _check_author(one.case, own)
            sound.append((one.case, thing, _holds_together(one.case, thing, one.ruling)))
        except DomainError as error:
            results[one.case.id] = error
    opened = [case for case, _thing, _ruling in sound if case.state == "open"]
    cases.step_all(opened, state="claimed", claimed_by_id=actor.membership_id, claimed_at=now())
    until = now() + grace
    made = {case.id: _decision(actor, case, thing, ruling) for case, thing, ruling in sound}
    for decision in made.values():
        decision.undo_until = until
    db.session.add_all(made.values())
    db.session.flush()
    for case, _thing, ruling in sound:
        case.outcome = ruling.outcome
    cases.step_all([case for case, _thing, _ruling in sound], state="decided")
    content.settle_all(actor, [(thing, case) for case, thing, _ruling in sound if thing])
    struck = [(case, made[case.id]) for case, _thing, ruling in sound if ruling.strike]
    penalties.give_strikes(actor, struck)
    for case, _thing, ruling in sound:
        penalties.give(actor, case, made[case.id], ruling.penalties, strike=False)
    audit.record_all(actor, [_act("case.decided", case, made[case.id]) for case, *_ in sound])
    telling.to_authors(
        (telling.Word(case, "case-author", made[case.id].id) for case, _thing, ruling in sound
         if ruling.effect != "none"),
        until,
    )  # fmt: skip
    telling.to_reporters({case_id: decision.id for case_id, decision in made.items()}, until)
    return [{**results, **made}[one.case.id] for one in wanted]


def undo(actor: Actor, case: Case) -> None:
    """Take a decision back within its ten minutes: nobody has been told of it yet.

    The text goes back to where it was, strike and penalties are lifted, the case is with whoever
    undid it. Raises DomainError when it is too late.
    """
    problem = undo_all(actor, [case])[0]
    if problem is not None:
        raise problem


def undo_all(actor: Actor, found: Sequence[Case]) -> list[DomainError | None]:
    """Take back the decisions of many cases as `undo` does one; return what it would raise.

    As with `decide_all`, whatever else is raised is raised for all.
    """
    audit.take_turn()
    versions = {case.id: case.version for case in found}
    cases.lock_all(found)
    query = _standing().where(Decision.case_id.in_(list(versions)))
    stand = {decision.case_id: decision for decision in db.session.scalars(query)}
    problems: dict[UUID, DomainError] = {}
    sound = []
    for case in found:
        try:
            cases.check(case, versions[case.id], "decided")
            _check_time(stand[case.id])
            sound.append((case, stand[case.id]))
        except DomainError as error:
            problems[case.id] = error
    for _case, decision in sound:
        decision.undone_at = now()
    db.session.flush()
    back = [case for case, _decision in sound]
    cases.step_all(back, state="claimed", outcome="", claimed_by_id=actor.membership_id)
    telling.take_back([decision.id for _case, decision in sound])
    penalties.lift_all(actor, sound)
    things = [(find_reportable(case.target_kind, case.target_id), case, one) for case, one in sound]
    there = [(thing, case, one.before == "quarantined") for thing, case, one in things if thing]
    content.move_all(
        actor, [content.Move(thing, case, "quarantined") for thing, case, was in there if was]
    )
    content.settle_all(actor, [(thing, case) for thing, case, was in there if not was])
    audit.record_all(
        actor,
        [
            audit.Act(
                "case.decision_undone", "case", case.id, case.label,
                {"outcome": decision.outcome, "effect": decision.effect},
            )
            for case, decision in sound
        ],
    )  # fmt: skip
    return [problems.get(case.id) for case in found]


def standing(case: Case) -> Decision:
    """Return the decision of a case that counts."""
    return db.session.scalars(_standing().where(Decision.case_id == case.id)).one()


def write(actor: Actor, case: Case, thing: Reportable | None, ruling: Ruling) -> Decision:
    """Write a decision down, with what the text was and where it stood."""
    decision = _decision(actor, case, thing, ruling)
    db.session.add(decision)
    db.session.flush()
    return decision


def _decision(actor: Actor, case: Case, thing: Reportable | None, ruling: Ruling) -> Decision:
    return Decision(
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


def follow(
    actor: Actor, case: Case, decision: Decision, ruling: Ruling, thing: Reportable | None
) -> None:
    """Let a decision take effect on the text and on its author."""
    if thing is not None:
        content.settle(actor, thing, case)
    penalties.give(actor, case, decision, ruling.penalties, strike=ruling.strike)


def checked(actor: Actor, case: Case, thing: Reportable | None, ruling: Ruling) -> Ruling:
    """Return a ruling that holds together, a duplicate's filled in; else raise DomainError."""
    _check_author(case, _own_words(actor))
    return _holds_together(case, thing, ruling)


def _holds_together(case: Case, thing: Reportable | None, ruling: Ruling) -> Ruling:
    if ruling.outcome not in OUTCOMES or ruling.effect not in EFFECTS:
        raise DomainError(gettext("Please choose what follows."))
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


def _standing() -> Select[Decision]:
    return select(Decision).where(Decision.undone_at.is_(None), Decision.replaced_at.is_(None))


def _act(action: str, case: Case, decision: Decision) -> audit.Act:
    words = {"outcome": decision.outcome, "rule": decision.rule, "effect": decision.effect}
    return audit.Act(action, "case", case.id, case.label, words)


def _own_words(actor: Actor) -> set[UUID]:
    """Return the authors who are the person that acts, also where they look in as staff."""
    if actor.person_id is None:
        return set()
    query = select(Membership.id).where(Membership.person_id == actor.person_id)
    return set(db.session.scalars(query))


def _check_author(case: Case, own: Collection[UUID]) -> None:
    if case.author_id in own:
        raise DomainError(gettext("These are your own words: somebody else decides about them."))


def _check_time(decision: Decision) -> None:
    if decision.undo_until is None or decision.undo_until <= now():
        raise DomainError(
            gettext("It is too late to undo this: author and reporters have been told.")
        )


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
