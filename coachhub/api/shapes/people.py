"""People and cohorts as they are answered."""

from __future__ import annotations

import datetime as dt
from typing import Literal
from uuid import UUID

from coachhub.api.shapes.base import Named, Shape

Role = Literal["member", "coach", "admin"]


class FirmOut(Shape):
    """The firm that the token is for."""

    name: str
    slug: str


class TokenOut(Shape):
    """The token itself, without what opens the door."""

    name: str
    scopes: list[str]
    expires_at: dt.datetime


class Profile(Shape):
    """What a member tells the group."""

    headline: str
    titles: list[str]
    fields: list[str]
    places: list[str]
    profile_url: str
    resume_url: str
    interests: str


class Me(Shape):
    """Whom the token stands for."""

    id: UUID
    name: str
    role: Role
    profile: Profile
    landed_on: dt.date | None
    firm: FirmOut
    token: TokenOut


class Preview(Shape):
    """The next digest, as it would be sent; both null where nothing waits, so no mail goes out."""

    subject: str | None
    text: str | None


class CohortOut(Shape):
    """A cohort, with who leads it and how many members are in it."""

    id: UUID
    name: str
    slug: str
    about: str
    state: Literal["running", "closed"]
    coaches: list[str]
    members: int


class Enrolled(Shape):
    """Somebody in a cohort."""

    id: UUID
    member: Named
    role: Literal["member", "coach"]
    since: dt.datetime


class MemberOut(Shape):
    """A membership of the firm."""

    id: UUID
    name: str
    role: Role
    state: Literal["active", "suspended", "left"]
    joined_at: dt.datetime
    landed_on: dt.date | None


class MatchOut(Shape):
    """What fits you: an ask that something of yours answers, or a door at one of your targets."""

    kind: Literal["ask", "door"]
    cohort: Named
    ask_id: UUID | None
    company: Named | None
    why: str


class Matches(Shape):
    """What fits you now, best first."""

    items: list[MatchOut]
