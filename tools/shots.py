"""Pictures of every page: each role walks from link to link; into shots/.

Starts CoachHub from a folder of its own with the demo firm, visits one address of every kind as
nobody, member, coach and admin, wide and narrow, light and dark.
"""

import itertools
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urljoin, urlsplit

from flask import Flask
from playwright.sync_api import Browser, BrowserContext, sync_playwright
from sqlalchemy import select
from werkzeug.exceptions import HTTPException

from chromium import PHONE, WIDE, launch
from coachhub.accounts.models import Person
from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.serving import trial

SHOTS = Path(__file__).resolve().parents[1] / "shots"
MOST_PAGES = 80
NOBODY = ("/", "/account/login", "/mailbox/")


def main() -> None:
    """Take the pictures."""
    shutil.rmtree(SHOTS, ignore_errors=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as environment:
        app = create_app(Config.from_env(environment))
        with sync_playwright() as playwright:
            browser = launch(playwright)
            for role, cookie, start in visitors(app):
                paths = list(walk(app, browser, environment["BASE_URL"], cookie, start))
                for size, dark in itertools.product((WIDE, PHONE), (False, True)):
                    context = visit(browser, environment["BASE_URL"], cookie, size, dark=dark)
                    for endpoint, path in paths:
                        kind = f"{size[0]}-{'dark' if dark else 'light'}"
                        take(context, path, SHOTS / role / f"{endpoint}-{kind}.png")
                    context.close()
                sys.stdout.write(f"{role}: {len(paths)} pages\n")
            browser.close()


@contextmanager
def running(folder: Path) -> Iterator[Mapping[str, str]]:
    """Run CoachHub with its demo data; give its settings."""
    home = trial.Home(folder)
    kept = {"COACHHUB_HOME": str(folder), "COACHHUB_TIED": "1", **home.keys(), **home.database()}
    process = subprocess.Popen(
        [sys.executable, "-m", "coachhub", "run"],
        env={**os.environ, **kept},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    with process:
        if process.stdout is None or process.stdin is None:
            raise RuntimeError("CoachHub has no output.")
        base = ""
        for line in process.stdout:
            if "CoachHub is at" in line:
                base = line.split()[3].rstrip("/")
            if "Sign in with" in line or "could not be made" in line:
                break
        yield trial.completed(home, kept | {"BASE_URL": base, "MAILBOX": str(home.mailbox)}, 0)
        process.stdin.close()
    home.cluster.stop()


def visitors(app: Flask) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (role, session cookie, first pages) for nobody and one person of each role."""
    yield "nobody", "", NOBODY
    serializer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
    with app.app_context():
        for firm in db.session.scalars(select(Firm).order_by(Firm.created_at).limit(1)):
            with scope(firm.id):
                found = db.session.execute(
                    select(Membership.role, Membership.person_id).order_by(Membership.created_at)
                ).all()
            for role, person_id in dict(reversed(found)).items():
                person = db.session.get_one(Person, person_id)
                session = {"_user_id": person.fs_uniquifier, "_fresh": True, "fs_cc": "set"}
                session["fs_paa"] = 4102444800.0
                yield role, serializer.dumps(session), (f"/f/{firm.slug}/",)


def visit(
    browser: Browser, base: str, cookie: str, size: tuple[int, int] = WIDE, *, dark: bool = False
) -> BrowserContext:
    """Open a browser as this person."""
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]},
        color_scheme="dark" if dark else "light",
        base_url=base,
        locale="en-GB",
        reduced_motion="reduce",
    )
    if cookie:
        context.add_cookies([{"name": "session", "value": cookie, "url": base}])
    return context


def walk(
    app: Flask, browser: Browser, base: str, cookie: str, start: tuple[str, ...]
) -> Iterator[tuple[str, str]]:
    """Yield (endpoint, path) of one page of every kind that links lead to."""
    context = visit(browser, base, cookie)
    page = context.new_page()
    adapter = app.url_map.bind("127.0.0.1")
    waiting, seen = list(start), set[str]()
    while waiting and len(seen) < MOST_PAGES:
        path = waiting.pop(0)
        try:
            endpoint, _ = adapter.match(path, method="GET")
        except HTTPException:
            continue
        if endpoint in seen or endpoint in {"static", "security.logout"}:
            continue
        seen.add(endpoint)
        answer = page.goto(path)
        if answer is None or not answer.ok or "html" not in answer.headers.get("content-type", ""):
            continue
        yield endpoint, path
        for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
            target = urlsplit(urljoin(page.url, link))
            if target.netloc == urlsplit(base).netloc:
                waiting.append(target.path)
    context.close()


def take(context: BrowserContext, path: str, file: Path) -> None:
    """Take a picture of a whole page."""
    file.parent.mkdir(parents=True, exist_ok=True)
    page = context.new_page()
    page.goto(path)
    page.screenshot(path=file, full_page=True)
    page.close()


if __name__ == "__main__":
    main()
