"""The ground of all shapes: strict, nothing unknown, texts without what no column can hold."""

from __future__ import annotations

from typing import Annotated, Generic, TypeVar
from uuid import UUID

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, StringConstraints

MOST = 100


def _kept(text: str) -> str:
    if "\x00" in text:
        raise ValueError("There is a character in it that cannot be kept.")
    return text


_PLAIN = AfterValidator(_kept)
Text = Annotated[str, StringConstraints(strip_whitespace=True), _PLAIN]
Short = Annotated[str, StringConstraints(strip_whitespace=True, max_length=80), _PLAIN]
Title = Annotated[str, StringConstraints(strip_whitespace=True, max_length=160), _PLAIN]
Line = Annotated[str, StringConstraints(strip_whitespace=True, max_length=200), _PLAIN]
Long = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2000), _PLAIN]


class Shape(BaseModel):
    """What is sent or answered: unknown members are refused, types are not guessed."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Query(BaseModel):
    """What may stand behind the question mark of an address."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Paged(Query):
    """Which part of a list: so many, after the one that `cursor` names."""

    limit: int = Field(20, ge=1, le=MOST, description="How many at most.")
    cursor: UUID | None = Field(None, description="`next` of the page before.")


class Empty(Shape):
    """Nothing more needs to be said."""


T = TypeVar("T")


class Listed(Shape, Generic[T]):
    """One page of a list, the newest first; `next` is the cursor of the following page."""

    items: list[T]
    next: UUID | None = None


class Named(Shape):
    """Somebody or something, by id and name."""

    id: UUID
    name: str


class ErrorAt(Shape):
    """What is wrong at one place of what was sent; `pointer` as in RFC 6901."""

    pointer: str
    detail: str


class Word(Shape):
    """A private word to an author about one passage, before anybody else reads it.

    `sources` are the sorts of source that answer it.
    """

    guard: str
    rule: str
    field: str
    passage: str
    why: str
    instead: str
    sources: list[str]


class Problem(Shape):
    """What went wrong (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str = ""
    incident: str = Field("", description="Tell us this number when you ask for help.")
    errors: list[ErrorAt] = []
    words: list[Word] = []
    keep: str = Field("", description="Send it as `keep` to publish all the same.")
