"""A crawl: from somebody's first page over every link and every GET form, until nothing is new.

No answer, in its body or its headers, may hold another firm's mark.
"""

from __future__ import annotations

import itertools
import sys
from collections import Counter, deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl, urlencode, urljoin, urlsplit

from bs4 import BeautifulSoup, Tag

from coachhub.core.access import permission_of
from coachhub.permissions import Permission
from proofs.firms import MARK, Firms, Inhabited
from walls.test_routes import words_of
from walls.world import Who

BASE = "http://localhost"
# The same page under so many different queries is enough: filters can be combined without end.
VARIANTS = 12
SKIPPED = ("/static/", "/account/logout", "/mailbox/")


@dataclass
class Found:
    """What a crawl has seen."""

    pages: int = 0
    addresses: int = 0
    cut: int = 0  # addresses left out because the page was seen under enough others
    own_marks: int = 0
    foreign: list[str] = field(default_factory=list)
    broken: list[str] = field(default_factory=list)
    statuses: Counter[int] = field(default_factory=Counter)
    asked: set[str] = field(default_factory=set)  # endpoints

    def add(self, other: Found) -> None:
        """Take in what another crawl has seen."""
        self.pages += other.pages
        self.addresses += other.addresses
        self.cut += other.cut
        self.own_marks += other.own_marks
        self.foreign += other.foreign
        self.broken += other.broken
        self.statuses += other.statuses
        self.asked |= other.asked


def roles_of(firms: Firms, firm: Inhabited) -> dict[str, Who | None]:
    """Return who crawls from one firm's side."""
    return {
        "anonymous": None,
        "outsider": firms.outsider,
        "member": firm.own.member,
        "other member": firm.own.other,
        "member of the sibling cohort": firm.sibling.member,
        "coach": firm.own.coach,
        "admin": firm.own.admin,
        "staff": firms.staff,
        "staff looking in": firm.looking_in,
        "suspended": firm.suspended,
        "left": firm.left,
    }


def crawl(
    firms: Firms, firm: Inhabited, role: str, who: Who | None, most: int = sys.maxsize
) -> Found:
    """Crawl as one role of one firm, at most so many pages; see `Found` for what is told."""
    found = Found()
    client = firms.visitor(who)
    waiting = deque(["/", f"/f/{firm.slug}/", f"/f/{firm.slug}/c/{firm.own.cohort.slug}/"])
    if role in {"staff", "admin", "coach", "member"}:
        # A neighbour's address typed by hand.
        other = firms.firms[(firms.firms.index(firm) + 1) % len(firms.firms)]
        waiting.append(f"/f/{other.slug}/")
    seen = set(waiting)
    variants: Counter[str] = Counter()
    while waiting and found.pages < most:
        here = waiting.popleft()
        answer = client.get(here)
        found.pages += 1
        found.statuses[answer.status_code] += 1
        body = words_of(answer.get_data())
        endpoint = _endpoint(firms, here)
        found.asked.add(endpoint)
        if answer.status_code >= 500:
            found.broken.append(f"{role} of {firm.slug}: {here} answers {answer.status_code}")
        _look(firms, firm, role, here, endpoint, body + str(answer.headers), found)
        for there in _ways_on(here, answer, body):
            path = there.partition("?")[0]
            if there in seen or path.startswith(SKIPPED):
                continue
            seen.add(there)
            if "?" in there:
                variants[path] += 1
                if variants[path] > VARIANTS:
                    found.cut += 1
                    continue
            waiting.append(there)
    found.addresses = len(seen)
    return found


def _look(
    firms: Firms, firm: Inhabited, role: str, here: str, endpoint: str, told: str, found: Found
) -> None:
    marks = set(MARK.findall(told))
    found.own_marks += firm.mark in marks
    marks.discard(firm.mark)
    if not marks:
        return
    view = firms.app.view_functions.get(endpoint)
    if role.startswith("staff") and permission_of(view) is Permission.RUN_PLATFORM:
        return  # their own desk looks after every firm
    found.foreign.append(f"{role} of {firm.slug}: {here} shows {', '.join(sorted(marks))}")


def _endpoint(firms: Firms, here: str) -> str:
    try:
        return str(firms.app.url_map.bind("localhost").match(here.partition("?")[0])[0])
    except Exception:  # noqa: BLE001 - an address that leads nowhere, or somewhere else
        return ""


def _ways_on(here: str, answer: Any, body: str) -> Iterator[str]:
    where = answer.headers.get("Location")
    if where:
        yield from _ours(here, where)
    if "html" not in answer.headers.get("Content-Type", ""):
        return
    page = BeautifulSoup(body, "html.parser")
    for name, tag in (("a", "href"), ("link", "href"), ("img", "src"), ("iframe", "src")):
        for one in page.find_all(name):
            yield from _ours(here, str(one.get(tag) or ""))
    for one in page.select("[hx-get]"):
        yield from _ours(here, str(one["hx-get"]))
    for form in page.find_all("form"):
        if str(form.get("method", "get")).lower() == "get":
            for query in _filled(form):
                action = str(form.get("action") or here.partition("?")[0])
                yield from _ours(here, f"{action.partition('?')[0]}?{urlencode(query)}")


def _filled(form: Tag) -> Iterator[list[tuple[str, str]]]:
    """Fill a form in: as it stands, and with each choice of each of its lists."""
    fields: dict[str, list[str]] = {}
    for one in form.find_all(["input", "textarea"]):
        if one.get("name") and one.get("type") not in {"submit", "button", "file"}:
            fields[str(one["name"])] = [str(one.get("value") or "")]
    for one in form.find_all("select"):
        if one.get("name"):
            options = [str(option.get("value") or "") for option in one.find_all("option")]
            fields[str(one["name"])] = options or [""]
    plain = {name: values[0] for name, values in fields.items()}
    yield list(plain.items())
    for name, values in fields.items():
        for value in itertools.islice(values[1:], 6):
            yield list((plain | {name: value}).items())


def _ours(here: str, there: str) -> Iterator[str]:
    parts = urlsplit(urljoin(BASE + here, there))
    if parts.scheme in {"http", "https"} and parts.hostname in {"localhost", "hub.example.org"}:
        query = urlencode(sorted(parse_qsl(parts.query, keep_blank_values=True)))
        yield parts.path + (f"?{query}" if query else "")


def crawl_all(firms: Firms, tell: Any = None, roles: set[str] | None = None) -> Found:
    """Crawl as each role of each firm; `tell` is called with a line for each."""
    whole = Found()
    for firm in firms.firms:
        for role, who in roles_of(firms, firm).items():
            if roles is not None and role not in roles:
                continue
            found = crawl(firms, firm, role, who)
            whole.add(found)
            if tell is not None:
                tell(
                    f"{firm.slug} {role}: {found.pages} pages, own mark on {found.own_marks},"
                    f" foreign {len(found.foreign)}, broken {len(found.broken)}"
                )
    return whole
