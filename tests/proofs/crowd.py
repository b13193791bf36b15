"""Made-up people at their browsers: they read, post, answer and release, as fast as is asked."""

from __future__ import annotations

import contextlib
import datetime as dt
import http.client
import random
import re
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode, urlsplit

from bs4 import BeautifulSoup, Tag
from flask import Flask
from flask.sessions import SecureCookieSessionInterface

from proofs.installation import SECRET, Installation

INCIDENT = re.compile(r"\b[0-9a-f]{8}\b")
FIRST = "/f/{firm}/"
IDLE = 1.0  # seconds after which a connection is not trusted
# What is done, how often among a hundred, by whom, on which page, and the end of which form's
# address is sent ("" only reads).
DEEDS: tuple[tuple[int, str, str, str], ...] = (
    (16, "member", "/f/{firm}/", ""),
    (18, "member", "/f/{firm}/c/{cohort}/board", ""),
    (10, "member", "/f/{firm}/c/{cohort}/mine", ""),
    (10, "member", "/f/{firm}/introductions", ""),
    (6, "member", "/f/{firm}/c/{cohort}/people", ""),
    (6, "member", "/f/{firm}/contacts", ""),
    (8, "coach", "/f/{firm}/c/{cohort}/", ""),
    (4, "coach", "/f/{firm}/c/{cohort}/rounds/", ""),
    (4, "member", "/f/{firm}/c/{cohort}/new/ask", "/new/ask"),
    (3, "member", "/f/{firm}/c/{cohort}/new/lead", "/new/lead"),
    (2, "member", "/f/{firm}/me", "/me"),
    (9, "member", "an introduction", "/yes /kept /thanks"),
    (2, "coach", "/f/{firm}/c/{cohort}/rounds/", "/rounds/"),
    (2, "coach", "a round", "/release"),
)


@dataclass(frozen=True)
class Somebody:
    """Who sits there: in which firm and cohort, as what, and how they are signed in."""

    firm: str
    cohort: str
    role: str
    key: str
    membership_id: str


@dataclass
class Tally:
    """What came of it."""

    answers: Counter[int] = field(default_factory=Counter)
    silent: Counter[str] = field(default_factory=Counter)  # nobody answered, by kind of error
    nameless: list[str] = field(default_factory=list)  # 500 without an incident number
    incidents: Counter[str] = field(default_factory=Counter)
    seconds: list[tuple[str, float]] = field(default_factory=list)  # by deed
    deeds: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock, repr=False)


def people(site: Installation) -> list[Somebody]:
    """Return everybody who can sign in to a running cohort."""
    rows = site.ask(
        "SELECT f.slug, c.slug, m.role, p.fs_uniquifier, m.id FROM firms_membership m"
        " JOIN firms_firm f ON f.id = m.firm_id JOIN accounts_person p ON p.id = m.person_id"
        " JOIN cohorts_enrolment e ON e.membership_id = m.id AND e.firm_id = m.firm_id"
        " JOIN cohorts_cohort c ON c.id = e.cohort_id AND c.firm_id = m.firm_id"
        " WHERE m.state = 'active' AND e.state = 'active' ORDER BY p.email"
    )
    return [Somebody(*map(str, row)) for row in rows]


class Cookies:
    """Signs people in without a password: the secret is ours."""

    def __init__(self) -> None:
        """Prepare to sign."""
        app = Flask("cookies")
        app.secret_key = SECRET
        self._signer = SecureCookieSessionInterface().get_signing_serializer(app)

    def of(self, who: Somebody) -> str:
        """Return the cookie of somebody who has just signed in."""
        session = {"_user_id": who.key, "_fresh": True}
        return f"session={self._signer.dumps(session)}"  # type: ignore[union-attr]


