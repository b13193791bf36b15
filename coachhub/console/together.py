"""Many cases in one go: the reason said once, a decision for each, all undone together."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar
from uuid import UUID

from sqlalchemy import select

from coachhub.console.models import Together
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.moderation import operations
from coachhub.moderation.models import Case
from coachhub.moderation.operations import UNDO, Ruling, Wanted

log = logging.getLogger(__name__)
MOST = 200
QUOTED = 280  # characters of a text that stand for all of it
One = TypeVar("One")
BROKE = gettext_noop("This one could not be decided. Please open it and try by itself.")


@dataclass(frozen=True)
class Seen:
    """A case as a moderator saw it: with the version that was on the page."""

    case_id: UUID
    version: int


def decide_together(
    actor: Actor, cases: Sequence[Case], seen: Sequence[Seen], ruling: Ruling
) -> Together:
    """Decide up to 200 cases by one ruling; what cannot be decided is told and stops no other.

    `cases` are those that the actor may see of `seen`. Each text's passage is its own: what a
    guard found in it, else its beginning. Raises DomainError for none, or too many.
    """
    if not seen:
        raise DomainError(gettext("Please choose at least one case."))
    if len(seen) > MOST:
        raise DomainError(gettext("Up to %(MOST)s at a time, please.", MOST=MOST))
    by_id = {case.id: case for case in cases}
    wanted = [
        Wanted(case, one.version, replace(ruling, passage=_passage(case, ruling)))
        for one in seen
        if (case := by_id.get(one.case_id)) is not None
    ]
    made = _attempt(partial(operations.decide_all, actor), wanted)
    problems = {one.case.id: problem for one, problem in zip(wanted, made, strict=True)}
    missing = gettext("We could not find this case.")
    results = [_result(one.case_id, problems.get(one.case_id, missing)) for one in seen]
    row = Together(
        by_id=actor.member_id(),
        outcome=ruling.outcome,
        rule=ruling.rule,
        effect=ruling.effect,
        results=results,
        undo_until=now() + UNDO,
    )
    db.session.add(row)
    db.session.flush()
    done = sum(one["done"] for one in results)
    audit.record(
        actor, "cases.decided_together", kind="cases", subject=row.id,
        outcome=ruling.outcome, rule=ruling.rule, effect=ruling.effect,
        done=done, failed=len(results) - done,
    )  # fmt: skip
    return row


def undo_together(actor: Actor, row: Together) -> int:
    """Take back every decision of one go, within ten minutes; return how many were taken back.

    What somebody has worked on since stays as it is, and says so. Raises DomainError when it is
    too late, or was undone before.
    """
    if row.undone_at is not None:
        raise DomainError(gettext("This has been undone already."))
    if row.undo_until <= now():
        raise DomainError(
            gettext("It is too late to undo this: authors and reporters have been told.")
        )
    ids = [UUID(one["case"]) for one in row.results if one["done"]]
    cases = {case.id: case for case in db.session.scalars(select(Case).where(Case.id.in_(ids)))}
    made = _attempt(partial(operations.undo_all, actor), list(cases.values()))
    problems = dict(zip(map(str, cases), made, strict=True))
    results = [
        {**one, "undone": not problems[one["case"]], "problem": problems[one["case"]]}
        if one["case"] in problems
        else one
        for one in row.results
    ]
    row.results, row.undone_at = results, now()
    db.session.flush()
    undone = sum(bool(one["undone"]) for one in results)
    audit.record(actor, "cases.undone_together", kind="cases", subject=row.id, undone=undone)
    return undone


def labels_of(row: Together, cohort_ids: Collection[UUID] | None) -> dict[str, str]:
    """Return what the texts are called, by the case's id as it stands in `results`.

    Of the cases that a moderator of these cohorts may see, only.
    """
    query = select(Case.id, Case.label).where(
        Case.id.in_([UUID(one["case"]) for one in row.results])
    )
    if cohort_ids is not None:
        query = query.where(Case.cohort_id.in_(cohort_ids))
    return {
        str(case_id): label or gettext("a case") for case_id, label in db.session.execute(query)
    }


def find_together(together_id: UUID, actor: Actor) -> Together:
    """Return what the actor decided in one go; raises NotFoundError for somebody else's."""
    row = db.session.scalar(
        select(Together).where(Together.id == together_id, Together.by_id == actor.membership_id)
    )
    if row is None:
        raise NotFoundError
    return row


def _attempt(step: Callable[[Sequence[One]], Sequence[object]], things: Sequence[One]) -> list[str]:
    """Take a step for all things at once; return what went wrong with each, or nothing.

    If something breaks altogether, each is tried by itself: whatever breaks on one text, the
    other 199 are decided.
    """
    if not things:
        return []
    try:
        with db.session.begin_nested():
            made = step(things)
    except Exception as error:
        if len(things) > 1:
            return [problem for one in things for problem in _attempt(step, [one])]
        if isinstance(error, DomainError):
            return [str(error)]
        log.exception("A case could not be decided with others.")
        return [gettext(BROKE)]
    return [str(one) if isinstance(one, DomainError) else "" for one in made]


def _result(case_id: UUID, problem: str) -> dict[str, Any]:
    return {
        "case": str(case_id),
        "done": not problem,
        "problem": problem,
        "undone": False,
    }


def _passage(case: Case, ruling: Ruling) -> str:
    if ruling.effect == "none":
        return ""
    found = [str(one["passage"]) for one in case.found if one.get("passage")]
    return next((one for one in found if one in case.evidence), beginning(case.evidence))


def beginning(text: str) -> str:
    """Return a text, or as much of its beginning as can be quoted."""
    text = text.strip()
    if len(text) <= QUOTED:
        return text
    return text[:QUOTED].rsplit(maxsplit=1)[0]
