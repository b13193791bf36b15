"""A second look, by somebody else: asked for once within 180 days, answered in words."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotAllowedError
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.moderation import house
from coachhub.moderation.hooks import find_reportable
from coachhub.moderation.models import VERDICTS, Appeal, Case, Decision
from coachhub.moderation.operations import cases, content, deciding, penalties, telling
from coachhub.moderation.operations.deciding import Ruling
from coachhub.moderation.queries.moderators import others_who_may_decide

WITHIN = dt.timedelta(days=180)
LONGEST = 4000  # characters, both ways


@dataclass(frozen=True)
class Answer:
    """What a second person says to an appeal.

    Attributes:
        outcome: ``upheld`` (it stays), ``amended`` (`ruling` takes its place) or ``overturned``
            (all that followed is taken back).
        text: why; the author reads it.
        ruling: what follows instead, of an amended decision.
    """

    outcome: str
    text: str
    ruling: Ruling | None = None


def appeal(actor: Actor, decision: Decision, text: str) -> Appeal:
    """Ask for a second look at a decision on one's own text.

    It goes to another moderator of the firm, or to the platform's desk where there is none.
    Raises DomainError when it is too late, was asked for before, or nothing followed.
    """
    audit.take_turn()
    case = db.session.scalars(select(Case).where(Case.id == decision.case_id)).one()
    if case.author_id != actor.member_id():
        raise NotAllowedError(gettext("Only the author can ask for a second look."))
    if not text.strip() or len(text) > LONGEST:
        raise DomainError(
            gettext("Please say why, in up to %(LONGEST)s characters.", LONGEST=LONGEST)
        )
    if decision.created_at + WITHIN < now():
        raise DomainError(gettext("A second look can be asked for within 180 days of a decision."))
    if _asked(decision):
        raise DomainError(gettext("You have asked for a second look at this before."))
    if decision.effect == "none" or decision.undone_at or decision.replaced_at:
        raise DomainError(
            gettext("Nothing followed from this for you, so there is nothing to look at.")
        )
    cases.locked(case, case.version, "decided")
    rule = house.by_code().get(decision.rule) or house.by_code()["other"]
    made = Appeal(
        case_id=case.id,
        decision_id=decision.id,
        author_id=case.author_id,
        author_person_id=_person(case.author_id),
        text=text.strip(),
        due_at=house.due(rule),
        at_desk=not others_who_may_decide(case, decision.person_id),
    )
    db.session.add(made)
    db.session.flush()
    db.session.refresh(made, ["first_person_id"])  # the database wrote it
    cases.step(case, state="appealed")
    _record(actor, "case.appealed", case, at_desk=made.at_desk)
    return made


def may_answer(actor: Actor, asked: Appeal) -> bool:
    """Say whether somebody may answer an appeal: neither who decided first, nor the author."""
    who = actor.person_id
    return who is not None and who not in {asked.first_person_id, asked.author_person_id}


def answer_appeal(actor: Actor, asked: Appeal, version: int, answer: Answer) -> Appeal:
    """Answer an appeal, once, by somebody else than who decided first.

    `version` is the case's. The platform's desk answers as an actor without a membership. The
    evidence stays as it was. Raises NotAllowedError for the first moderator and the author.
    """
    audit.take_turn()
    case = db.session.scalars(select(Case).where(Case.id == asked.case_id)).one()
    if not may_answer(actor, asked):
        raise NotAllowedError(gettext("Somebody else looks at this the second time."))
    if answer.outcome not in VERDICTS:
        raise DomainError(gettext("Please choose: it stays, it changes, or it is taken back."))
    if not answer.text.strip() or len(answer.text) > LONGEST:
        raise DomainError(
            gettext("Please tell the author why, in up to %(LONGEST)s characters.", LONGEST=LONGEST)
        )
    if (answer.outcome == "amended") != (answer.ruling is not None):
        raise DomainError(gettext("If it changes, please choose what follows instead."))
    cases.locked(case, version, "appealed")
    thing = find_reportable(case.target_kind, case.target_id)
    first = deciding.standing(case)
    ruling = answer.ruling and deciding.checked(actor, case, thing, answer.ruling)
    if ruling is not None and ruling.outcome != "upheld":
        raise DomainError(gettext("If no rule is broken, take the decision back."))
    asked.outcome, asked.answer = answer.outcome, answer.text.strip()
    asked.answered_by_id, asked.person_id = actor.membership_id, actor.person_id
    asked.answered_at = now()
    db.session.flush()
    if answer.outcome != "upheld":
        penalties.lift(actor, case, first)
    second = None
    if ruling is not None:
        first.replaced_at = now()
        db.session.flush()
        second = deciding.write(actor, case, thing, ruling)
        second.appeal_id = asked.id
    cases.step(case, state="closed", verdict=answer.outcome)
    if second is not None and ruling is not None:
        deciding.follow(actor, case, second, ruling, thing)
    elif answer.outcome == "overturned" and thing is not None:
        _take_back(actor, case, thing.state)
    _record(actor, "case.closed", case, verdict=answer.outcome, desk=actor.membership_id is None)
    telling.to_author(case, "case-appeal", asked.id, now())
    return asked


def hand_to_desk(actor: Actor, asked: Appeal) -> None:
    """Hand an appeal to the platform's desk: nobody else in the firm can decide it any more."""
    case = db.session.scalars(select(Case).where(Case.id == asked.case_id)).one()
    if asked.outcome or asked.at_desk:
        return
    audit.take_turn()
    asked.at_desk = True
    db.session.flush()
    _record(actor, "case.appeal_to_desk", case)


def _take_back(actor: Actor, case: Case, state: str) -> None:
    """Show the text again, unless another case holds it or another decision hides it."""
    if state == "quarantined" and content.is_held(case.target_id):
        return
    content.settle(actor, content.present(case), case)


def _asked(decision: Decision) -> bool:
    query = select(Appeal.id).where(Appeal.decision_id == decision.id)
    return db.session.scalar(query) is not None


def _person(membership_id: UUID) -> UUID:
    return db.session.scalars(
        select(Membership.person_id).where(Membership.id == membership_id)
    ).one()


def _record(actor: Actor, action: str, case: Case, **details: object) -> None:
    audit.record(actor, action, kind="case", subject=case.id, label=case.label, **details)
