"""What the first look at a page costs: bytes, hosts that are asked; and nothing jumps."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit

from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.firms.models import Firm, Membership
from pages.crawl import Crawl
from security.pages import whole_world

MOST = 150 * 1024
# Loaded with a page: sheets, scripts, the icon of the tab and the pictures' symbols.
LOADED = re.compile(r"<(?:link|script|use)[^>]*?(?:href|src)=\"([^\"#]+)")
# Everything that moved since the page began, also what a press or a letter typed may excuse.
SHIFTS = """() => new Promise(done => {
  const found = [];
  new PerformanceObserver(list => list.getEntries().forEach(one => found.push(
    one.value.toFixed(4) + ' ' + one.sources.map(each => each.node?.outerHTML?.slice(0, 90)))))
    .observe({type: 'layout-shift', buffered: true});
  requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(() => done(found), 0)));
})"""
SIZES = ("1280-light", "390-dark")


def test_a_first_view_is_light_and_asks_nobody_else(
    client: FlaskClient,
    firm: Firm,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    sign_in: Callable[[FlaskClient, Membership], None],
) -> None:
    cohort = make_cohort()
    home, board = f"/f/{firm.slug}/", f"/f/{firm.slug}/c/{cohort.slug}/board"
    sign_in(client, make_member(cohorts=(cohort,), welcomed_at=cohort.created_at))
    for path in ("/account/login", home, board):
        page = client.get(path, follow_redirects=True)
        assert page.status_code == 200
        loaded = set(LOADED.findall(page.text))
        assert len(loaded) > 5, path
        assert {one for one in loaded if urlsplit(one).netloc} == set()
        files = []
        for one in sorted(loaded):
            with client.get(one, headers={"Accept-Encoding": "gzip"}) as answer:
                assert answer.status_code == 200, one
                assert answer.headers["Cache-Control"].endswith("immutable"), one
                files.append(answer.get_data())  # as it is sent: compressed where that helps
        # Pages are sent as they are, or compressed by the proxy in front.
        weight = len(page.get_data()) + sum(map(len, files))
        assert weight <= MOST, f"{path} weighs {weight} bytes"


def test_nothing_jumps_on_the_board(app: Flask, session: Session, browser: Browser) -> None:
    world = whole_world(app, session)
    crawl = Crawl(world, browser, world.own.member)
    paths = crawl.pages(frozenset({"board.board", "firms.home"}))
    for size in SIZES:
        with crawl.opened(size) as page:
            page.goto(paths["firms.home"])
            assert page.evaluate(SHIFTS) == []
            page.goto(paths["board.board"])
            assert page.evaluate(SHIFTS) == []
            page.get_by_label("What", exact=True).select_option("ask")
            page.wait_for_url("**post=ask**")
            assert page.evaluate(SHIFTS) == []
            page.get_by_role("searchbox").fill("nobody wrote that")
            page.wait_for_url("**q=nobody**")
            expect(page.get_by_text("Nothing like that yet")).to_be_visible()
            assert page.evaluate(SHIFTS) == []


def test_nothing_jumps_in_the_studio(app: Flask, session: Session, browser: Browser) -> None:
    world = whole_world(app, session)
    crawl = Crawl(world, browser, world.own.coach)
    path = crawl.pages(frozenset({"rounds.show"}))["rounds.show"]
    for size in SIZES:
        with crawl.opened(size) as page:
            page.goto(path)
            assert page.evaluate(SHIFTS) == []
