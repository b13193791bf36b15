"""What is told, in which words, and with what: ids and addresses, never names or texts."""

from __future__ import annotations

EVENTS: dict[str, str] = {
    "introduction.introduced": "An introduction was made: everybody said yes",
    "introduction.kept": "A promise was kept",
    "introduction.thanked": "Somebody was thanked",
    "introduction.outcome": "What came of an introduction was told",
    "round.released": "A coach has released a round",
    "member.joined": "Somebody has joined the firm",
    "member.left": "A membership has ended, or is suspended",
    "cohort.enrolled": "Somebody was put into a cohort",
    "cohort.enrolment_ended": "Somebody's time in a cohort has ended",
    "post.created": "A target, offer, ask or lead was posted",
    "post.closed": "One was closed, or has run out",
    "case.decided": "A moderator has decided a case",
}
TEST = "webhook.test"  # what the button sends; nobody chooses it
