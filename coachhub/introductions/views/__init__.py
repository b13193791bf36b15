"""Pages of the introductions room."""

from coachhub.introductions import by_mail, home, jobs, joins
from coachhub.introductions.views import (
    alumni,
    coach,
    direct,
    leads,
    meetings,
    members,
    outsiders,
    promises,
)
from coachhub.introductions.views.room import bp

__all__ = [
    "alumni",
    "bp",
    "by_mail",
    "coach",
    "direct",
    "home",
    "jobs",
    "joins",
    "leads",
    "meetings",
    "members",
    "outsiders",
    "promises",
]