class Browser:
    """One connection to one web server, with somebody's cookie."""

    def __init__(self, base: str, who: Somebody, cookies: Cookies, seconds: float = 30) -> None:
        """Nothing is opened yet."""
        self.where = urlsplit(base)
        self.who, self.cookies = who, cookies
        self.cookie = cookies.of(who)
        self.seconds = seconds
        self.connection: http.client.HTTPConnection | None = None
        self.used = 0.0

    def ask(self, path: str, body: str | None = None) -> tuple[int, str, str]:
        """Return status, text and where it leads; raises OSError or HTTPException."""
        # The server hangs up on who has said nothing for two seconds; a browser would notice.
        if time.monotonic() - self.used > IDLE:
            self.close()
        if self.connection is None:
            self.connection = http.client.HTTPConnection(
                self.where.hostname or "", self.where.port, timeout=self.seconds
            )
        headers = {"Cookie": self.cookie, "Host": "localhost"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
            headers["Referer"] = f"http://localhost{path}"
        try:
            self.connection.request("POST" if body is not None else "GET", path, body, headers)
            answer = self.connection.getresponse()
            text = answer.read().decode(errors="replace")
            self.used = time.monotonic()
        except (OSError, http.client.HTTPException):
            self.close()
            raise
        set_to = answer.getheader("Set-Cookie") or ""
        if set_to.startswith("session="):
            self.cookie = set_to.partition(";")[0]
        if answer.getheader("Connection", "").lower() == "close":
            self.close()
        return answer.status, text, answer.getheader("Location") or ""

    def close(self) -> None:
        """Let go of the connection."""
        if self.connection is not None:
            self.connection.close()
            self.connection = None


def deed(browser: Browser, chance: random.Random, place: str, ends: str) -> tuple[int, str, str]:
    """Read a page, and send one of its forms if so asked; return the last answer."""
    names = {"firm": browser.who.firm, "cohort": browser.who.cohort}
    if place == "an introduction":
        found = browser.ask("/f/{firm}/introductions".format(**names))
        links = re.findall(r'href="(/f/[^"/]+/introductions/[0-9a-f-]{36})"', found[1])
    elif place == "a round":
        found = browser.ask("/f/{firm}/c/{cohort}/rounds/".format(**names))
        links = re.findall(r'href="(/f/[^"]+/rounds/[0-9a-f-]{36})"', found[1])
        links = [f"{one}/release" for one in links]
    else:
        links = [place.format(**names)]
    if not links:
        return found
    path = chance.choice(links)
    answer = browser.ask(path)
    if not ends or answer[0] != 200:
        return answer
    for form in BeautifulSoup(answer[1], "html.parser").find_all("form"):
        action = str(form.get("action") or path)
        if str(form.get("method", "")).lower() == "post" and action.endswith(tuple(ends.split())):
            return browser.ask(action, urlencode(filled(form, chance)))
    return answer


def filled(form: Tag, chance: random.Random) -> list[tuple[str, str]]:
    """Fill in a form as somebody might who wants to get on."""
    given: list[tuple[str, str]] = []
    radios: dict[str, list[str]] = {}
    soon = (dt.datetime.now(dt.UTC) + dt.timedelta(days=9)).date().isoformat()
    words = f"A good word for number {chance.randrange(10**6)}"
    plain = {"text": words, "date": soon, "number": "2", "url": "", "search": "", "email": ""}
    for one in form.find_all(["input", "textarea", "select"]):
        name, kind = str(one.get("name") or ""), str(one.get("type") or "text")
        value = str(one.get("value") or "")
        if not name or one.has_attr("disabled") or kind in {"submit", "button", "file"}:
            continue
        if one.name == "select":
            options = [str(o.get("value") or "") for o in one.find_all("option")]
            given.append((name, chance.choice([o for o in options if o] or [""])))
        elif one.name == "textarea":
            given.append((name, one.get_text().strip() or f"{words}, and thank you."))
        elif kind == "radio":
            radios.setdefault(name, []).append(value)
        elif kind == "checkbox":
            if one.has_attr("checked"):
                given.append((name, value or "y"))
        elif kind == "hidden":
            given.append((name, value))
        else:
            given.append((name, value or plain.get(kind, words)))
    given += [(name, chance.choice(values)) for name, values in radios.items()]
    return given


class Crowd:
    """Threads that do deeds until they are stopped."""

    def __init__(
        self, bases: Sequence[str], there: Sequence[Somebody], *, threads: int, seed: int = 5
    ) -> None:
        """Name the web servers, the people, and how many sit there at once."""
        self.bases, self.threads, self.seed = bases, threads, seed
        self.by_role = {
            role: [one for one in there if one.role == role] for role in ("member", "coach")
        }
        self.tally = Tally()
        self.pause = 0.0  # seconds of each between two deeds
        self._ended = threading.Event()
        self._running: list[threading.Thread] = []

    def start(self) -> None:
        """Begin."""
        self._ended.clear()
        self._running = [
            threading.Thread(target=self._sit, args=(number,), daemon=True)
            for number in range(self.threads)
        ]
        for one in self._running:
            one.start()

    def stop(self) -> None:
        """End, with the deed under way."""
        self._ended.set()
        for one in self._running:
            one.join(60)

    def fresh(self) -> Tally:
        """Put a new tally in place; return the old one."""
        before, self.tally = self.tally, Tally()
        return before

    def _sit(self, number: int) -> None:
        chance = random.Random(f"{self.seed} {number}")  # noqa: S311 - no secret
        cookies = Cookies()
        weights = [one[0] for one in DEEDS]
        kept: dict[tuple[str, str], Browser] = {}
        while not self._ended.is_set():
            _, role, place, ends = chance.choices(DEEDS, weights)[0]
            who = chance.choice(self.by_role[role])
            base = chance.choice(list(self.bases))
            browser = kept.get((base, who.key)) or Browser(base, who, cookies)
            if len(kept) < 2:
                kept[base, who.key] = browser
            self._once(browser, chance, place, ends)
            if browser not in kept.values():
                browser.close()
            self._ended.wait(self.pause * chance.uniform(0.5, 1.5))

    def _once(self, browser: Browser, chance: random.Random, place: str, ends: str) -> None:
        begun = time.monotonic()
        name = f"{place} {ends}".strip()
        tally = self.tally
        try:
            status, text, where = deed(browser, chance, place, ends)
        except (OSError, http.client.HTTPException) as error:
            with tally.lock:
                tally.silent[type(error).__name__] += 1
            return
        if status == 302 and "/account/" in where:
            browser.cookie = browser.cookies.of(browser.who)  # the clock was turned: sign in anew
        with tally.lock:
            tally.answers[status] += 1
            tally.deeds[name] += 1
            tally.seconds.append((name, time.monotonic() - begun))
            if status in {500, 503}:
                found = INCIDENT.findall(text)
                if not found:
                    tally.nameless.append(f"{status} at {name}: {text[:300]}")
                tally.incidents[f"{status} {name}"] += 1


def answers(base: str, who: Somebody, cookies: Cookies) -> bool:
    """Say whether a web server shows somebody their first page."""
    browser = Browser(base, who, cookies, seconds=5)
    with contextlib.closing(browser):
        try:
            return browser.ask(FIRST.format(firm=who.firm))[0] == 200
        except (OSError, http.client.HTTPException):
            return False


Judge = Callable[[], list[str]]
