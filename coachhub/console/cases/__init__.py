"""The moderators' pages: the queue, one case, many in one go, a member's history, appeals."""

from coachhub.console.cases import appeals, kept, listing, members, one, together
from coachhub.console.cases.entrance import bp

__all__ = ["appeals", "bp", "kept", "listing", "members", "one", "together"]
