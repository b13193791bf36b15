"""Where members meet their address book on other rooms' pages: the menu and the home page."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from coachhub.contacts import queries
from coachhub.contacts.queries import Counts
from coachhub.core.access import Actor
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, number
from coachhub.firms.hooks import HOME, MENU, HomeItem
from coachhub.firms.layout import here
from coachhub.permissions import Standing

_MANY_UNRATED = 10
_LEADS = frozenset({Standing.COACH, Standing.ADMIN})


@MENU.from_room
def menu(_actor: Actor) -> Sequence[MenuItem]:
    """Put the address book among the member's own things."""
    return [
        MenuItem(
            gettext("My contacts"), path("contacts.listing"), "contacts", 60, here("contacts.")
        )
    ]


@HOME.from_room_at_once
def homes(actors: Sequence[Actor]) -> list[list[HomeItem]]:
    """Say what can be done for each address book, the most useful thing only."""
    ids = [actor.member_id() for actor in actors]
    waiting, counts = queries.unfinished_imports(ids), queries.counts_among(ids)
    return [
        _next_thing(waiting.get(actor.member_id()), counts[actor.member_id()], actor)
        for actor in actors
    ]


def _next_thing(waiting: UUID | None, counts: Counts, actor: Actor) -> list[HomeItem]:
    if waiting is not None:
        return [
            HomeItem(
                gettext("Finish bringing in your contacts"),
                gettext("Your file has been read and waits for your yes."),
                path("contacts.imported", import_id=waiting),
                gettext("Go on"),
                "upload",
                order=20,
            )
        ]
    if not counts.total:
        if actor.standings & _LEADS:
            return []  # who looks after others comes for them first
        return [
            HomeItem(
                gettext("Bring your contacts"),
                gettext(
                    "People you know are doors for somebody here. Nobody but you ever sees who they"
                    " are."
                ),
                path("contacts.bring"),
                gettext("Bring them"),
                "contacts",
                order=30,
                minutes=5,
            )
        ]
    if counts.unrated >= _MANY_UNRATED:
        return [
            HomeItem(
                gettext("Say how well you know people"),
                gettext(
                    "%(unrated)s of your contacts are not rated. Twenty take two minutes.",
                    unrated=number(counts.unrated),
                ),
                path("contacts.rate"),
                gettext("Rate twenty"),
                "contacts",
                order=70,
            )
        ]
    return []
