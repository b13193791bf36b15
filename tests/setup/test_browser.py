"""The browser of the tests sees what a person sees, and hears every complaint."""

import http.server
import re
import threading
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Page

from chromium import PHONE
from fixtures_browser import Visitor, barriers

HEAD = "<!doctype html><html lang=en><link rel=icon href=data:,>"
PAGES = {
    "/": "<title>Home</title><p id=w></p><script>w.textContent = innerWidth</script>",
    "/plain": "<title>Plain</title><noscript>No scripts here</noscript>",
    "/colour": "<title>Colour</title><style>:root{color-scheme:light dark}</style>",
    "/loud": "<title>Loud</title><script>console.error('ouch')</script>",
    "/broken": "<title>Broken</title><script>nothing.at.all()</script>",
    "/closed": "<title>Closed</title><main><h1>Hi</h1><img src=''></main>",
    "/open": "<title>Open</title><main><h1>Hi</h1></main>",
    "/away": "<title>Away</title><img src='http://example.org/pixel.png' alt=''>",
}


class Site(http.server.BaseHTTPRequestHandler):
    """A few pages, good and bad."""

    def do_GET(self) -> None:
        body = PAGES.get(self.path)
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write((HEAD + (body or "<title>Missing</title>")).encode())

    def log_message(self, *_args: object) -> None:
        """Say nothing."""


@pytest.fixture
def site() -> Iterator[str]:
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Site) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()
        thread.join()


def complaints(visitor: Visitor) -> str:
    """Return what went wrong, and forget it so that the test may pass."""
    found = "\n".join(visitor.problems)
    visitor.problems.clear()
    return found


def test_a_page_is_1280_wide(page: Page, site: str) -> None:
    page.goto(f"{site}/")
    assert page.title() == "Home"
    assert page.inner_text("#w") == "1280"


def test_a_phone_is_390_wide(visitors: Callable[..., Visitor], site: str) -> None:
    page = visitors(size=PHONE, base_url=site).page()
    page.goto("/")
    assert page.evaluate("screen.width") == 390


def test_it_does_without_javascript(visitors: Callable[..., Visitor], site: str) -> None:
    page = visitors(javascript=False).page()
    page.goto(f"{site}/plain")
    assert "No scripts here" in page.inner_text("body")


def test_every_visitor_has_a_colour_scheme(
    every_visitor: Callable[..., Visitor], site: str, request: pytest.FixtureRequest
) -> None:
    page = every_visitor(base_url=site).page()
    page.goto("/colour")
    dark = page.evaluate("matchMedia('(prefers-color-scheme: dark)').matches")
    assert dark == ("dark" in request.node.name)


@pytest.mark.parametrize(
    ("path", "complaint"),
    [
        ("/loud", "console error: ouch"),
        ("/broken", "script error: .*nothing is not defined"),
        ("/away", "request to another host: http://example.org/pixel.png"),
        ("/missing", "status of 404"),
    ],
)
def test_it_hears(visitors: Callable[..., Visitor], site: str, path: str, complaint: str) -> None:
    visitor = visitors()
    visitor.page().goto(f"{site}{path}", wait_until="networkidle")
    found = complaints(visitor)
    assert re.search(complaint, found), found


def test_what_is_expected_passes(visitors: Callable[..., Visitor], site: str) -> None:
    visitor = visitors()
    visitor.expect("status of 404")
    visitor.page().goto(f"{site}/missing", wait_until="networkidle")
    assert visitor.problems == []


def test_it_finds_what_keeps_people_out(page: Page, site: str) -> None:
    page.goto(f"{site}/open")
    assert barriers(page) == []
    page.goto(f"{site}/closed")
    [barrier] = barriers(page)
    assert barrier.startswith("image-alt")
