"""What is typed is kept in the tab: through a reload and a fresh sign-in, until it has arrived."""

from __future__ import annotations

import math

import pytest
from flask import Flask
from playwright.sync_api import Browser, Locator, Page, expect
from sqlalchemy.orm import Session

from coachhub.accounts import freshness
from pages.crawl import Crawl
from security.pages import whole_world

BO = "bo.newcomer@example.org"


def invite_form(page: Page) -> Locator:
    return page.locator("form[data-draft=invite]")


def typed(page: Page) -> tuple[str, str]:
    form = invite_form(page)
    return form.get_by_label("Mail address").input_value(), form.get_by_label("As").input_value()


def test_an_invitation_waits_for_a_reload_and_for_a_fresh_sign_in(
    app: Flask, session: Session, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    world = whole_world(app, session)
    crawl = Crawl(world, browser, world.own.admin)
    people = crawl.pages(frozenset({"console.people"}))["console.people"]
    with crawl.opened("1280-light") as page:
        page.goto(people)
        invite_form(page).get_by_label("Mail address").fill(BO)
        page.reload()
        assert typed(page) == (BO, "member")
        invite_form(page).get_by_role("button", name="Start afresh").click()
        assert typed(page) == ("", "member")
        page.reload()
        assert typed(page) == ("", "member")

        invite_form(page).get_by_label("Mail address").fill(BO)
        invite_form(page).get_by_label("As").select_option("coach")
        monkeypatch.setattr(freshness, "FRESH_FOR", -math.inf)
        invite_form(page).get_by_role("button", name="Send invitations").click()
        page.wait_for_url("**/account/us-verify**")
        monkeypatch.undo()
        page.goto(people)
        assert typed(page) == (BO, "coach")
        expect(page.get_by_text(BO)).to_have_count(0)
        invite_form(page).get_by_role("button", name="Send invitations").click()
        expect(page.get_by_text(BO)).to_be_visible()
        assert typed(page) == ("", "member")
    assert crawl.told == []
