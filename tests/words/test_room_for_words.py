"""No word is cut off on a phone, in the languages whose words are longest.

A pick of pages here; with LONG=1 every page of every role (`make soak-pages`).
"""

from __future__ import annotations

import os

import pytest
from flask import Flask
from playwright.sync_api import Browser, Page
from sqlalchemy.orm import Session

from coachhub.accounts.models import Person
from pages.crawl import Crawl, too_wide
from pages.test_every_page import somebody
from security.pages import whole_world

LONG = bool(os.environ.get("LONG"))
PHONE = "390-light"
PICKED = {
    "member": {"board.board", "firms.home", "introductions.mine", "accounts.safety"},
    "coach": {"cohorts.home", "rounds.show"},
    "admin": {"cases.index"},
}


def cut_off(page: Page) -> list[str]:
    """Return the words that do not fit where they stand, and cannot be scrolled to."""
    return page.evaluate(
        """() => [...document.querySelectorAll('body *')]
          .filter(one => one.offsetParent && !one.closest('.visually-hidden, svg, .skip'))
          .filter(one => [...one.childNodes].some(
            child => child.nodeType === 3 && child.textContent.trim()))
          .filter(one => ['hidden', 'clip'].includes(getComputedStyle(one).overflowX)
            && one.scrollWidth > one.clientWidth + 1
            || one.matches('button, .btn, .chip') && one.scrollWidth > one.clientWidth + 1)
          .map(one => `${one.tagName}.${one.className}: ${one.textContent.trim().slice(0, 60)}`)"""
    )


@pytest.mark.parametrize("language", ["fr", "es"] if LONG else ["fr"])
@pytest.mark.parametrize("role", list(PICKED) if LONG else ["coach"])
def test_no_word_is_cut_off_on_a_phone(
    app: Flask, session: Session, browser: Browser, role: str, language: str
) -> None:
    world = whole_world(app, session)
    who = somebody(world, role)
    assert who is not None
    session.get_one(Person, who.person_id).language = language
    session.commit()
    crawl = Crawl(world, browser, who)
    wrong: list[str] = []
    paths = crawl.pages(None if LONG else frozenset(PICKED[role]))
    assert len(paths) >= len(PICKED[role])
    with crawl.opened(PHONE) as page:
        for endpoint, path in paths.items():
            page.goto(path)
            assert page.locator("html").get_attribute("lang") == language
            found = [*cut_off(page), *(f"too wide: {one}" for one in too_wide(page))]
            wrong += [f"{endpoint}: {one}" for one in found]
    assert wrong == []
