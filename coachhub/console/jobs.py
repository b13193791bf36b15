"""What the console does by the clock."""

from __future__ import annotations

from uuid import UUID

from coachhub.console.escalation import escalate
from coachhub.core.jobs import job


@job("console.escalate", every_minutes=10)
def remind(_firm_id: UUID) -> None:
    """Remind those who should know of cases that wait too long."""
    escalate()
