"""Where others know people that a member may want among their contacts."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from coachhub.core.access import Actor
from coachhub.core.hooks import Hook


@dataclass(frozen=True)
class Importer:
    """People who could become a member's contacts, as an address book made on the spot.

    Attributes:
        key: short, for the address; a plugin's name does.
        title: where they come from.
        text: how many there are, and why one would take them; one sentence.
        file: makes the book: its name, and CSV or vCard as anybody's file would have it.
    """

    key: str
    title: str
    text: str
    file: Callable[[], tuple[str, bytes]]


IMPORTERS: Hook[[Actor], Sequence[Importer]] = Hook(
    "importers",
    "Called on the page where a member brings contacts; return address books that you can make of"
    " what they already have with you. What is chosen goes through the same preview as a file:"
    " nothing is kept before they say so.",
    gives=Importer,
    many=True,
)


def importers(actor: Actor) -> list[Importer]:
    """Return every address book that can be made for the actor."""
    return [one for given in IMPORTERS.call(actor) for one in given]
