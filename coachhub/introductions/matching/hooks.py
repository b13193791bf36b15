"""Where plugins add to the matches."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from coachhub.cohorts.models import Cohort
from coachhub.core.hooks import Hook
from coachhub.introductions.matching.match import Match


@dataclass(frozen=True)
class Signals:
    """What a plugin knows of a cohort's matches.

    Attributes:
        matches: further matches; they must keep every rule that the platform's own keep, or they
            are left out. Their worth is `parts`, as everywhere.
        weights: by key of a match, a factor from 0 (leave it out) to 2 (twice the worth).
    """

    matches: Sequence[Match] = ()
    weights: Mapping[str, float] = field(default_factory=dict)


MATCH_SIGNALS: Hook[[Cohort, Sequence[Match]], Signals] = Hook(
    "match_signals",
    "Called with a cohort and the matches found in it, sorted by key, whenever matches are looked"
    " for; return Signals with further matches and with factors on the worth of any.",
    gives=Signals,
)
