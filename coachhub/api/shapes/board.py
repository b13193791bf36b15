"""Posts as they are sent and answered."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Literal
from uuid import UUID

from pydantic import Field

from coachhub.api.shapes.base import Line, Long, Named, Paged, Query, Shape, Short, Text, Title
from coachhub.companies.identities import LONGEST

Company = Annotated[Text, Field(max_length=LONGEST)]
Needed = Annotated[Company, Field(min_length=1)]
Stage = Literal["wish", "reaching_out", "talking", "interviewing", "offer", "no", "landed"]
Topics = Annotated[tuple[Annotated[Short, Field(min_length=1)], ...], Field(max_length=6)]


class NamedSource(Shape):
    """Where an author says that something comes from; answers a guard that asks for it."""

    sort: Literal["public", "own", "allowed"]
    words: Annotated[Text, Field(max_length=500)] = ""


class Guarded(Shape):
    """What is said besides a post's words, when a guard had a word first.

    `keep` is the `keep` of the problem that told of it: it is published all the same, after a
    moderator has looked.
    """

    keep: Short = ""
    source: NamedSource | None = None


class TargetIn(Guarded):
    """A company that you want to reach."""

    company: Needed
    roles: Line = ""
    learn: Annotated[Text, Field(max_length=1000)] = ""
    stage: Stage = "wish"
    weight: Annotated[int, Field(ge=1, le=3)] = 2
    next_touch_on: dt.date | None = None


class OfferIn(Guarded):
    """What you give. `kind` is one of the kinds of offers, as in ``skill``."""

    kind: Short
    title: Annotated[Title, Field(min_length=1)]
    body: Long = ""
    company: Company = ""
    field: Short = ""
    topics: Topics = ()


class AskIn(OfferIn):
    """What you ask for. `kind` is the kind of offer that would answer it."""


class LeadIn(Guarded):
    """An opening or a recruiter's search; `source` of it stays with you (`from_whom`)."""

    kind: Literal["opening", "recruiter"]
    title: Annotated[Title, Field(min_length=1)]
    body: Long = ""
    company: Company = ""
    field: Short = ""
    place: Short = ""
    from_whom: Line = ""
    until: dt.date | None = None


class Door(Shape):
    """How many of the cohort know somebody there; `members` is null where there are too few."""

    members: int | None
    strong: int


class Mine(Shape):
    """What only its owner knows of a post. `waits` says that nobody else sees it for now."""

    revision: int
    closed_at: dt.datetime | None
    waits: bool


class MineTarget(Mine):
    """What only its owner knows of a target."""

    weight: int
    learn: str
    next_touch_on: dt.date | None


class MineLead(Mine):
    """What only its owner knows of a lead."""

    from_whom: str


class Post(Shape):
    """What every post has."""

    id: UUID
    cohort_id: UUID
    owner: Named
    created_at: dt.datetime
    expires_on: dt.date
    company: Named | None


class TargetOut(Post):
    """A company that a member wants to reach; `stage` is its owner's and the coach's to know."""

    roles: str
    stage: Stage | None
    mine: MineTarget | None


class OfferOut(Post):
    """What a member gives."""

    kind: str
    title: str
    body: str
    field: str
    topics: list[str]
    mine: Mine | None


class AskOut(OfferOut):
    """What a member asks for."""


class LeadOut(Post):
    """An opening or a recruiter's search."""

    kind: Literal["opening", "recruiter"]
    title: str
    body: str
    field: str
    place: str
    mine: MineLead | None


class PostsWanted(Paged):
    """Which posts: those on the board, or all of one's own, closed ones too."""

    mine: bool = Field(default=False, description="Only your own, closed and held ones too.")


class StageIn(Shape):
    """How far a target is."""

    stage: Stage


class TouchIn(Shape):
    """When you want to be in touch next; null for no day."""

    next_touch_on: dt.date | None


class Want(Shape):
    """A member's wish to reach a company, where you may know whose."""

    target_id: UUID
    owner: Named
    roles: str


class CompanyOut(Shape):
    """What the cohort has to do with a company, as you may see it; `unnamed` counts the rest."""

    id: UUID
    name: str
    door: Door | None
    wants: list[Want]
    unnamed: int
    offers: list[UUID]
    asks: list[UUID]
    leads: list[UUID]


class CompaniesWanted(Paged):
    """Which companies: those with these letters in one of their names."""

    q: Annotated[Text, Field(max_length=100)] = ""


class Compared(Query):
    """Two ways of writing a company's name."""

    a: Needed
    b: Needed


class Alike(Shape):
    """Whether two names are one company's here: known to be, or by their letters."""

    same: bool
