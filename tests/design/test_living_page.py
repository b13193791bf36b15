"""The living page in a real browser: nothing to complain about, and every enhancement works."""

from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Page, expect
from werkzeug.serving import make_server

from coachhub.core.paths import static
from design.bare_pages import bare_app
from fixtures_browser import PHONE, Visitor

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
VENDOR = static() / "vendor" / "tabler.min.css"

pytestmark = pytest.mark.skipif(
    not (AXE.exists() and VENDOR.exists()), reason="the npm packages are not installed here"
)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    server = make_server("127.0.0.1", 0, bare_app(), threaded=True)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def open_living(visitor: Visitor, address: str) -> Page:
    page = visitor.page()
    page.goto(f"{address}/living")
    return page


@pytest.mark.parametrize("opened", ["nothing", "question", "menu"])
def test_axe_has_nothing_to_say(
    every_visitor: Callable[..., Visitor], address: str, opened: str
) -> None:
    page = open_living(every_visitor(), address)
    if opened == "question":
        page.get_by_role("button", name="Erase my account").click()
    if opened == "menu":
        for button in page.locator(".topbar button[popovertarget=menu]:visible").all():
            button.click()
        page.locator("summary.person").click()
    # Playwright runs what it evaluates outside the page's content security policy.
    page.evaluate(AXE.read_text())
    found = page.evaluate("axe.run(document)")
    assert [(rule["id"], rule["nodes"][0]["html"]) for rule in found["violations"]] == []
    assert len(found["passes"]) > 20


def test_nothing_runs_over_the_edge(visitors: Callable[..., Visitor], address: str) -> None:
    for width in (320, 390, 768, 1280):
        page = open_living(visitors(size=(width, 800)), address)
        assert page.evaluate("document.documentElement.scrollWidth") <= width


@pytest.mark.parametrize("javascript", [True, False])
def test_menu_and_question_open_on_a_phone(
    visitors: Callable[..., Visitor], address: str, *, javascript: bool
) -> None:
    page = open_living(visitors(size=PHONE, javascript=javascript), address)
    expect(page.locator("#menu")).to_be_hidden()
    page.locator("button[popovertarget=menu]").first.click()
    expect(page.get_by_role("link", name="Board")).to_be_visible()
    page.get_by_role("button", name="Close the menu").click()
    page.get_by_role("button", name="Erase my account").click()
    expect(page.get_by_role("heading", name="Erase everything about you?")).to_be_visible()
    page.locator("#erase").get_by_role("button", name="Cancel").click()
    expect(page.locator("#erase")).to_be_hidden()


def test_theme_is_kept_by_cookie(visitors: Callable[..., Visitor], address: str) -> None:
    page = open_living(visitors(), address)
    body = "getComputedStyle(document.body).backgroundColor"
    light = page.evaluate(body)
    page.locator("summary.person").click()
    page.get_by_role("button", name="Dark", exact=True).click()
    dark = page.evaluate(body)
    assert dark != light
    page.reload()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    assert page.evaluate(body) == dark
    page.locator("summary.person").click()
    page.get_by_role("button", name="System").click()
    page.reload()
    assert page.evaluate(body) == light


def test_keys(visitors: Callable[..., Visitor], address: str) -> None:
    page = open_living(visitors(), address)
    page.keyboard.press("?")
    expect(page.get_by_role("heading", name="Keys")).to_be_visible()
    page.get_by_label("Single keys do something").uncheck()
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") != "q"
    page.keyboard.press("?")
    page.get_by_label("Single keys do something").check()
    page.keyboard.press("Escape")
    page.keyboard.press("j")
    assert page.evaluate("document.activeElement.textContent") == "Ada Osei"
    page.keyboard.press("/")
    assert page.evaluate("document.activeElement.id") == "q"


def test_what_is_followed_leaves_an_open_question_alone(
    visitors: Callable[..., Visitor], address: str
) -> None:
    page = open_living(visitors(), address)
    page.get_by_role("button", name="Erase my account").click()
    cancel = page.locator("#erase").get_by_role("button", name="Cancel")
    cancel.focus()
    expect(page.locator("#followed")).to_contain_text("1 of 10")
    expect(cancel).to_be_focused()


def test_unsent_text_is_kept(visitors: Callable[..., Visitor], address: str) -> None:
    page = open_living(visitors(), address)
    asked = []
    page.on("dialog", lambda dialog: (asked.append(dialog.type), dialog.accept()))
    page.get_by_label("What do you need to learn?").first.fill("How they plan")
    expect(page.locator("#fresh-why-count")).to_have_text("267 of 280 characters left")
    expect(page.get_by_text("Kept in this tab. Not sent yet.").first).to_be_visible()
    page.reload()
    assert asked == ["beforeunload"]
    expect(page.get_by_label("What do you need to learn?").first).to_have_value("How they plan")
    page.get_by_role("button", name="Start afresh").click()
    expect(page.get_by_label("What do you need to learn?").first).to_have_value("")


def test_a_lost_connection_is_told_and_takes_no_text_along(
    visitors: Callable[..., Visitor], address: str
) -> None:
    visitor = visitors()
    page = open_living(visitor, address)
    visitor.expect("ERR_INTERNET_DISCONNECTED")
    visitor.context.set_offline(True)
    expect(page.get_by_text("You are offline.")).to_be_visible()
    page.get_by_label("What do you need to learn?").first.fill("How they plan")
    page.evaluate("document.querySelector('form[data-draft]').requestSubmit()")
    assert page.url == f"{address}/living"
    expect(page.get_by_label("What do you need to learn?").first).to_have_value("How they plan")
    visitor.context.set_offline(False)
    expect(page.get_by_text("You are back online.")).to_be_visible()


def test_notices_can_be_closed_and_taken_back(
    visitors: Callable[..., Visitor], address: str
) -> None:
    page = open_living(visitors(), address)
    notices = page.locator("#notices .notice")
    expect(notices).to_have_count(2)
    notices.first.get_by_role("button", name="Close").click()
    expect(notices).to_have_count(1)
    expect(notices.get_by_role("button", name="Undo")).to_be_visible()


def test_on_paper_only_the_text(visitors: Callable[..., Visitor], address: str) -> None:
    page = open_living(visitors(dark=True), address)
    page.emulate_media(media="print")
    expect(page.locator("#menu")).to_be_hidden()
    expect(page.get_by_role("heading", name="Components")).to_be_visible()
    assert page.evaluate("getComputedStyle(document.body).backgroundColor") == "rgb(255, 255, 255)"
    assert (
        page.evaluate("getComputedStyle(document.querySelector('h1')).color") == "rgb(42, 34, 39)"
    )
