"""Every page of every role in a real browser, served by the app in this process.

The browser's requests are answered by the test client, so that a page is what it is in the test's
own database: no server, no port, and nothing else can be reached.
"""

from __future__ import annotations

import mimetypes
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from html import escape
from urllib.parse import parse_qsl, urlsplit

from playwright.sync_api import Browser, Page, Route
from werkzeug.routing import Rule

from coachhub.core.paths import static
from fixtures_browser import PAIRS, barriers
from security.pages import pages
from walls.world import Who, World

HERE = "http://localhost"
OF_A_MAIL = "default-src 'none'; style-src 'unsafe-inline'"
# What overlaps the right edge by so little is a rounding, not something to scroll to.
SLACK = 1
_TOLD = {"error", "warning"}


@dataclass
class Crawl:
    """What one role sees, page by page."""

    world: World
    browser: Browser
    who: Who | None
    foreign: list[str] = field(default_factory=list)
    told: list[str] = field(default_factory=list)

    def pages(self, only: frozenset[str] | None = None) -> dict[str, str]:
        """Return endpoint → path of each page that this role may read.

        A mail that is shown as mail programs show it is no page: `tests/mail` looks at those.
        """
        found: dict[str, str] = {}
        client = self.world.visitor(self.who)
        for rule, path in self._addresses(only):
            answer = client.get(path)
            is_mail = answer.headers.get("Content-Security-Policy", "").startswith(OF_A_MAIL)
            if answer.status_code == 200 and answer.mimetype == "text/html" and not is_mail:
                found.setdefault(rule.endpoint, path)
        return found

    def _addresses(self, only: frozenset[str] | None) -> Iterator[tuple[Rule, str]]:
        for rule, path in pages(self.world):
            if only is None or rule.endpoint in only:
                yield rule, path

    @contextmanager
    def opened(self, pair: str) -> Iterator[Page]:
        """Open a browser of this size and theme, as this role."""
        (width, height), dark = PAIRS[pair]
        context = self.browser.new_context(
            viewport={"width": width, "height": height},
            color_scheme="dark" if dark else "light",
            base_url=HERE,
            locale="en-GB",
            reduced_motion="reduce",
            service_workers="block",
        )
        context.route("**/*", self._answer)
        page = context.new_page()
        page.on("pageerror", lambda error: self.told.append(f"script error: {error}"))
        page.on(
            "console",
            lambda said: self.told.append(said.text) if said.type in _TOLD else None,
        )
        try:
            yield page
        finally:
            context.close()

    def _answer(self, route: Route) -> None:
        where = urlsplit(route.request.url)
        if where.netloc != urlsplit(HERE).netloc:
            self.foreign.append(route.request.url)
            route.abort()
            return
        if where.path.startswith("/static/"):
            file = static() / where.path.split("/", 3)[3]  # behind its mark
            kind = mimetypes.guess_type(file.name)[0] or "application/octet-stream"
            route.fulfill(body=file.read_bytes(), content_type=kind)
            return
        path = where.path + (f"?{where.query}" if where.query else "")
        sent = {
            name: value for name, value in route.request.headers.items() if name.startswith("hx-")
        }
        form = dict(parse_qsl(route.request.post_data or "", keep_blank_values=True))
        answer = self.world.visitor(self.who).open(
            path, method=route.request.method, headers=sent, data=form or None
        )
        if answer.location and route.request.is_navigation_request():
            # Chromium does not follow what a test answers a form with; so a page leads on.
            onward = f'<meta http-equiv="refresh" content="0;url={escape(answer.location)}">'
            route.fulfill(body=onward, content_type="text/html")
            return
        route.fulfill(
            status=answer.status_code,
            headers={name: value for name, value in answer.headers if name != "Set-Cookie"},
            body=answer.get_data(),
        )


def too_wide(page: Page) -> list[str]:
    """Return what makes a page scroll sideways; empty where it does not."""
    return page.evaluate(
        """slack => {
          const wide = document.documentElement.clientWidth;
          if (document.documentElement.scrollWidth <= wide + slack) return [];
          return [...document.querySelectorAll('body *')]
            .filter(one => one.getBoundingClientRect().right > wide + slack)
            .filter(one => {
              // What scrolls by itself keeps its inside to itself.
              for (let up = one.parentElement; up && up !== document.body; up = up.parentElement)
                if (getComputedStyle(up).overflowX !== 'visible') return false;
              return true;
            })
            .slice(0, 5)
            .map(one => `${one.tagName}.${one.className}: ${one.getBoundingClientRect().right}`);
        }""",
        SLACK,
    )


def looked_at(crawl: Crawl, paths: dict[str, str], pairs: list[str]) -> list[str]:
    """Open each page in each size and theme; return what keeps people out or runs off its side."""
    wrong: list[str] = []
    for pair in pairs:
        with crawl.opened(pair) as page:
            for endpoint, path in paths.items():
                crawl.told.clear()
                page.goto(path)
                found = [*barriers(page), *(f"too wide: {one}" for one in too_wide(page))]
                found += [f"said: {one}" for one in crawl.told]
                wrong += [f"{endpoint} {pair}: {one}" for one in found]
    return wrong + [f"asked another host: {url}" for url in crawl.foreign]
