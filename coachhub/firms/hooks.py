"""What the firms room announces, and where others join in."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from markupsafe import Markup
from sqlalchemy import ColumnElement

from coachhub.core.access import Actor
from coachhub.core.hooks import Hook
from coachhub.core.pages import MenuItem
from coachhub.firms.forms import ProfileForm
from coachhub.firms.models import Invitation, Membership


@dataclass(frozen=True)
class HomeItem:
    """One thing on a member's home page that they can do now, or should know.

    `due` puts it on top of what is not due; lower `order` comes first. `action` is the words on
    the button that leads to `url`. `about` names the posts that it speaks of, as in ``lead/<id>``:
    a digest does not tell of them a second time. `minutes` is about how long it takes; 0 for what
    is only to be known.
    """

    title: str
    text: str
    url: str
    action: str
    icon: str = "circle"
    due: dt.date | None = None
    order: int = 50
    about: frozenset[str] = frozenset()
    minutes: int = 2


HOME: Hook[[Actor], Sequence[HomeItem]] = Hook(
    "home",
    "Called for a member's home page; return what waits for them and what they can do in ten"
    " minutes, most useful first.",
    gives=HomeItem,
    many=True,
)


@dataclass(frozen=True)
class HomeSection:
    """A card of a member's home page, below what they can do: safe markup; lower `order` first.

    `beside` puts it into the narrow column.
    """

    html: Markup
    order: int = 50
    beside: bool = False


HOME_SECTION: Hook[[Actor], Sequence[HomeSection]] = Hook(
    "home_section",
    "Called for a member's home page; return cards to show below what they can do now.",
    gives=HomeSection,
    many=True,
    between_rooms=True,
)

MENU: Hook[[Actor], Sequence[MenuItem]] = Hook(
    "menu",
    "Called for every page inside a firm with who looks at it; return the lines to show in the"
    " menu for them. `g.cohort` is the cohort whose page it is, if it is one.",
    gives=MenuItem,
    many=True,
)

NUMBERS: Hook[[Actor], Mapping[str, ColumnElement[Any]]] = Hook(
    "numbers",
    "Called once for a page inside a firm with who looks at it; return what the menu or the page's"
    " head counts, each a scalar subquery under a name that begins with your own. All of them are"
    " read in one statement; `coachhub.firms.numbers.number` returns one.",
    gives=Mapping,
)

VISITORS_MENU: Hook[[Actor], Sequence[MenuItem]] = Hook(
    "visitors_menu",
    "Called for every page while staff look into a firm, with who looks, who is no member; return"
    " the lines of what an admin looks after.",
    gives=MenuItem,
    many=True,
    between_rooms=True,
)


@dataclass(frozen=True)
class Report:
    """One report that a firm can read: its title, what it says in a sentence, and where it is."""

    title: str
    text: str
    url: str
    order: int = 50


REPORTS: Hook[[Actor], Sequence[Report]] = Hook(
    "reports",
    "Called for the firm's list of reports with who looks, a coach or an admin; return the reports"
    " that are there for them.",
    gives=Report,
    many=True,
)

INVITATION_ACCEPTED: Hook[[Invitation, Membership], None] = Hook(
    "invitation_accepted",
    "Called once when somebody has accepted an invitation, in the same transaction.",
    between_rooms=True,
)

KNOWN_PEOPLE: Hook[[str], bool] = Hook(
    "known_people",
    "Called when somebody without an open invitation has come by the firm's own sign-in, with their"
    " verified address; return True if the firm's roster has them as a member to be.",
    between_rooms=True,
)

CAME_BY_SIGN_IN: Hook[[Membership, str], None] = Hook(
    "came_by_sign_in",
    "Called once when somebody without an invitation became a member by the firm's own sign-in,"
    " with their verified address, in the same transaction.",
    between_rooms=True,
)

MEMBER_LEFT: Hook[[Membership], None] = Hook(
    "member_left",
    "Called once when a membership ends or is suspended, in the same transaction: drop what was"
    " theirs alone.",
)

PROFILE_CHANGED: Hook[[Actor, Membership], None] = Hook(
    "profile_changed",
    "Called once when a member has changed what they tell about themselves, in the same"
    " transaction.",
    between_rooms=True,
)

LANDED: Hook[[Membership], None] = Hook(
    "landed",
    "Called when a member has said that they found work, with `landed_on` and `landed_at` set; and"
    " when they take it back, with neither. In the same transaction.",
)

PROFILE_FORM: Hook[[], type[ProfileForm]] = Hook(
    "profile_form",
    "Called for the page on which a member says what the group should know of them; return the form"
    " to show there.",
    gives=type,
    between_rooms=True,
)
