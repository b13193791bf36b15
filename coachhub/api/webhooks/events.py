"""What is told, in which words, and with what: ids and addresses, never names or texts."""

from __future__ import annotations

from coachhub.core.words import gettext_noop

EVENTS: dict[str, str] = {
    "introduction.introduced": gettext_noop("An introduction was made: everybody said yes"),
    "introduction.kept": gettext_noop("A promise was kept"),
    "introduction.thanked": gettext_noop("Somebody was thanked"),
    "introduction.outcome": gettext_noop("What came of an introduction was told"),
    "round.released": gettext_noop("A coach has released a round"),
    "member.joined": gettext_noop("Somebody has joined the firm"),
    "member.left": gettext_noop("A membership has ended, or is suspended"),
    "cohort.enrolled": gettext_noop("Somebody was put into a cohort"),
    "cohort.enrolment_ended": gettext_noop("Somebody's time in a cohort has ended"),
    "post.created": gettext_noop("A target, offer, ask or lead was posted"),
    "post.closed": gettext_noop("One was closed, or has run out"),
    "case.decided": gettext_noop("A moderator has decided a case"),
}
TEST = "webhook.test"  # what the button sends; nobody chooses it
