"""Pages of the huddle: thin. They read, call an operation, commit and answer."""

from coachhub_huddle import jobs
from coachhub_huddle.views import calendar, home, homework, meeting, present, work
from coachhub_huddle.views.room import bp

__all__ = ["bp"]
# What this plugin does by the clock, and the pages that register themselves.
JOBS = (jobs.keep_up,)
PAGES = (calendar, home, homework, meeting, present, work)
