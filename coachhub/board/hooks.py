"""What the board announces, and where others join in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal
from uuid import UUID

from markupsafe import Markup

from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.hooks import DOORS, Door
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.hooks import Hook
from coachhub.core.pages import MenuItem
from coachhub.firms.models import Membership

__all__ = [
    "BOARD_CARD",
    "BOARD_TAB",
    "DOORS",
    "MEMBER_SECTION",
    "OFFER_KINDS",
    "POSTED",
    "POST_CHANGED",
    "USES",
    "Door",
    "OfferKind",
    "Post",
    "Uses",
]

Post = Target | Offer | Ask | Lead
Change = Literal["edited", "closed", "reopened", "renewed", "expired", "stage", "touch"]


@dataclass(frozen=True)
class OfferKind:
    """A kind of thing that members can give.

    Attributes:
        key: short and lasting; stands in the database.
        label: what people read.
        icon: a symbol of ``static/icons.svg``.
        what: one sentence that says what it is.
        example: one that somebody could have written.
        question: what to answer when writing one.
        company: whether it is about a company: ``needed``, ``useful``.
    """

    key: str
    label: str
    icon: str
    what: str
    example: str
    question: str
    company: Literal["needed", "useful"] = "useful"


OFFER_KINDS: Hook[[], Sequence[OfferKind]] = Hook(
    "offer_kinds",
    "Called wherever kinds of offers are listed; return more kinds. A key that exists already is"
    " ignored.",
    gives=OfferKind,
    many=True,
)

BOARD_TAB: Hook[[Cohort, Actor], MenuItem | None] = Hook(
    "board_tab",
    "Called for the board's head with the cohort and who looks; return a further tab, or None.",
    gives=MenuItem,
)

BOARD_CARD: Hook[[Post, Actor], Markup | None] = Hook(
    "board_card",
    "Called for each offer, ask and lead on a page of the board with who looks; return a line to"
    " show at the card's foot (safe markup), or None. Called often: do no query that can be saved.",
    gives=Markup,
)

MEMBER_SECTION: Hook[[Cohort, Membership, Actor], Markup | None] = Hook(
    "member_section",
    "Called for a member's page with the cohort, whose page it is and who looks; return a card to"
    " show there (safe markup), or None.",
    gives=Markup,
)


@dataclass(frozen=True)
class Uses:
    """How many others in a cohort could use what a member has; never who.

    Attributes:
        people: how many members in all, each counted once.
        lines: what could be used, in words, and by how many; the most wanted first.
    """

    people: int
    lines: tuple[tuple[str, int], ...]


USES: Hook[[Cohort, UUID], Uses | None] = Hook(
    "uses",
    "Called with a cohort and one of its members; return how many others could use what they have,"
    " counted over today's matches.",
    gives=Uses,
    between_rooms=True,
)

POSTED: Hook[[Post], None] = Hook(
    "posted",
    "Called once for each new target, offer, ask or lead, in the same transaction.",
)

POST_CHANGED: Hook[[Post, Change], None] = Hook(
    "post_changed",
    "Called when a post was edited, closed, reopened, renewed, has expired, or a target's stage or"
    " next touch changed, in the same transaction.",
)
