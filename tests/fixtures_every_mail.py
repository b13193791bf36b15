"""What holds for every mail there is: looked at whenever any test writes one."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator
from email.message import EmailMessage
from functools import cache
from html.parser import HTMLParser
from typing import Any
from urllib.parse import unquote, urlsplit

import pytest

from coachhub.core.words import LANGUAGES, gettext, in_language
from coachhub.mail import outbox

COLUMNS, HTML_BYTES = 78, 80_000
HEADERS = ("Date", "From", "To", "Subject", "Message-ID", "List-Id", "Auto-Submitted")
_URL = re.compile(r"https?://[^\s<>\"')]+")
_REMOTE = re.compile(r"<(img|script|link|iframe|object|video|audio|svg|form|input|meta http)|url\(")
# What only one of the twins has: an address written out, the marks of plain text.
_ONLY_HERE = re.compile(r"(Or open this address|Or open it here):?\s*$", re.MULTILINE)


class _Seen(HTMLParser):
    """The words and links of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self.links: list[str] = []
        self.hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag == "a":
            self.links.append(given.get("href") or "")
        if tag in {"style", "title"} or "preheader" in (given.get("class") or ""):
            self.hidden += 1

    def handle_endtag(self, tag: str) -> None:
        if tag in {"style", "title"} or (tag == "div" and self.hidden):
            self.hidden = max(0, self.hidden - 1)

    def handle_data(self, data: str) -> None:
        if not self.hidden:
            self.words.append(data)


def problems(raw: bytes, private: tuple[str, ...] = ()) -> list[str]:
    """Say what is wrong with a mail; `private` must not stand in any of its links."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    text = str(message.get_body(("plain",)).get_content()).replace("\r\n", "\n")
    part = message.get_body(("html",))
    html = str(part.get_content()) if part else ""
    seen = _Seen()
    seen.feed(html)
    found = [*_headers(message), *_layout(text, html)]
    found += _links([*_URL.findall(text), *seen.links, *_leave(message)], private)
    if html:
        found += _twins(text, " ".join(seen.words))
        if not set(seen.links) <= set(_URL.findall(text)):
            found.append(f"links only in HTML: {set(seen.links) - set(_URL.findall(text))}")
    return found


def _headers(message: EmailMessage) -> Iterator[str]:
    for name in HEADERS:
        if len(message.get_all(name, [])) != 1:
            yield f"{len(message.get_all(name, []))} × {name}"
    if message["X-Auto-Response-Suppress"] != "All":
        yield "no X-Auto-Response-Suppress"
    if message["Auto-Submitted"] not in {"auto-generated", "auto-replied"}:
        yield f"Auto-Submitted: {message['Auto-Submitted']}"
    [sender] = message["From"].addresses
    if sender.domain != str(message["Message-ID"]).rpartition("@")[2].strip(">"):
        yield "Message-ID and From are of different domains"
    if not str(message["List-Id"]).endswith(f".{sender.domain}>"):
        yield f"List-Id: {message['List-Id']}"
    leave = str(message["List-Unsubscribe"] or "")
    if leave and not re.fullmatch(r"<https?://\S+>, <mailto:\S+@\S+>", leave):
        yield f"List-Unsubscribe: {leave}"
    if bool(leave) != (message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"):
        yield "no one-click way to leave"


def _leave(message: EmailMessage) -> list[str]:
    return _URL.findall(str(message["List-Unsubscribe"] or "").replace(">", " "))


def _layout(text: str, html: str) -> Iterator[str]:
    for line in text.splitlines():
        if len(line) > COLUMNS and len(line.strip().split()) > 1:
            yield f"a line of {len(line)} columns: {line}"
    if len(html.encode()) > HTML_BYTES:
        yield f"{len(html.encode())} bytes of HTML"
    if remote := _REMOTE.search(html):
        yield f"not allowed in a mail: {remote[0]}"
    if html and ("style=" not in html or "prefers-color-scheme: dark" not in html):
        yield "styles are not inlined, or no dark ones"


def _links(links: list[str], private: tuple[str, ...]) -> Iterator[str]:
    for link in links:
        if link.startswith("mailto:"):
            continue
        parts = urlsplit(link)
        inside = unquote(f"{parts.path}?{parts.query}#{parts.fragment}").lower()
        if parts.scheme not in {"http", "https"}:
            yield f"a link to {link}"
        if "@" in inside or "utm_" in inside:
            yield f"an address or a tracker in {link}"
        # One or two letters stand in any link.
        named = [one for one in private if len(one) > 2 and one.lower() in inside]
        yield from (f"“{one}” in {link}" for one in named)


def _twins(text: str, html: str) -> Iterator[str]:
    here, there = (_words(one) for one in (text, html))
    if here != there:
        yield f"only in text {sorted(here - there)}, only in HTML {sorted(there - here)}"


def _words(text: str) -> set[str]:
    plain = _URL.sub(" ", text)
    for only in _only_in_html():
        plain = plain.replace(only, " ")
    return set(re.findall(r"\w+", plain.lower()))


@cache
def _only_in_html() -> frozenset[str]:
    """Return what stands in the HTML alone, or beside a link there, in every language."""
    found: set[str] = set()
    for language in LANGUAGES:
        with in_language(language):
            for text in (
                "Or open this address:",
                "Choose what you get, and when",
                "Stop these mails",
            ):
                found.add(gettext(text))
    return frozenset(found)


@pytest.fixture(autouse=True)
def every_mail_is_well(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Look at each mail that the test writes, and fail it for what is wrong with one."""
    wrong: list[str] = []
    real_built, real_composed = outbox.built, outbox.composed
    letters: list[Any] = []

    def built(*args: Any) -> bytes:
        raw = real_built(*args)
        private: tuple[str, ...] = ()
        if letters:
            one = letters[-1]
            private = (one.to_address, one.to_address.partition("@")[0], str(one.membership_id))
        wrong.extend(problems(raw, private))
        return raw

    def composed(letter: Any) -> Any:
        letters.append(letter)
        try:
            return real_composed(letter)
        finally:
            letters.pop()

    monkeypatch.setattr(outbox, "built", built)
    monkeypatch.setattr(outbox, "composed", composed)
    yield wrong
    assert wrong == []
