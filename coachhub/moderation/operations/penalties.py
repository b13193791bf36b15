"""Strikes and penalties: each knows its decision, and lifting one leaves the others alone."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import select

from coachhub.core import audit
from coachhub.core.access import Actor, platform
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.firms import operations as firms
from coachhub.firms.models import Membership
from coachhub.moderation.models import PENALTIES, Case, Decision, Penalty, Strike

REMEMBERED = dt.timedelta(days=90)
LONGEST = 365  # days


@dataclass(frozen=True)
class PenaltyDraft:
    """What a member may not do, for how many days; `kind` is one of `models.PENALTIES`."""

    kind: str
    days: int


def check(drafts: Sequence[PenaltyDraft], effect: str, *, strike: bool) -> None:
    """Raise DomainError for what cannot follow from a decision of this effect."""
    if effect in {"none", "message"} and (strike or drafts):
        raise DomainError(
            gettext("A message to the author is not a strike, and nothing else follows.")
        )
    if len({draft.kind for draft in drafts}) < len(drafts):
        raise DomainError(gettext("Each penalty once, please."))
    for draft in drafts:
        if draft.kind not in PENALTIES:
            raise DomainError(gettext("There is no penalty “%(kind)s”.", kind=draft.kind))
        if not 1 <= draft.days <= LONGEST:
            raise DomainError(
                gettext("A penalty lasts for 1 to %(LONGEST)s days.", LONGEST=LONGEST)
            )


def give(
    actor: Actor, case: Case, decision: Decision, drafts: Sequence[PenaltyDraft], *, strike: bool
) -> None:
    """Write the strike and the penalties of a decision, and let them take effect."""
    if strike:
        give_strikes(actor, [(case, decision)])
    if case.author_id is None:
        return
    for draft in drafts:
        penalty = Penalty(
            decision_id=decision.id,
            case_id=case.id,
            member_id=case.author_id,
            kind=draft.kind,
            starts_at=now(),
            ends_at=now() + dt.timedelta(days=draft.days),
        )
        db.session.add(penalty)
        db.session.flush()
        _record(actor, "penalty.given", case, penalty=draft.kind, days=draft.days)
        if draft.kind == "suspended":
            _shut(actor, case, penalty)


def give_strikes(actor: Actor, decided: Sequence[tuple[Case, Decision]]) -> None:
    """Write a strike for each of these decisions."""
    given = [(case, one, case.author_id) for case, one in decided if case.author_id]
    db.session.add_all(
        Strike(
            decision_id=decision.id,
            member_id=author_id,
            rule=decision.rule,
            expires_at=now() + REMEMBERED,
        )
        for _case, decision, author_id in given
    )
    acts = [_act("strike.given", case, rule=decision.rule) for case, decision, _author in given]
    audit.record_all(actor, acts)


def lift(actor: Actor, case: Case, decision: Decision) -> None:
    """Take back the strike and the penalties of one decision; no other's."""
    lift_all(actor, [(case, decision)])


def lift_all(actor: Actor, decided: Sequence[tuple[Case, Decision]]) -> None:
    """Take back the strikes and the penalties of these decisions; no other's."""
    of = {decision.id: case for case, decision in decided}
    strikes = db.session.scalars(
        select(Strike).where(Strike.decision_id.in_(of), Strike.lifted_at.is_(None))
    ).all()
    for strike in strikes:
        strike.lifted_at = now()
    audit.record_all(
        actor, [_act("strike.lifted", of[one.decision_id], rule=one.rule) for one in strikes]
    )
    for penalty in db.session.scalars(
        select(Penalty).where(Penalty.decision_id.in_(of), Penalty.lifted_at.is_(None))
    ).all():
        penalty.lifted_at = now()
        _record(actor, "penalty.lifted", of[penalty.decision_id], penalty=penalty.kind)
        if penalty.shuts:
            _hand_on(actor, penalty)
    db.session.flush()


def end_suspensions() -> int:
    """Open the firm again to those whose suspension is over; return how many ended."""
    over = db.session.scalars(
        select(Penalty).where(Penalty.shuts, Penalty.ends_at <= now()).with_for_update()
    ).all()
    for penalty in over:
        _hand_on(platform("a suspension is over"), penalty)
    return len(over)


def _shut(actor: Actor, case: Case, penalty: Penalty) -> None:
    member = _member(penalty.member_id)
    if member.state != "active":
        return
    firms.suspend(actor, member, f"case {case.id}")
    penalty.shuts = True
    db.session.flush()


def _hand_on(actor: Actor, penalty: Penalty) -> None:
    """Open the firm again, unless another suspension still runs: then that one shuts it."""
    penalty.shuts = False
    db.session.flush()
    heir = db.session.scalar(
        select(Penalty)
        .where(
            Penalty.member_id == penalty.member_id,
            Penalty.kind == "suspended",
            Penalty.lifted_at.is_(None),
            Penalty.ends_at > now(),
        )
        .order_by(Penalty.ends_at.desc())
        .limit(1)
    )
    if heir is not None:
        heir.shuts = True
        db.session.flush()
        return
    member = _member(penalty.member_id)
    if member.state == "suspended":
        firms.reinstate(actor, member)


def _member(member_id: UUID) -> Membership:
    return db.session.scalars(select(Membership).where(Membership.id == member_id)).one()


def _record(actor: Actor, action: str, case: Case, **details: object) -> None:
    audit.record_all(actor, [_act(action, case, **details)])


def _act(action: str, case: Case, **details: object) -> audit.Act:
    return audit.Act(action, "case", case.id, case.label, details)
