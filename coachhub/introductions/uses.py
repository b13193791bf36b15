"""Who can use what a member has: counted over today's matches, told without names."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from uuid import UUID

from coachhub.board.hooks import USES, Uses
from coachhub.cohorts.models import Cohort
from coachhub.introductions.matching.match import Match
from coachhub.introductions.matching.search import find_matches
from coachhub.introductions.rounds.queries import subjects_of

MOST = 5


@USES.from_room
def uses_of(cohort: Cohort, member_id: UUID) -> Uses:
    """Return how many others could use what a member has, and what of it most."""
    return counted(find_matches(cohort), member_id)


def counted(matches: Sequence[Match], member_id: UUID) -> Uses:
    """Count the members to whom one member could give; two who search together give nothing."""
    mine = [one for one in matches if one.giver_id == member_id and one.asset != "buddy"]
    by_thing: dict[tuple[str, UUID], set[UUID]] = defaultdict(set)
    first: dict[tuple[str, UUID], Match] = {}
    for one in mine:
        by_thing[one.asset, one.asset_id].add(one.receiver_id)
        first.setdefault((one.asset, one.asset_id), one)
    things = sorted(by_thing, key=lambda key: -len(by_thing[key]))
    subjects = subjects_of([first[key] for key in things[:MOST]])
    lines = tuple((subjects.asset(first[key]), len(by_thing[key])) for key in things[:MOST])
    return Uses(len({one.receiver_id for one in mine}), lines)
