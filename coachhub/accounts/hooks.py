"""What the accounts room announces, and where others join in."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from coachhub.core.access import Actor
from coachhub.core.hooks import Hook


@dataclass(frozen=True)
class Place:
    """Somewhere a person belongs: its name and its first page."""

    name: str
    url: str


PLACES: Hook[[Actor], Sequence[Place]] = Hook(
    "places",
    "Called for the page about sign-in and safety, outside of every firm; return where the person"
    " can go back to.",
    gives=Place,
    many=True,
    between_rooms=True,
)
