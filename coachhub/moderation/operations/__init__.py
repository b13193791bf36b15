"""Reporting, holding back, deciding, appealing: the only place where moderation is written."""

from coachhub.moderation.operations.appeals import (
    WITHIN,
    Answer,
    answer_appeal,
    appeal,
    hand_to_desk,
    may_answer,
)
from coachhub.moderation.operations.cases import DecidedError, claim, give_back
from coachhub.moderation.operations.content import MASK, hold, release
from coachhub.moderation.operations.deciding import (
    UNDO,
    Ruling,
    Wanted,
    decide,
    decide_all,
    undo,
    undo_all,
)
from coachhub.moderation.operations.penalties import REMEMBERED, PenaltyDraft, end_suspensions
from coachhub.moderation.operations.publishing import (
    MOST_FIRST_POSTS,
    hold_for_a_look,
    may_publish,
    published,
    set_first_posts,
)
from coachhub.moderation.operations.reporting import NotNeededError, readable, report
from coachhub.moderation.operations.telling import tell_due

__all__ = [
    "MASK",
    "MOST_FIRST_POSTS",
    "REMEMBERED",
    "UNDO",
    "WITHIN",
    "Answer",
    "DecidedError",
    "NotNeededError",
    "PenaltyDraft",
    "Ruling",
    "Wanted",
    "answer_appeal",
    "appeal",
    "claim",
    "decide",
    "decide_all",
    "end_suspensions",
    "give_back",
    "hand_to_desk",
    "hold",
    "hold_for_a_look",
    "may_answer",
    "may_publish",
    "published",
    "readable",
    "release",
    "report",
    "set_first_posts",
    "tell_due",
    "undo",
    "undo_all",
]
