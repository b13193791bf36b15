"""What rounds announce, and where plugins set rules for them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from uuid import UUID

from coachhub.cohorts.models import Cohort
from coachhub.core.hooks import Hook
from coachhub.introductions.models import Round


@dataclass(frozen=True)
class RoundRules:
    """Rules that a plugin adds to a round.

    Attributes:
        forbidden: keys of matches that must not be in it.
        caps: by membership, (gives, receives) at most; it can only lower what the coach allows.
        starters: memberships that give without return, where the coach allows chains.
    """

    forbidden: frozenset[str] = frozenset()
    caps: Mapping[UUID, tuple[int, int]] = field(default_factory=dict)
    starters: frozenset[UUID] = frozenset()


ROUND_RULES: Hook[[Cohort], RoundRules] = Hook(
    "round_rules",
    "Called with the cohort each time a round is worked out; return RoundRules with matches to"
    " forbid, lower caps for members, and members who give without return.",
    gives=RoundRules,
)

ROUND_RELEASED: Hook[[Round], None] = Hook(
    "round_released",
    "Called once when a coach has released a round, with the round, in the same transaction; its"
    " givers are being asked. It can still be taken back before a mail has left.",
)
