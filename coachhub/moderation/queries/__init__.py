"""Reading moderation: cases, who reported and how well, what was decided about whom."""

from coachhub.moderation.queries.appeals import (
    AppealLine,
    appeal_of,
    appeals_at_desk,
    appeals_waiting,
)
from coachhub.moderation.queries.cases import (
    QueueLine,
    decision_of,
    find_case,
    queue,
    reports_of,
)
from coachhub.moderation.queries.members import (
    DecidedText,
    decided_about,
    decided_by_link,
    first_posts,
    given_back_to,
    has_something,
    own_reports,
    penalties_of,
    penalty_in_force,
    strikes_of,
)
from coachhub.moderation.queries.moderators import moderators_of, others_who_may_decide
from coachhub.moderation.queries.reporters import Accuracy, accuracy, paused_until

__all__ = [
    "Accuracy",
    "AppealLine",
    "DecidedText",
    "QueueLine",
    "accuracy",
    "appeal_of",
    "appeals_at_desk",
    "appeals_waiting",
    "decided_about",
    "decided_by_link",
    "decision_of",
    "find_case",
    "first_posts",
    "given_back_to",
    "has_something",
    "moderators_of",
    "others_who_may_decide",
    "own_reports",
    "paused_until",
    "penalties_of",
    "penalty_in_force",
    "queue",
    "reports_of",
    "strikes_of",
]
