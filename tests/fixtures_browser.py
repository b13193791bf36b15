"""A real Chromium that reports every complaint and reaches this machine only."""

import os
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Page,
    Request,
    expect,
    sync_playwright,
)

from chromium import PHONE, WIDE, launch
from network_guard import is_ours

# Machines that test are slow at times; what is awaited does come, and no test asks how fast.
PATIENCE = 30_000
expect.set_options(timeout=PATIENCE)

AXE = Path(__file__).parents[1] / "node_modules" / "axe-core" / "axe.min.js"


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """Run one Chromium per worker: Debian's where it is installed, else Playwright's own."""
    with sync_playwright() as playwright:
        chromium = launch(playwright)
        yield chromium
        chromium.close()


@dataclass
class Visitor:
    """Somebody at a browser: their own cookies, their pages, and what went wrong on them.

    A test that means to meet an error page names what the console will say with `expect`.
    """

    context: BrowserContext
    expected: list[re.Pattern[str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)

    def page(self) -> Page:
        """Open one more page."""
        return self.context.new_page()

    def expect(self, pattern: str) -> None:
        """Let problems that match the pattern pass, before they happen."""
        self.expected.append(re.compile(pattern))

    def note(self, problem: str) -> None:
        """Write down what went wrong."""
        if not any(pattern.search(problem) for pattern in self.expected):
            self.problems.append(problem)

    def listen(self) -> None:
        """Hear the console, the scripts' errors and every request of every page."""
        self.context.on("console", self._console)
        self.context.on("weberror", lambda error: self.note(f"script error: {error.error}"))
        self.context.on("request", self._request)

    def _console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            self.note(f"console {message.type}: {message.text}")

    def _request(self, request: Request) -> None:
        address = urlsplit(request.url)
        if address.scheme in {"http", "https", "ws", "wss"} and not is_ours(address.hostname):
            self.note(f"request to another host: {request.url}")


@pytest.fixture
def visitors(browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Make visitors: `visitors(size=PHONE, dark=True, javascript=False, base_url=...)`.

    At the end of the test anything that went wrong on their pages fails it.
    """
    made: list[Visitor] = []
    with ExitStack() as stack:

        def make(
            *,
            size: tuple[int, int] = WIDE,
            dark: bool = False,
            javascript: bool = True,
            base_url: str | None = None,
        ) -> Visitor:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                has_touch=size == PHONE,
                is_mobile=size == PHONE,
                color_scheme="dark" if dark else "light",
                java_script_enabled=javascript,
                base_url=base_url,
                locale="en-GB",
                timezone_id="Europe/London",
                reduced_motion="reduce",
                service_workers="block",
            )
            context.set_default_timeout(PATIENCE)
            stack.callback(context.close)
            visitor = Visitor(context)
            visitor.listen()
            made.append(visitor)
            return visitor

        yield make
    problems = [problem for visitor in made for problem in visitor.problems]
    if problems:
        pytest.fail("The browser complained:\n" + "\n".join(problems))


# Each width and each colour scheme once; `make soak-long` asks for the other two pairs as well.
PAIRS = {
    "1280-light": (WIDE, False),
    "390-dark": (PHONE, True),
    "1280-dark": (WIDE, True),
    "390-light": (PHONE, False),
}


@pytest.fixture(params=list(PAIRS)[: None if os.environ.get("LONG") else 2])
def every_visitor(
    request: pytest.FixtureRequest, visitors: Callable[..., Visitor]
) -> Callable[..., Visitor]:
    """Make visitors as `visitors` does, the test being run for each size and colour scheme."""
    size, dark = PAIRS[request.param]

    def make(**options: object) -> Visitor:
        return visitors(size=size, dark=dark, **options)

    return make


@pytest.fixture
def page(visitors: Callable[..., Visitor]) -> Page:
    """Open one page, 1280 wide, light, with JavaScript."""
    return visitors().page()


def barriers(page: Page) -> list[str]:
    """Return what keeps people out of a page, by axe's rules for WCAG 2.2 A and AA; one line each.

    axe-core comes with `make assets`.
    """
    page.wait_for_load_state()  # a click returns before the style sheets are there
    page.evaluate(AXE.read_text(encoding="utf-8") + "; undefined")
    tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
    found = page.evaluate("tags => axe.run(document, {runOnly: tags})", tags)
    return [
        f"{rule['id']}: {rule['help']} ({node['html'][:200]})"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what drives a browser, so that `-m "not browser"` leaves it out."""
    for item in items:
        if "browser" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.browser)
