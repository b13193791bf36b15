"""Nothing happens by opening what a mail leads to: no scanner, prefetcher or preview answers.

Every link of every kind of mail is opened by a Chromium that runs scripts and asks for whatever
those pages lead to, and by a thousand bare GET and HEAD requests; then every row of every table is
as it was. Two things may be written when somebody who is signed in reads a page of theirs, and only
then: that they were here (`firms_membership.seen_at`), and that a name or an address was shown to
them (the audit entry ``contact.shown``). Counts of the rate limits are kept outside the database.
"""

from __future__ import annotations

import itertools
import random
import re
from collections.abc import Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from flask import Flask
from flask.testing import FlaskClient
from playwright.sync_api import Request, Route
from sqlalchemy import text

from coachhub.core.db import Base
from coachhub.core.tenancy import scope
from coachhub.mail.replies import parsed
from fixtures_circle import Circle
from fixtures_one_of_each import One, kinds

_URL = re.compile(r"https?://[^\s<>\"')]+")
REQUESTS = 1000
READING = {"firms_membership", "audit_entry"}
WITHOUT_LINKS = {
    "answer",
    "case-held",
    "case-reporter",
    "introduced-contact",
    "shortlist",
    "stray",
    "test",
}
# What link scanners and eager browsers do with a page: ask for all it names, and touch what is
# on it. Buttons of forms that change something are what they leave alone.
PRY = """async () => {
  const links = [...document.querySelectorAll("a[href], link[href], form[method=get]")]
    .map(one => one.href || one.action)
    .filter(url => url.startsWith(location.origin) && !url.includes("/static/"));
  for (const one of document.querySelectorAll("a, button, input, details, summary"))
    for (const event of ["pointerover", "mouseover", "mouseenter", "focus", "touchstart"])
      one.dispatchEvent(new Event(event, {bubbles: true}));
  for (const rel of ["prefetch", "prerender"])
    for (const href of links)
      document.head.append(Object.assign(document.createElement("link"), {rel, href}));
  const answers = await Promise.all(links.flatMap(url => ["GET", "HEAD"].map(
    method => fetch(url, {method, credentials: "include"}).then(a => a.status, () => 0))));
  return answers.length;
}"""


def links_of(mails: list[One]) -> dict[str, set[str]]:
    """Return the path of each link, those in the headers too, with the kinds of mail it is in."""
    found: dict[str, set[str]] = {}
    for mail in mails:
        message = parsed(mail.raw)
        part = message.get_body(("plain",))
        assert part is not None
        for url in _URL.findall(f"{part.get_content()} {message['List-Unsubscribe'] or ''}"):
            if urlsplit(url).netloc == "hub.example.org":
                found.setdefault(url.removeprefix("http://hub.example.org"), set()).add(mail.kind)
    return found


def rows(here: Circle) -> dict[str, frozenset[str]]:
    """Return every row there is that the firm or the platform has, table by table."""
    with here.scope():
        return {
            table.name: frozenset(
                here.session.scalars(text(f"SELECT one::text FROM {table.name} one"))  # noqa: S608 - our own names
            )
            for table in Base.metadata.sorted_tables
        }


@pytest.fixture
def links(one_of_each: list[One]) -> dict[str, set[str]]:
    found = links_of(one_of_each)
    assert {mail.kind for mail in one_of_each} == kinds()
    assert len(found) >= 20
    assert kinds() - set().union(*found.values()) == WITHOUT_LINKS
    return found


def test_a_browser_that_pries_changes_nothing(
    app: Flask, circle: Circle, links: dict[str, set[str]], visitors: Callable[..., Any]
) -> None:
    client, asked = app.test_client(), []
    files: dict[str, Any] = {}  # style sheets and scripts are read once

    def serve(route: Route, request: Request) -> None:
        asked.append(request.url)
        path = urlsplit(request.url).path
        if path not in files:
            with client.open(
                urlsplit(request.url)._replace(scheme="", netloc="").geturl(),
                method=request.method,
                headers=[one for one in request.headers.items() if one[0] != "host"],
                base_url="http://hub.example.org",
                follow_redirects=True,  # a browser does not ask us again for where these lead
            ) as answer:
                given = {
                    "status": answer.status_code,
                    "headers": {k: v for k, v in answer.headers if k != "Content-Length"},
                    "body": answer.get_data(),
                }
            if "/static/" not in path:
                route.fulfill(**given)
                return
            files[path] = given
        route.fulfill(**files[path])

    visitor = visitors(base_url="http://hub.example.org")
    visitor.expect(r"request to another host: http://hub\.example\.org/")
    visitor.expect(r"status of 40[145]|Cross-Origin-Opener-Policy")
    visitor.context.route("**/*", serve)
    before = rows(circle)
    page = visitor.page()
    pried = 0
    for path in links:
        page.goto(path)
        pried += page.evaluate(PRY)
    page.close()
    assert pried > 2 * len(links)
    assert len(asked) > pried
    assert rows(circle) == before


def test_a_thousand_requests_change_nothing(
    app: Flask, circle: Circle, links: dict[str, set[str]], sign_in: Callable[..., None]
) -> None:
    clients: dict[str, FlaskClient] = {"": app.test_client()}
    with scope(circle.firm.id):
        for who in ("giver", "receiver", "coach"):
            clients[who] = app.test_client()
            sign_in(clients[who], getattr(circle, who))
    before, statuses = rows(circle), set()
    chance = random.Random(9)  # noqa: S311 - no secret
    order = [*itertools.islice(itertools.cycle(links), REQUESTS)]
    chance.shuffle(order)
    for number, path in enumerate(order):
        client = clients[chance.choice([*clients])] if number % 2 else clients[""]
        method = "HEAD" if number % 3 == 0 else "GET"
        answer = client.open(path, method=method, base_url="http://hub.example.org")
        statuses.add(answer.status_code)
    after = rows(circle)
    changed = {name for name in before if before[name] != after[name]}
    assert changed <= READING
    new = after["audit_entry"] - before["audit_entry"]
    assert all("contact.shown" in one for one in new)
    assert statuses <= {200, 302, 303, 403, 404, 405}
    assert 200 in statuses
