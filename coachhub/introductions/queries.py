"""Reading introductions: mine, the cohort's, and what waits."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from sqlalchemy import ColumnElement, ScalarSelect, func, or_, select

from coachhub.companies.models import Company
from coachhub.contacts.models import Contact
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.remember import remembered
from coachhub.introductions import rules
from coachhub.introductions.calendar import today
from coachhub.introductions.models import Introduction
from coachhub.introductions.searches import newest_among, newest_of
from coachhub.introductions.shown import Facts, Shown, shown


@dataclass(frozen=True)
class Mirror:
    """A member's own promises in numbers; for their own eyes."""

    kept: int
    let_go: int
    open: int
    late: int

    @property
    def rate(self) -> int | None:
        """Return how many of the ended promises were kept, in percent; None without any."""
        ended = self.kept + self.let_go
        return round(100 * self.kept / ended) if ended else None


def mine(member_id: UUID) -> list[Shown]:
    """Return all introductions that a member knows of, what waits for them first, then newest."""
    return mine_among([member_id])[member_id]


def mine_among(member_ids: Collection[UUID]) -> dict[UUID, list[Shown]]:
    """Return the same for each of some members."""
    members = tuple(member_ids)
    return remembered(("introductions of", members), lambda: _read_of(members))


def _read_of(member_ids: Collection[UUID]) -> dict[UUID, list[Shown]]:
    rows = db.session.scalars(
        select(Introduction).where(_known_to(member_ids)).order_by(Introduction.created_at)
    ).all()
    newest = newest_among({row.request_id for row in rows if row.request_id is not None})
    facts = Facts(rows) if rows else None
    found: dict[UUID, list[Shown]] = {key: [] for key in member_ids}
    for row in rows:
        if row.giver_id in found and row.giver_asked_at is not None:
            found[row.giver_id].append(shown(row, "giver", facts))
        # A receiver's search stands at one of its introductions, the others are past.
        current = row.request_id is None or newest.get(row.request_id) == row.id
        if row.receiver_id in found and current and _receiver_knows(row):
            found[row.receiver_id].append(shown(row, "receiver", facts))
    return {
        key: sorted(some, key=lambda one: (not one.waits_for_me, -one.since.timestamp()))
        for key, some in found.items()
    }


def answers_due(member_id: UUID) -> ScalarSelect[int]:
    """Count the answers that wait for a member, for the menu."""
    asked = select(func.count(Introduction.id)).where(
        or_(
            (Introduction.giver_id == member_id) & (Introduction.state == "giver_asked"),
            (Introduction.receiver_id == member_id) & (Introduction.state == "receiver_asked"),
        )
    )
    return asked.scalar_subquery()


def one(actor: Actor, introduction_id: UUID) -> tuple[Introduction, Shown]:
    """Return an introduction and what the actor may see of it; raises NotFoundError."""
    row = db.session.scalar(select(Introduction).where(Introduction.id == introduction_id))
    if row is None:
        raise NotFoundError
    if rules.side_of(actor, row) == "receiver" and row.request_id is not None:
        # A search has one address, and a giver's own turn in it has none for the receiver.
        if row.introduced_at is None and row.id != row.request_id:
            raise NotFoundError
        row = newest_of(row.request_id) or row
    return row, shown(row, rules.side_of(actor, row))


def contacts_at(introduction: Introduction) -> list[Contact]:
    """Return the giver's own contacts at the introduction's company, the best known first."""
    return own_contacts(introduction.giver_id, introduction.company_id)


def own_contacts(owner_id: UUID, company_id: UUID | None) -> list[Contact]:
    """Return one member's contacts at a company, for their own eyes, the best known first."""
    if company_id is None:
        return []
    rows = db.session.scalars(
        select(Contact)
        .join(Company, Company.id == Contact.company_id)
        .where(
            Contact.owner_id == owner_id,
            Contact.hidden.is_(False),
            or_(Company.id == company_id, Company.merged_into_id == company_id),
        )
    )
    return sorted(
        rows, key=lambda one: (-(one.strength or 0), not one.worked_together, one.full_name())
    )


def mirror(member_id: UUID) -> Mirror:
    """Return a member's own record of promises."""
    counts = dict(
        db.session.execute(
            select(Introduction.state, func.count())
            .where(Introduction.giver_id == member_id, Introduction.introduced_at.is_not(None))
            .group_by(Introduction.state)
        ).all()
    )
    late = select(func.count(Introduction.id)).where(
        Introduction.giver_id == member_id,
        Introduction.state == "introduced",
        Introduction.due_on < today(),
    )
    return Mirror(
        kept=counts.get("kept", 0),
        let_go=counts.get("let_go", 0),
        open=counts.get("introduced", 0),
        late=db.session.scalar(late) or 0,
    )


def thanks_to(member_id: UUID) -> list[Shown]:
    """Return the introductions for which a member was thanked, newest first."""
    rows = list(
        db.session.scalars(
            select(Introduction)
            .where(Introduction.giver_id == member_id, Introduction.thanked_at.is_not(None))
            .order_by(Introduction.thanked_at.desc())
        )
    )
    facts = Facts(rows)
    return [shown(row, "giver", facts) for row in rows]


def _known_to(member_ids: Collection[UUID]) -> ColumnElement[bool]:
    return or_(
        Introduction.giver_id.in_(member_ids) & Introduction.giver_asked_at.is_not(None),
        Introduction.receiver_id.in_(member_ids)
        & or_(
            Introduction.receiver_asked_at.is_not(None),
            Introduction.introduced_at.is_not(None),
            Introduction.origin == "door",
        ),
    )


def _receiver_knows(row: Introduction) -> bool:
    asked = row.receiver_asked_at or row.introduced_at
    return asked is not None or row.origin == "door"
