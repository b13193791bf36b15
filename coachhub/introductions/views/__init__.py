"""Pages of the introductions room."""

from coachhub.introductions import jobs, joins, sending
from coachhub.introductions.views import coach, direct, leads, members, outsiders, promises
from coachhub.introductions.views.room import bp

__all__ = [
    "bp",
    "coach",
    "direct",
    "jobs",
    "joins",
    "leads",
    "members",
    "outsiders",
    "promises",
    "sending",
]
