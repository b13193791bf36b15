"""What the doctor looks at from outside: the address people use, and what its TLS lets in."""

from __future__ import annotations

import datetime as dt
import http.client
import socket
import ssl
import warnings
from collections.abc import Iterator
from urllib.parse import urlsplit

from coachhub.config import Config
from coachhub.core.db import now
from coachhub.upkeep.findings import Finding, fail, ok, warn

SECONDS = 10
SOON = dt.timedelta(days=14)
YEAR = 365 * 24 * 3600  # seconds that browsers must remember to come by TLS alone
# With these, whoever has the key one day reads what was recorded years before (RFC 9325, 4.1).
NO_FORWARD_SECRECY = "kRSA:@SECLEVEL=0"
DO = 'docs/operations.md, "TLS in front", has the lines for nginx and Caddy.'


def front_door(config: Config) -> Iterator[Finding]:
    """Look whether BASE_URL answers by TLS that is new, trusted and not about to end."""
    parts = urlsplit(config.base_url)
    if parts.scheme != "https":
        return
    host, port = parts.hostname or "", parts.port or 443
    try:
        until = _trusted_until(host, port)
    except ssl.SSLCertVerificationError as error:
        words = f"{host} has no certificate that browsers trust: {error.verify_message}"
        yield fail("front door", words, "Have the proxy send a whole chain for this very name.")
        return
    except OSError as error:
        words = f"{host} does not answer by TLS: {error}."
        yield fail("front door", words, "Look whether the proxy runs and BASE_URL is its address.")
        return
    found = [*_ends(until), *_old(host, port), *_headers(host, port)]
    words = f"{host} speaks new TLS alone; its certificate is good until {until:%Y-%m-%d}."
    yield from found or [ok("front door", words)]


def _trusted_until(host: str, port: int) -> dt.datetime:
    context = ssl.create_default_context()
    with (
        socket.create_connection((host, port), SECONDS) as plain,
        context.wrap_socket(plain, server_hostname=host) as there,
    ):
        ends = (there.getpeercert() or {})["notAfter"]
    return dt.datetime.fromtimestamp(ssl.cert_time_to_seconds(str(ends)), dt.UTC)


def _ends(until: dt.datetime) -> Iterator[Finding]:
    if until - now() < SOON:
        words = f"The certificate ends on {until:%Y-%m-%d %H:%M} UTC."
        yield warn("front door", words, "Look why it was not renewed by itself.")


def _old(host: str, port: int) -> Iterator[Finding]:
    """Look whether it lets in what nobody should speak any more."""
    old = _permissive()
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", DeprecationWarning)  # that it is old is the point
            old.minimum_version = ssl.TLSVersion.TLSv1
            old.maximum_version = ssl.TLSVersion.TLSv1_1
        old.set_ciphers("ALL:@SECLEVEL=0")
        if _lets_in(old, host, port):
            yield fail("front door", f"{host} still speaks TLS 1.1 or older.", DO)
    except ValueError:
        words = "This machine cannot speak TLS 1.1 and so cannot tell whether it is refused."
        yield warn("front door", words, "Ask from another machine.")
    weak = _permissive()
    weak.maximum_version = ssl.TLSVersion.TLSv1_2
    weak.set_ciphers(NO_FORWARD_SECRECY)
    if _lets_in(weak, host, port):
        words = f"{host} takes ciphers that keep what was recorded readable for its key."
        yield fail("front door", words, DO)


def _permissive() -> ssl.SSLContext:
    """Return a context that only finds out what is spoken: nothing is sent by it."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context


def _lets_in(context: ssl.SSLContext, host: str, port: int) -> bool:
    try:
        with (
            socket.create_connection((host, port), SECONDS) as plain,
            context.wrap_socket(plain, server_hostname=host),
        ):
            return True
    except OSError:  # SSLError is one too
        return False


def _headers(host: str, port: int) -> Iterator[Finding]:
    """Look whether what the app says about TLS comes through the proxy."""
    context = ssl.create_default_context()
    asked = http.client.HTTPSConnection(host, port, timeout=SECONDS, context=context)
    try:
        asked.request("GET", "/healthz")
        said = asked.getresponse().getheader("Strict-Transport-Security") or ""
    except (OSError, http.client.HTTPException) as error:
        words = f"{host} takes connections and gives no answer: {error}."
        yield fail("front door", words, "Look whether the proxy reaches `coachhub web`.")
        return
    finally:
        asked.close()
    ages = [one.strip().partition("=")[2].strip('"') for one in said.split(";") if "max-age" in one]
    if not (ages and ages[0].isdigit() and int(ages[0]) >= YEAR):
        words = "The answer does not keep browsers to TLS for a year."
        do = "Have the proxy pass Strict-Transport-Security on as CoachHub sends it."
        yield fail("front door", words, do)
