"""One message in the words of each service, with what somebody typed never taken as commands.

Slack: Block Kit with a text for notifications. Teams: an Adaptive Card, as its Workflows take.
Discord: an embed, with mentions switched off.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

_LONGEST_TITLE = 150  # Slack's header, the shortest of the three
_LONGEST_LINE = 300
_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!|>~])")


@dataclass(frozen=True)
class Message:
    """What is posted: a title, short lines, and one page to open."""

    title: str
    lines: tuple[str, ...]
    url: str
    action: str = "Open"


def payload(service: str, message: Message) -> dict[str, Any]:
    """Return a message as the JSON that a service takes."""
    cut = Message(
        _short(message.title, _LONGEST_TITLE),
        tuple(_short(line, _LONGEST_LINE) for line in message.lines),
        message.url,
        message.action,
    )
    return {"slack": _slack, "teams": _teams, "discord": _discord}[service](cut)


def _slack(message: Message) -> dict[str, Any]:
    text = "\n".join(_for_slack(line) for line in message.lines)
    section = f"{text}\n" if text else ""
    link = f"<{message.url}|{_for_slack(message.action)}>"
    return {
        "text": _for_slack(message.title),
        "blocks": [
            {"type": "header", "text": {"type": "plain_text", "text": message.title}},
            {"type": "section", "text": {"type": "mrkdwn", "text": f"{section}{link}"}},
        ],
        "unfurl_links": False,
        "unfurl_media": False,
    }


def _teams(message: Message) -> dict[str, Any]:
    title = {"type": "TextBlock", "size": "Medium", "weight": "Bolder", "wrap": True}
    body: list[dict[str, Any]] = [{**title, "text": _for_markdown(message.title)}]
    body += [
        {"type": "TextBlock", "wrap": True, "text": _for_markdown(line)} for line in message.lines
    ]
    card = {
        "$schema": "http://adaptivecards.io/schemas/adaptive-card.json",
        "type": "AdaptiveCard",
        "version": "1.4",
        "body": body,
        "actions": [{"type": "Action.OpenUrl", "title": message.action, "url": message.url}],
    }
    attachment = {
        "contentType": "application/vnd.microsoft.card.adaptive",
        "contentUrl": None,
        "content": card,
    }
    return {"type": "message", "attachments": [attachment]}


def _discord(message: Message) -> dict[str, Any]:
    lines = "\n".join(_for_markdown(line) for line in message.lines)
    embed = {
        "title": message.title,
        "url": message.url,
        "description": f"{lines}\n[{message.action}]({message.url})".strip(),
    }
    return {"embeds": [embed], "allowed_mentions": {"parse": []}}


def _short(text: str, most: int) -> str:
    line = " ".join(text.split())
    return line if len(line) <= most else f"{line[: most - 1]}…"


def _for_slack(text: str) -> str:
    """Escape Slack's three control characters, and what it would make bold or a mention."""
    for plain, written in (("&", "&amp;"), ("<", "&lt;"), (">", "&gt;")):
        text = text.replace(plain, written)
    # A zero-width space keeps the sign and takes its meaning.
    return re.sub(r"([*_~`@#])", "\\1\u200b", text)


def _for_markdown(text: str) -> str:
    return _MARKDOWN.sub(r"\\\1", text).replace("@", "@\u200b").replace("<", "‹")
