"""Nothing keeps anybody out of a page, and no page scrolls sideways: each role, light and dark.

A pick of pages here; with LONG=1 every page there is, which `make soak-pages` asks for.
"""

from __future__ import annotations

import os

import pytest
from flask import Flask
from playwright.sync_api import Browser
from sqlalchemy.orm import Session

from fixtures_browser import PAIRS
from pages.crawl import Crawl, looked_at
from security.pages import whole_world
from walls.world import Who, World

LONG = bool(os.environ.get("LONG"))
PICKED = {
    "member": {"board.board", "firms.home", "introductions.mine"},
    "coach": {"cohorts.home", "rounds.index"},
    "admin": {"console.people"},
}
ROLES = ("member", "coach", "admin", "staff", "looking", "anybody")


def somebody(world: World, role: str) -> Who | None:
    """Return who plays a role; None is whoever holds an address."""
    own = world.own
    return {
        "member": own.member, "coach": own.coach, "admin": own.admin, "staff": world.staff,
        "looking": world.visitor_of_own, "anybody": None,
    }[role]  # fmt: skip


@pytest.mark.parametrize("role", ROLES if LONG else ["member"])
def test_nothing_keeps_anybody_out(
    app: Flask, session: Session, browser: Browser, role: str
) -> None:
    world = whole_world(app, session)
    crawl = Crawl(world, browser, somebody(world, role))
    paths = crawl.pages(None if LONG else frozenset(PICKED[role]))
    assert len(paths) >= (5 if LONG else len(PICKED[role]))
    pairs = list(PAIRS)[: None if LONG else 2]
    assert looked_at(crawl, paths, pairs) == []
