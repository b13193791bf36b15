"""One call to a webhook: to the service's own host, on a public address, and not for long."""

from __future__ import annotations

import json
import math
from dataclasses import dataclass
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import urlsplit

from flask import current_app

from coachhub.core import outward
from coachhub.core.db import now
from coachhub.core.words import gettext_noop
from coachhub_chat_notify.addresses import AddressError, called, service_of

_LONGEST_WAIT = 6 * 3600
# Only the code that makes an app can name hosts of its own here, as host:port → service: tests do.
ALSO = "CHAT_NOTIFY_ALSO"


@dataclass(frozen=True)
class Answer:
    """What became of a call.

    Attributes:
        state: ``ok``; ``later`` if it may work at another time; ``refused`` if this message cannot
            be taken; ``gone`` if nothing sent there will ever be.
        problem: what is wrong and how to mend it, for the coach.
        wait: seconds that the service asks to wait.
    """

    state: str
    problem: str = ""
    wait: float = 0.0


def post(service: str, address: str, content: dict[str, Any]) -> Answer:
    """Post JSON to a webhook, once; never raises for what the other side does."""
    try:
        host, port, is_own = _whereto(address)
    except AddressError as error:
        return Answer("gone", str(error))
    parts = urlsplit(called(address, service))
    target = parts.path + (f"?{parts.query}" if parts.query else "")
    headers = {"Content-Type": "application/json", "User-Agent": "CoachHub"}
    place = outward.Place(host, port, target, ours=is_own)
    try:
        answer = outward.post(place, json.dumps(content).encode(), headers)
    except outward.OutwardError as error:
        return Answer("later", str(error))
    return _judged(service, answer)


def _whereto(address: str) -> tuple[str, int, bool]:
    """Return host and port of an address, and whether it is one that the app's maker named."""
    also: dict[str, str] = current_app.config.get(ALSO, {})
    netloc = address.partition("://")[2].partition("/")[0]
    if netloc in also:
        host, _colon, port = netloc.partition(":")
        return host, int(port), True
    service_of(address)
    return urlsplit(address).hostname or "", 443, False


def _judged(service: str, answer: outward.Answered) -> Answer:
    status = answer.status
    if service == "teams" and status == HTTPStatus.OK and "HTTP error 429" in answer.text:
        # It says 200 to what it did not take.
        return Answer("later", _WAIT, 60.0)
    if status == HTTPStatus.TOO_MANY_REQUESTS:
        return Answer("later", _WAIT, _wait(answer.retry_after))
    if status in _LASTING:
        return Answer("gone", _LASTING[status])
    found = {
        2: Answer("ok"),
        3: Answer(
            "gone", gettext_noop("The address leads elsewhere now. Copy it anew from the channel.")
        ),
        5: Answer("later", f"The service has trouble of its own (it answered {status})."),
    }
    refused = Answer("refused", f"The service did not take the message (it answered {status}).")
    return found.get(status // 100, refused)


_WAIT = gettext_noop("The service asks to wait.")
_GONE = gettext_noop(
    "The service knows this address no more: the webhook was deleted, or its channel archived."
    " Make a new one in the channel and enter its address here."
)
_REFUSED = gettext_noop(
    "The service does not let us post there any more. Ask whoever looks after it to allow the"
    " webhook, or make a new one."
)


_LASTING = {401: _REFUSED, 403: _REFUSED, 404: _GONE, 410: _GONE}


def _wait(given: str | None) -> float:
    """Return the seconds of a Retry-After header, a number or a date; a minute without one."""
    text = (given or "").strip()
    try:
        seconds = float(text)
    except ValueError:
        try:
            seconds = (parsedate_to_datetime(text) - now()).total_seconds()
        except (ValueError, TypeError):
            seconds = 60.0
    return min(max(seconds, 1.0), _LONGEST_WAIT) if math.isfinite(seconds) else 60.0
