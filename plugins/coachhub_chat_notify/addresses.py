"""Webhook addresses of the three services: told apart by host and path, nothing else is called.

An address is checked when it is entered and again before each call. Only https on the usual port,
only the services' own hosts, no user name in it; a host whose address is inside a network of ours
is refused by `sending`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

from coachhub.core.words import gettext, gettext_noop

LONGEST = 1000


@dataclass(frozen=True)
class Service:
    """A service: what people call it, and how its addresses look."""

    key: str
    label: str
    hosts: re.Pattern[str]
    path: re.Pattern[str]
    where: str


SERVICES: tuple[Service, ...] = (
    Service(
        "slack",
        "Slack",
        re.compile(r"hooks\.slack(-gov)?\.com"),
        re.compile(r"/services/[A-Z0-9]+/[A-Z0-9]+/[A-Za-z0-9]+"),
        gettext_noop(
            "In Slack: Apps, Incoming Webhooks, Add to Slack, choose the channel, copy the address."
        ),
    ),
    Service(
        "teams",
        "Microsoft Teams",
        re.compile(
            r"[a-z0-9-]+\.webhook\.office\.com"
            r"|[a-z0-9-]+(\.[a-z0-9-]+)?\.logic\.azure\.com"
            r"|[a-z0-9.-]+\.environment\.api\.powerplatform\.com"
        ),
        re.compile(
            r"/webhookb2/[\w@./-]+|/workflows/\w+/triggers/[\w/]+"
            r"|/powerautomate/automations/direct/workflows/\w+/triggers/[\w/]+"
        ),
        gettext_noop(
            "In Teams: the channel's menu, Workflows, “Post to a channel when a webhook request is"
            " received”, copy the address."
        ),
    ),
    Service(
        "discord",
        "Discord",
        re.compile(r"((ptb|canary)\.)?discord(app)?\.com"),
        re.compile(r"/api/(v\d+/)?webhooks/\d+/[\w-]+"),
        gettext_noop(
            "In Discord: the channel's settings, Integrations, Webhooks, copy the address."
        ),
    ),
)
BY_KEY = {service.key: service for service in SERVICES}


class AddressError(ValueError):
    """This is no webhook address of the three services; the message says what to look at."""


def service_of(address: str) -> Service:
    """Return the service whose webhook an address is; raises AddressError for any other."""
    if len(address) > LONGEST or not address.isprintable() or " " in address:
        raise AddressError(gettext("This is no address. Copy it again, whole, and nothing else."))
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise AddressError(gettext("This is no address. Copy it again, whole.")) from error
    if parts.scheme != "https":
        raise AddressError(gettext("The address must begin with https://."))
    host = parts.hostname or ""
    if parts.username is not None or parts.password is not None or port not in {None, 443}:
        raise AddressError(gettext("This does not look like an address that the service gave out."))
    found = next((one for one in SERVICES if one.hosts.fullmatch(host)), None)
    if found is None:
        raise AddressError(
            gettext(
                "We post to Slack, Microsoft Teams and Discord only, and this is none of their"
                " addresses."
            )
        )
    if not found.path.fullmatch(parts.path) or ".." in parts.path:
        raise AddressError(
            gettext(
                "This is %(label)s, but no webhook of it. %(where)s",
                label=found.label,
                where=found.where,
            )
        )
    return found


def called(address: str, service: str) -> str:
    """Return the address as it is called: Discord is asked to say whether it took the message."""
    if service != "discord":
        return address
    thread = parse_qs(urlsplit(address).query).get("thread_id", [""])[0]
    more = f"&thread_id={thread}" if thread.isascii() and thread.isdigit() else ""
    return f"{address.partition('?')[0]}?wait=true{more}"


def hint(address: str) -> str:
    """Return what may be shown of an address: its host and last four characters."""
    return f"{urlsplit(address).hostname}/…{address[-4:]}"
