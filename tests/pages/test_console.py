"""What is sent by htmx and refused leaves no complaint on the console of the browser."""

from __future__ import annotations

from flask import Flask
from playwright.sync_api import Browser, expect
from sqlalchemy.orm import Session

from pages.crawl import Crawl
from security.pages import whole_world

REFUSED = "Failed to load resource: the server responded with a status of 422"


def test_an_empty_i_can_help_is_shown_again_without_a_complaint(
    app: Flask, session: Session, browser: Browser
) -> None:
    world = whole_world(app, session)
    crawl = Crawl(world, browser, world.own.coach)
    board = crawl.pages(frozenset({"board.board"}))["board.board"]
    with crawl.opened("1280-light") as page:
        page.goto(board)
        page.locator("form[hx-target^='#help-'] button").first.click()
        form = page.locator(".help-here form[hx-post]")
        # Somebody has made room for their words: the browser notes it as a style of the field.
        form.locator("textarea").first.evaluate("field => { field.style.height = '220px'; }")
        form.get_by_role("button").last.click()
        expect(form.locator("[aria-invalid=true]").first).to_be_visible()
    assert [one for one in crawl.told if not one.startswith(REFUSED)] == []
