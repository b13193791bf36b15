"""Reading what came in: is it from a machine, who wrote it, and which lines are their own."""

from __future__ import annotations

import email
import email.policy
import re
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage
from html.parser import HTMLParser

LONGEST = 4000  # characters of a reply that anybody reads

_QUOTE_BEGINS = re.compile(
    r"""^\s*(
        (on|am|le|el|il|op|em|w\ dniu|den)\b.{0,200}\b
            (wrote|schrieb|(a|ha)\ [eé]crit|escribi[oó]|ha\ scritto|schreef|escreveu|napisał|skrev)
            \b.{0,80}:?
        | -{2,}\s*(original\ message|ursprüngliche\ nachricht|message\ d.origine
            |mensaje\ original|forwarded\ message|weitergeleitete\ nachricht)\s*-{2,}
        | _{20,}
    )\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_HEADER_LINE = re.compile(
    r"^\*?(from|von|de|da|sent|gesendet|date|datum)\*?\s?:\s.+", re.IGNORECASE
)
_SIGNATURE = re.compile(
    r"^(--\s?|(sent from my|von meinem|get outlook for|envoyé de mon|enviado desde mi)\b.*)$",
    re.IGNORECASE,
)
_AUTOMATIC_PRECEDENCE = frozenset({"bulk", "junk", "list", "auto_reply", "auto-reply"})
_MACHINES = frozenset({"mailer-daemon", "postmaster", "noreply", "no-reply", "donotreply"})


@dataclass(frozen=True)
class Reply:
    """A mail that came in, as far as an answer needs it."""

    sender: str
    message_id: str
    subject: str
    text: str
    automatic: bool


def read(raw: bytes, envelope_sender: str) -> Reply:
    """Read a mail; `text` holds the writer's own lines, without quotes and signature."""
    message = parsed(raw)
    sender = _sender(message)
    return Reply(
        sender=sender,
        message_id=_header(message, "Message-ID"),
        subject=_header(message, "Subject"),
        text=own_lines(_body(message)),
        automatic=_automatic(message, envelope_sender, sender),
    )


def parsed(raw: bytes) -> EmailMessage:
    """Return the mail as an object."""
    message = email.message_from_bytes(raw, policy=email.policy.default)
    assert isinstance(message, EmailMessage)  # noqa: S101 - what that policy makes
    return message


def own_lines(text: str) -> str:
    """Return the lines somebody wrote above, or between, what their mail program quotes."""
    kept: list[str] = []
    lines = text.replace("\r\n", "\n").replace("\xa0", " ").split("\n")
    for number, line in enumerate(lines):
        # The words before a quote are often broken over two lines.
        two = f"{line} {lines[number + 1]}" if number + 1 < len(lines) else line
        if _QUOTE_BEGINS.match(line) or _QUOTE_BEGINS.match(two) or _is_header_block(lines, number):
            break
        if _SIGNATURE.match(line.strip()) and (kept or line.strip().startswith("--")):
            break
        if not line.lstrip().startswith(">"):
            kept.append(line.rstrip())
    return "\n".join(kept).strip()[:LONGEST]


def _is_header_block(lines: list[str], number: int) -> bool:
    """Say whether a quoted mail's headers begin here, as Outlook writes them."""
    return sum(bool(_HEADER_LINE.match(line.strip())) for line in lines[number : number + 2]) > 1


def _automatic(message: EmailMessage, envelope_sender: str, sender: str) -> bool:
    submitted = _header(message, "Auto-Submitted").partition(";")[0].strip().lower()
    names = {name.lower() for name in message}
    return (
        not envelope_sender
        or not sender
        or submitted not in {"", "no"}
        or _header(message, "Precedence").strip().lower() in _AUTOMATIC_PRECEDENCE
        or any(name.startswith("list-") for name in names)
        or bool(names & {"x-auto-response-suppress", "x-autoreply", "x-autorespond", "x-loop"})
        or message.get_content_type() == "multipart/report"
        or sender.partition("@")[0].lower() in _MACHINES
    )


def _sender(message: EmailMessage) -> str:
    """Return the one address that the mail is from; empty if there are none or several."""
    try:
        addresses: tuple[Address, ...] = message["From"].addresses if message["From"] else ()
    except (AttributeError, IndexError, ValueError):  # what hostile headers do to the parser
        return ""
    return addresses[0].addr_spec if len(addresses) == 1 else ""


def _header(message: EmailMessage, name: str) -> str:
    try:
        value = str(message[name] or "")
    except (AttributeError, IndexError, ValueError):  # the same
        return ""
    return " ".join("".join(one for one in value if one.isprintable()).split())


def _body(message: EmailMessage) -> str:
    for kind in ("plain", "html"):
        part = message.get_body((kind,))
        if part is None:
            continue
        try:
            text = str(part.get_content())
        except (KeyError, LookupError, ValueError):  # a character set that nobody knows
            payload = part.get_payload(decode=True)
            text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
        if text.strip():
            return _as_text(text) if kind == "html" else text
    return ""


class _Lines(HTMLParser):
    """The words of a page, a line for each block; what is quoted is left out."""

    _BLOCKS = frozenset({"p", "div", "br", "li", "tr", "h1", "h2", "h3"})

    def __init__(self) -> None:
        super().__init__()
        self.words: list[str] = []
        self._hidden = 0

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        quoted = tag == "blockquote" or "gmail_quote" in (dict(attrs).get("class") or "")
        if self._hidden and tag not in {"br", "img", "meta", "link", "hr", "input"}:
            self._hidden += 1
        elif quoted or tag in {"style", "script", "head"}:
            self._hidden = 1
        if tag in self._BLOCKS:
            self.words.append("\n")

    def handle_endtag(self, tag: str) -> None:
        if self._hidden and tag not in {"br", "img", "meta", "link", "hr", "input"}:
            self._hidden -= 1
        if tag in self._BLOCKS:
            self.words.append("\n")

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(" ".join(data.split()) + " " if data.strip() else "")


def _as_text(html: str) -> str:
    lines = _Lines()
    lines.feed(html)
    lines.close()
    return "".join(lines.words)
