"""What the firms room announces, and where others join in."""

from __future__ import annotations

from collections.abc import Sequence

from coachhub.core.access import Actor
from coachhub.core.hooks import Hook
from coachhub.core.pages import MenuItem
from coachhub.firms.models import Invitation, Membership

MENU: Hook[[Actor], Sequence[MenuItem]] = Hook(
    "menu",
    "Called for every page inside a firm with who looks at it; return the lines to show in the"
    " menu for them. `g.cohort` is the cohort whose page it is, if it is one.",
)

INVITATION_ACCEPTED: Hook[[Invitation, Membership], None] = Hook(
    "invitation_accepted",
    "Called once when somebody has accepted an invitation, in the same transaction.",
)

MEMBER_LEFT: Hook[[Membership], None] = Hook(
    "member_left",
    "Called once when a membership ends or is suspended, in the same transaction: drop what was"
    " theirs alone.",
)
