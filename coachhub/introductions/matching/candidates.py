"""A possible match before the rules have looked at it."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from coachhub.introductions.matching.match import Asset, Match, Need, Parts, match_key

RECRUITER_PLACES = 3  # a shortlist, not a crowd


class Candidate(NamedTuple):
    """Who could give what to whom; see `Match` for the names."""

    asset: Asset
    giver_id: UUID
    receiver_id: UUID
    need: Need
    need_id: UUID
    asset_id: UUID
    company_id: UUID | None
    parts: Parts
    reason: str
    places: int = 1

    def match(self, coach: float, places: int) -> Match:
        """Return the match, with what the coach put on top of its worth."""
        parts = self.parts if coach == 1.0 else self.parts._replace(coach=coach)
        return Match(
            match_key(self.asset, self.giver_id, self.receiver_id, self.need_id, self.asset_id),
            self.giver_id,
            self.receiver_id,
            self.need,
            self.need_id,
            self.asset,
            self.asset_id,
            self.company_id,
            parts.worth(),
            self.reason,
            parts,
            places,
        )
