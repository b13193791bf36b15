"""Rivals: members after the same role at the same company, and what the coach's rule says."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from coachhub.introductions.matching.likeness import Words
from coachhub.introductions.matching.posts import Wanted


def same_role(one: Words, other: Words) -> bool:
    """Say whether two members may be after the same role; not knowing counts as maybe."""
    return not one or not other or not one.isdisjoint(other)


class Rivals:
    """Who competes with whom, at which company, and what may still pass between them.

    Rules: ``tell`` (both know, everything may pass), ``share`` (knowledge and doors, but no
    vacancy), ``first`` (who wanted it first goes first; the others wait, and nothing about the
    company passes between them).
    """

    def __init__(self, rule: str, targets: Iterable[Wanted]) -> None:
        """Find the rivals among the open targets, which come in the order of posting."""
        self.rule = rule
        self.pairs: set[tuple[UUID, UUID, UUID | None]] = set()
        self.waiting: set[UUID] = set()
        at_company: dict[UUID | None, list[Wanted]] = {}
        for target in targets:
            earlier = at_company.setdefault(target.company_id, [])
            for other in earlier:
                if other.owner_id != target.owner_id and same_role(other.roles, target.roles):
                    self.pairs.add((other.owner_id, target.owner_id, target.company_id))
                    self.pairs.add((target.owner_id, other.owner_id, target.company_id))
                    if rule == "first":
                        self.waiting.add(target.id)
            earlier.append(target)
        self._waiting_at = {
            (target.owner_id, company_id)
            for company_id, wanted in at_company.items()
            for target in wanted
            if target.id in self.waiting
        }

    def are(self, one: UUID, other: UUID, company_id: UUID | None) -> bool:
        """Say whether two members are rivals at a company."""
        return (one, other, company_id) in self.pairs

    def allow(self, giver: UUID, receiver: UUID, company_id: UUID | None, asset: str) -> bool:
        """Say whether the rule lets an asset about a company pass between two members."""
        if company_id is None or self.rule == "tell":
            return True
        if self.rule == "first":
            return not (
                (receiver, company_id) in self._waiting_at or self.are(giver, receiver, company_id)
            )
        return asset != "lead" or not self.are(giver, receiver, company_id)
