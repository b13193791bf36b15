"""A possible match before the rules have looked at it."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from coachhub.introductions.matching.match import Asset, Key, Match, Need, Parts, match_key

RECRUITER_PLACES = 3  # a shortlist, not a crowd
_FRESH_FOR = 14
_OLD_AFTER = 90
_OLD = 0.7


def freshness(since: dt.date, today: dt.date) -> float:
    """Return 1 for two weeks after the posting, then less each day, down to 0.7 after 90 days."""
    late = ((today - since).days - _FRESH_FOR) / (_OLD_AFTER - _FRESH_FOR)
    return 1.0 - (1.0 - _OLD) * min(1.0, max(0.0, late))


class Candidate(NamedTuple):
    """Who could give what to whom; see `Match` for the names.

    `since` is the day of the older of the posts it stands on: what is as old as that is as fresh
    as that, so that a candidate is the same tomorrow.
    """

    asset: Asset
    giver_id: UUID
    receiver_id: UUID
    need: Need
    need_id: UUID
    asset_id: UUID
    company_id: UUID | None
    parts: Parts
    since: dt.date
    reason: str
    places: int = 1

    def key(self) -> Key:
        """Return what the match's key says."""
        return Key(self.asset, self.giver_id, self.receiver_id, self.need_id, self.asset_id)

    def match(self, fresh: float, coach: float, places: int) -> Match:
        """Return the match, with how fresh it is and what the coach put on top of its worth."""
        strength, matters, fit, _fresh, _coach = self.parts
        parts = Parts(strength, matters, fit, fresh, coach)
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


def written(candidates: Iterable[Candidate]) -> list[Any]:
    """Return candidates as plain values, to be kept as JSON."""
    return [
        [
            one.asset,
            one.giver_id.hex,
            one.receiver_id.hex,
            one.need,
            one.need_id.hex,
            one.asset_id.hex,
            one.company_id.hex if one.company_id else None,
            *one.parts[:3],
            one.since.toordinal(),
            one.reason,
            one.places,
        ]
        for one in candidates
    ]


class Reader:
    """Makes candidates of what `written` gave, each id and day once however often it stands."""

    def __init__(self) -> None:
        """Begin with nothing known."""
        self._ids: dict[str | None, Any] = {None: None}
        self._days: dict[int, dt.date] = {}

    def _id(self, text: str | None) -> Any:
        known = self._ids.get(text)
        if known is None and text is not None:
            known = self._ids[text] = UUID(text)
        return known

    def _day(self, number: int) -> dt.date:
        known = self._days.get(number)
        if known is None:
            known = self._days[number] = dt.date.fromordinal(number)
        return known

    def read(self, rows: Iterable[Any]) -> list[Candidate]:
        """Return the candidates."""
        one = self._id
        return [
            Candidate(
                asset,
                one(giver),
                one(receiver),
                need,
                one(need_id),
                one(asset_id),
                one(company),
                Parts(strength, matters, fit),
                self._day(since),
                reason,
                places,
            )
            for (
                asset, giver, receiver, need, need_id, asset_id, company,
                strength, matters, fit, since, reason, places,
            ) in rows
        ]  # fmt: skip
