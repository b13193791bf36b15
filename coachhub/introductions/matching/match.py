"""A match: who could give what to whom, for which need, how good that is, and why."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, cast, get_args
from uuid import UUID

Need = Literal["target", "ask", "lead"]
Asset = Literal["door", "insider", "offer", "lead", "buddy"]

LEAST_WORTH = 1.0
MOST_WORTH = 100.0


class Parts(NamedTuple):
    """What a worth is the product of, each from 0 to 1 (the coach's part from 0 to 2).

    Attributes:
        strength: how good the asset is, whoever it is for.
        matters: how much the need matters to the receiver.
        fit: how well the asset fits the role, field, place or topic.
        fresh: how recent what was posted is.
        coach: what the coach and the plugins put on top.
    """

    strength: float
    matters: float
    fit: float
    fresh: float = 1.0
    coach: float = 1.0

    def worth(self) -> float:
        """Return the product as a whole number from 1 to 100."""
        product = self.strength * self.matters * self.fit * self.fresh * self.coach
        return min(MOST_WORTH, max(LEAST_WORTH, float(round(100 * product))))


WHOLE = Parts(1.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Match:
    """One possible introduction inside a cohort.

    Attributes:
        key: stable text; the same match has the same key tomorrow.
        giver_id: the membership that has the asset.
        receiver_id: the membership that has the need.
        need: what kind of need; a lead, or an offered recruiter, is its own need.
        need_id: the target, ask or lead; for a recruiter in the field wanted, the offer.
        asset: what is given.
        asset_id: the offer or lead; for a door the company; for a buddy the giver's target.
        company_id: the company it is about, if it is about one.
        worth: 1 to 100, the product of `parts`.
        reason: one sentence that names neither a contact nor a member.
        parts: what the worth is made of.
        places: how many members the need can still serve; 1, or up to 3 for a recruiter's search.
    """

    key: str
    giver_id: UUID
    receiver_id: UUID
    need: Need
    need_id: UUID
    asset: Asset
    asset_id: UUID
    company_id: UUID | None
    worth: float
    reason: str
    parts: Parts = WHOLE
    places: int = 1


def match_key(asset: str, giver_id: UUID, receiver_id: UUID, need_id: UUID, asset_id: UUID) -> str:
    """Return the key of a match."""
    return f"{asset}.{giver_id.hex}.{receiver_id.hex}.{need_id.hex}.{asset_id.hex}"


class Key(NamedTuple):
    """What a match's key says: enough to tell of it when it is not possible any more."""

    asset: Asset
    giver_id: UUID
    receiver_id: UUID
    need_id: UUID
    asset_id: UUID


def read_key(key: str) -> Key | None:
    """Return what a key says, or None for what is no key."""
    asset, *ids = key.split(".")
    if asset not in get_args(Asset) or len(ids) != len(Key._fields) - 1:
        return None
    try:
        return Key(cast("Asset", asset), *map(UUID, ids))
    except ValueError:
        return None
