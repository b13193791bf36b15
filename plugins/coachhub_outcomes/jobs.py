"""Counting when a quarter is over."""

from __future__ import annotations

from uuid import UUID

from coachhub.core.jobs import job
from coachhub_outcomes.counting import count


@job("outcomes.count", every_minutes=720)
def count_quarters(_firm_id: UUID) -> None:
    """Count what can be counted of the quarters that are over."""
    count()
