"""What the board does by the clock."""

from __future__ import annotations

from uuid import UUID

from coachhub.board import operations
from coachhub.core.db import now
from coachhub.core.jobs import job


@job("board.expire_due", every_minutes=30)
def expire_due(_firm_id: UUID) -> None:
    """Close what is past its last day. Runs often, does something once a day."""
    operations.expire_due(now().date())
