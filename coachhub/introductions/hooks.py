"""What the introductions room announces. Each is called in the transaction of what happened."""

from __future__ import annotations

from coachhub.core.hooks import Hook
from coachhub.firms.models import Membership
from coachhub.introductions.models import Introduction

INTRODUCED: Hook[[Introduction], None] = Hook(
    "introduced",
    "Called once when the last side has said yes and the introduction mails are written, with the"
    " introduction. Its giver and receiver now know each other; the promise's clock runs.",
)

PROMISE_KEPT: Hook[[Introduction], None] = Hook(
    "promise_kept",
    "Called once when the giver says that the promise is kept, with the introduction.",
)

THANKED: Hook[[Introduction], None] = Hook(
    "thanked",
    "Called when the receiver has said thanks, with the introduction; the words are in `thanks`.",
)

OUTCOME_REPORTED: Hook[[Introduction], None] = Hook(
    "outcome_reported",
    "Called each time the receiver tells what came of an introduction, with the introduction:"
    " `outcome_kind` is meeting, interview, offer or nothing_yet, `outcome` the member's words.",
)

MEMBER_CARD: Hook[[Membership], str] = Hook(
    "member_card",
    "Called for each member on a recruiter's shortlist, who has agreed to be named; return the full"
    " address of a page about them that anybody may open, or an empty string.",
    gives=str,
)
