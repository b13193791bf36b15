"""Pages of the privacy room: a member's own, the firm admin's, and one for everybody."""

from coachhub.privacy import jobs
from coachhub.privacy.views import account, desk, own, public
from coachhub.privacy.views.room import bp

__all__ = ["account", "bp", "desk", "jobs", "own", "public"]
