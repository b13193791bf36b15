"""Pictures of every page: each role walks from link to link; into shots/, with a page of all.

Starts CoachHub from a folder of its own with the demo firm. One address of every kind is visited by
whoever may: nobody (with the links that are in mails), a member, a coach, an admin, staff, and the
first coach of a firm that is still empty. Each is taken wide and narrow, light and dark.

Run by `make shots`, or `python tools/shots.py [--roles coach,staff] [--sizes 390] [--themes dark]
[--only REGEX] [--out FOLDER]` for some of them.
"""

import argparse
import email
import email.policy
import itertools
import os
import re
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
from coachhub.accounts.operations import add_person
from coachhub.app import create_app
from coachhub.cohorts.operations import CohortDraft, create_cohort, enrol
from coachhub.commands.firms import DESK
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.operations import add_member, create_firm
from coachhub.firms.plugins import enable_plugin
from coachhub.serving import trial
from picture_page import write_page

SHOTS = Path(__file__).resolve().parents[1] / "shots"
NOBODY = ("/", "/account/login", "/account/reset", "/mailbox/")
SIZES = {"1280": WIDE, "390": PHONE}
THEMES = ("light", "dark")
# Nobody's pages, or none at all.
LEFT_OUT = frozenset({"static", "security.logout"})


def main() -> None:
    """Take the pictures."""
    asked = _asked()
    shutil.rmtree(asked.out, ignore_errors=True)
    ways = list(itertools.product(asked.sizes.split(","), asked.themes.split(",")))
    taken: dict[tuple[str, str], list[str]] = {}
    wide: list[str] = []
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as environment:
        app = create_app(Config.from_env(environment))
        base = environment["BASE_URL"]
        mailbox = Path(environment["MAILBOX"])
        with sync_playwright() as playwright:
            browser = launch(playwright)
            for role, cookie, start in visitors(app, mailbox):
                if asked.roles and role not in asked.roles.split(","):
                    continue
                paths = {
                    endpoint: path
                    for endpoint, path in walk(app, browser, base, cookie, start)
                    if re.search(asked.only, endpoint)
                }
                for size, theme in ways:
                    context = visit(browser, base, cookie, SIZES[size], dark=theme == "dark")
                    for endpoint, path in paths.items():
                        name = f"{role}/{endpoint}-{size}-{theme}.png"
                        if not take(context, path, asked.out / name):
                            wide.append(f"{role} {path} at {size}")
                        taken.setdefault((endpoint, path), []).append(name)
                    context.close()
                say(f"{role}: {len(paths)} pages")
            browser.close()
    write_page(asked.out, taken)
    for one in sorted(set(wide)):
        say(f"scrolls sideways: {one}")
    say(f"{len(taken)} pages; open {asked.out / 'index.html'}")


def _asked() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--roles", default="")
    parser.add_argument("--sizes", default=",".join(SIZES))
    parser.add_argument("--themes", default=",".join(THEMES))
    parser.add_argument("--only", default="")
    parser.add_argument("--out", type=Path, default=SHOTS)
    return parser.parse_args()


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


def visitors(app: Flask, mailbox: Path) -> Iterator[tuple[str, str, tuple[str, ...]]]:
    """Yield (role, session cookie, first pages) for nobody and one person of each role."""
    yield "nobody", "", (*NOBODY, *in_mails(mailbox))
    found: list[tuple[str, Person, str]] = []
    with app.app_context():
        [demo] = db.session.scalars(select(Firm).order_by(Firm.created_at).limit(1))
        with scope(demo.id):
            rows = db.session.execute(
                select(Membership.role, Membership.person_id).order_by(Membership.created_at)
            ).all()
        for role, person_id in dict(reversed(rows)).items():
            found.append((role, db.session.get_one(Person, person_id), f"/f/{demo.slug}/"))
        desk = db.session.scalars(select(Person).where(Person.is_staff).limit(1))
        found += [("staff", one, "/staff/") for one in desk]
        found.append(("first-coach", first_coach(), "/f/new-leaf/"))
        signer = app.session_interface.get_signing_serializer(app)  # type: ignore[attr-defined]
        signed = []
        for role, person, start in found:
            session = {"_user_id": person.fs_uniquifier, "_fresh": True, "fs_cc": "set"}
            session |= {"fs_paa": 4102444800.0, "strong": True}
            signed.append((role, signer.dumps(session), (start,)))
    yield from signed


def first_coach() -> Person:
    """Make a firm with an empty cohort, and its first coach."""
    firm = create_firm(DESK, "New Leaf", "new-leaf")
    with scope(firm.id):
        for plugin in registry().plugins.values():
            enable_plugin(DESK, plugin)
        person = add_person("coach@new-leaf.example.org", "Nora New", None)
        coach = add_member(DESK, person, "coach")
        enrol(DESK, create_cohort(DESK, CohortDraft("First light")), coach, "coach")
        db.session.commit()
    return person


def in_mails(mailbox: Path) -> list[str]:
    """Return the addresses in all mails: what outside contacts and people invited open."""
    found: list[str] = []
    for file in sorted(mailbox.glob("*.eml")):
        mail = email.message_from_bytes(file.read_bytes(), policy=email.policy.default)
        body = mail.get_body(("plain",))
        if body is not None:
            links = re.findall(r"https?://[^\s>)]+", body.get_content())
            found += [urlsplit(link).path for link in links]
    return list(dict.fromkeys(found))


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
    waiting, seen = list(start), set(LEFT_OUT)
    while waiting:
        path = waiting.pop(0)
        try:
            endpoint, _ = adapter.match(path, method="GET")
        except HTTPException:
            continue
        if endpoint in seen:
            continue
        answer = page.request.get(path)
        if not answer.ok or "html" not in answer.headers.get("content-type", ""):
            continue
        seen.add(endpoint)
        page.goto(path)
        yield endpoint, path
        for link in page.eval_on_selector_all("a[href]", "all => all.map(a => a.href)"):
            target = urlsplit(urljoin(page.url, link))
            if target.netloc == urlsplit(base).netloc:
                waiting.append(target.path)
    context.close()


def take(context: BrowserContext, path: str, file: Path) -> bool:
    """Take a picture of a whole page; say whether it keeps to its width."""
    file.parent.mkdir(parents=True, exist_ok=True)
    page = context.new_page()
    page.goto(path)
    page.screenshot(path=file, full_page=True)
    kept: bool = page.evaluate(
        "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
    )
    page.close()
    return kept


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
