"""What can be reported, told by the rooms and plugins that hold it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from coachhub.core.hooks import Hook


@dataclass(frozen=True)
class Reportable:
    """Something people can report.

    Attributes:
        kind: what it is called in addresses, as in ``offer``.
        id: its id.
        label: what people call it, as in “the offer ‘Salary data’”.
        text: all of its words, as they are now.
        owner_id: the membership that wrote it.
        cohort_id: the cohort that sees it, if it is one cohort's.
        url: where it stands.
        move: puts it into a content state (`moderation.models.CONTENT_STATES`).
        state: the content state it is in.
    """

    kind: str
    id: UUID
    label: str
    text: str
    owner_id: UUID
    cohort_id: UUID | None
    url: str
    move: Callable[[str], None]
    state: str


REPORTABLE: Hook[[str, UUID], Reportable | None] = Hook(
    "reportable",
    "Called with a kind and an id when somebody reports a thing or a moderator looks at it; return"
    " it if the kind is yours and it exists, otherwise None.",
    gives=Reportable,
)


def find_reportable(kind: str, thing_id: UUID) -> Reportable | None:
    """Return the thing of that kind and id, whoever holds it."""
    return next((found for found in REPORTABLE.call(kind, thing_id) if found), None)
