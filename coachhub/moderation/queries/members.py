"""What was decided about a member's texts, what follows for them, and what they reported."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, exists, func, or_, select

from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.secrets import unseal
from coachhub.core.tenancy import current_firm_id
from coachhub.firms.models import Firm, Membership
from coachhub.moderation.models import OPEN, Appeal, Case, Decision, Penalty, Report, Strike

LINK_DAYS = 180  # for so long a second look can be asked for
FIRST_POSTS = "first_posts"  # in `Firm.house`: how many, and since when


@dataclass(frozen=True)
class DecidedText:
    """A decision on somebody's text, with all that belongs to it."""

    case: Case
    decision: Decision
    appeal: Appeal | None
    strike: Strike | None
    penalties: list[Penalty]

    def until(self) -> dt.datetime:
        """Return until when a second look can be asked for."""
        return self.decision.created_at + dt.timedelta(days=LINK_DAYS)

    def author(self) -> Actor:
        """Return the author as who acts, where they come by a link and are not signed in."""
        member = db.session.scalars(
            select(Membership).where(Membership.id == self.case.author_id)
        ).one()
        return Actor(label=member.name, person_id=member.person_id, membership_id=member.id)


def decided_about(member_id: UUID, decision_id: UUID | None = None) -> list[DecidedText]:
    """Return the decisions that stand on a member's texts, newest first; or one of them."""
    query = (
        select(Case, Decision, Appeal, Strike)
        .join(Decision, Decision.case_id == Case.id)
        .outerjoin(Appeal, Appeal.case_id == Case.id)
        .outerjoin(Strike, Strike.decision_id == Decision.id)
        .where(
            Case.author_id == member_id,
            Decision.effect != "none",
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
        )
        .order_by(Decision.created_at.desc())
    )
    if decision_id is not None:
        query = query.where(Decision.id == decision_id)
    rows = db.session.execute(query).all()
    penalties: dict[UUID, list[Penalty]] = {}
    for penalty in penalties_of(member_id):
        penalties.setdefault(penalty.decision_id, []).append(penalty)
    return [
        DecidedText(case, decision, appeal, strike, penalties.get(decision.id, []))
        for case, decision, appeal, strike in rows
    ]


def given_back_to(
    member_ids: Collection[UUID],
) -> Mapping[UUID | None, list[tuple[Case, Decision]]]:
    """Return what a moderator gave back to some members and they have not mended, newest first."""
    found: dict[UUID | None, list[tuple[Case, Decision]]] = {}
    for case, decision in db.session.execute(
        select(Case, Decision)
        .join(Decision, Decision.case_id == Case.id)
        .where(
            Case.author_id.in_(member_ids),
            Decision.effect == "returned",
            Decision.mended_at.is_(None),
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
        )
        .order_by(Decision.created_at.desc())
    ):
        found.setdefault(case.author_id, []).append((case, decision))
    return found


def decided_by_link(token: str) -> DecidedText | None:
    """Return the decision that a link in a letter is about; None for a link that is none."""
    kind, _, decision_id = (unseal(token, LINK_DAYS * 86_400, "appeal") or "").partition("/")
    if kind != "appeal":
        return None
    author = db.session.scalar(
        select(Case.author_id)
        .join(Decision, Decision.case_id == Case.id)
        .where(Decision.id == UUID(decision_id))
    )
    found = decided_about(author, UUID(decision_id)) if author else []
    return found[0] if found else None


def has_something(member_id: UUID) -> ColumnElement[bool]:
    """Say whether somebody has anything to read on the page about their texts, for the menu."""
    decided = select(Case.id).where(Case.author_id == member_id, Case.state.not_in(OPEN))
    reported = select(Report.id).where(Report.reporter_id == member_id)
    return or_(exists(decided), exists(reported))


def own_reports(member_id: UUID) -> list[tuple[Report, Case]]:
    """Return what somebody reported, newest first, each with its case."""
    rows = db.session.execute(
        select(Report, Case)
        .join(Case, Case.id == Report.case_id)
        .where(Report.reporter_id == member_id)
        .order_by(Report.created_at.desc())
    )
    return [(row.Report, row.Case) for row in rows]


def strikes_of(member_id: UUID, *, expired: bool = False) -> list[Strike]:
    """Return a member's strikes that count, newest first; with `expired`, also older ones."""
    query = (
        select(Strike)
        .where(Strike.member_id == member_id, Strike.lifted_at.is_(None))
        .order_by(Strike.created_at.desc())
    )
    if not expired:
        query = query.where(Strike.expires_at > now())
    return list(db.session.scalars(query))


def penalties_of(member_id: UUID) -> list[Penalty]:
    """Return all penalties of a member, lifted and ended ones too, newest first."""
    query = (
        select(Penalty).where(Penalty.member_id == member_id).order_by(Penalty.created_at.desc())
    )
    return list(db.session.scalars(query))


def penalty_in_force(member_id: UUID, kind: str) -> Penalty | None:
    """Return the penalty of a kind that lasts longest for somebody now, or None."""
    at = now()
    return db.session.scalar(
        select(Penalty)
        .where(
            Penalty.member_id == member_id,
            Penalty.kind == kind,
            Penalty.lifted_at.is_(None),
            Penalty.starts_at <= at,
            Penalty.ends_at > at,
        )
        .order_by(Penalty.ends_at.desc())
        .limit(1)
    )


def returned_decisions(target_id: UUID) -> list[Decision]:
    """Return the decisions that gave a text back to its author and that they have not answered."""
    query = (
        select(Decision)
        .join(Case, Case.id == Decision.case_id)
        .where(
            Case.target_id == target_id,
            Case.verdict != "overturned",
            Decision.effect == "returned",
            Decision.undone_at.is_(None),
            Decision.replaced_at.is_(None),
            Decision.mended_at.is_(None),
        )
        .order_by(Decision.created_at)
    )
    return list(db.session.scalars(query))


def first_posts(firm: Firm) -> int:
    """Return how many first texts of new members the firm looks at; 0 is none."""
    return int(firm.house.get(FIRST_POSTS, {}).get("count", 0))


def is_new_here(member_id: UUID) -> bool:
    """Say whether a member's texts wait for a look, as the firm chose for first ones."""
    firm = db.session.get_one(Firm, current_firm_id())
    count = first_posts(firm)
    if not count:
        return False
    member = db.session.scalars(select(Membership).where(Membership.id == member_id)).one()
    since = dt.datetime.fromisoformat(firm.house[FIRST_POSTS]["since"])
    if member.role != "member" or member.created_at < since:
        return False
    fine = db.session.scalar(
        select(func.count())
        .select_from(Case)
        .where(
            Case.author_id == member_id,
            Case.origin == "first_posts",
            Case.outcome == "not_upheld",
        )
    )
    return (fine or 0) < count
