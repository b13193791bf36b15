"""``coachhub inbound``: takes the mails that come back to us, by SMTP or LMTP.

It takes mail for addresses that we gave out and for our own, and for nobody else. A mail is in the
database before the sender hears 250; the worker does the rest.
"""

from __future__ import annotations

import asyncio
import logging
import os
import signal
import socket
from collections.abc import Callable
from urllib.parse import urlsplit

import click
from aiosmtpd.lmtp import LMTP
from aiosmtpd.smtp import SMTP, Envelope, Session
from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from coachhub.config import Config, ConfigError
from coachhub.core import logs
from coachhub.core.db import db
from coachhub.mail import addresses
from coachhub.mail.addresses import Back
from coachhub.mail.inbound import LARGEST, keep
from coachhub.serving.tie import end_with_parent
from coachhub.serving.wsgi import wsgi_app

log = logging.getLogger(__name__)


class Entrance:
    """What the server asks at each step; aiosmtpd calls these by name."""

    def __init__(self, app: Flask) -> None:
        """Name the app whose addresses these are."""
        self.app = app
        config: Config = app.extensions["coachhub.config"]
        self._own = {config.mail_from.lower()}
        with app.app_context():
            self._own.add(f"postmaster@{addresses.domain()}")

    async def handle_RCPT(  # noqa: N802 - aiosmtpd calls it so
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        """Take one address of ours at a time; the sender brings the mail again for a second one."""
        if envelope.rcpt_tos:
            return "452 4.5.3 One recipient at a time, please"
        if address.lower() not in self._own:
            try:
                back = await asyncio.to_thread(self._behind, address)
            except SQLAlchemyError:
                log.exception("The database did not answer.")
                return "451 4.3.0 Please try again later"
            if back is None:
                return "550 5.1.1 Nobody has this address here"
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        """Store the mail, then say so."""
        [recipient] = envelope.rcpt_tos
        sender = "" if envelope.mail_from == "<>" else envelope.mail_from or ""
        content = envelope.original_content or b""
        try:
            await asyncio.to_thread(self._keep, recipient, sender, content)
        except SQLAlchemyError:
            log.exception("A mail that came in could not be stored.")
            return "451 4.3.0 Please try again later"
        return "250 2.0.0 Kept"

    def _behind(self, recipient: str) -> Back | None:
        with self.app.app_context():
            return addresses.behind(recipient)

    def _keep(self, recipient: str, sender: str, content: bytes) -> None:
        with self.app.app_context():
            try:
                keep(addresses.behind(recipient), sender, content)
            finally:
                db.session.rollback()


def factory(app: Flask, kind: str) -> Callable[[], SMTP]:
    """Return what makes the protocol for each connection: ``smtp`` or ``lmtp``."""
    protocol = LMTP if kind == "lmtp" else SMTP
    entrance = Entrance(app)
    with app.app_context():
        host = addresses.domain() or "localhost"

    def make() -> SMTP:
        return protocol(
            entrance, hostname=host, data_size_limit=LARGEST, enable_SMTPUTF8=True, timeout=120
        )

    return make


async def listen(app: Flask, where: str) -> asyncio.AbstractServer:
    """Listen at ``smtp://host:port``, ``lmtp://host:port`` or ``lmtp:///path/of/a/socket``.

    Raises:
        ConfigError: nothing can listen there.
    """
    parts = urlsplit(where)
    loop = asyncio.get_running_loop()
    if parts.scheme not in {"smtp", "lmtp"} or not (parts.port is not None or parts.path):
        raise ConfigError("INBOUND_LISTEN must be smtp://host:port, lmtp://host:port or lmtp:///p.")
    make = factory(app, parts.scheme)
    try:
        if parts.path and not parts.hostname:
            return await loop.create_unix_server(make, parts.path)
        port = 25 if parts.port is None else parts.port  # 0 is any that is free
        return await loop.create_server(make, parts.hostname, port)
    except OSError as error:
        raise ConfigError(f"{where} can't be listened on: {error}.") from error


async def _serve(app: Flask, where: str, handle: int | None) -> None:
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stop.set)
    if handle is None:
        server = await listen(app, where)
    else:
        server = await loop.create_server(factory(app, "smtp"), sock=socket.socket(fileno=handle))
    click.echo(f"Mails that come back are taken at {where}")
    await stop.wait()
    server.close()


@click.command()
@click.option("--handle", type=int, help="A socket of the parent's that listens already.")
def inbound(handle: int | None) -> None:
    """Take replies and bounces until stopped; INBOUND_LISTEN says where."""
    config = Config.from_env(os.environ)
    logs.init(config.log_format)
    end_with_parent()
    app = wsgi_app(config)
    asyncio.run(_serve(app, config.inbound_listen, handle))


def door(ports: range, host: str = "127.0.0.1") -> socket.socket:
    """Return a socket that listens on the first port of `ports` that is free.

    Raises:
        ConfigError: all are taken.
    """
    for port in ports:
        try:
            return socket.create_server((host, port))
        except OSError:
            continue
    raise ConfigError(f"No port from {ports.start} on is free for mail: set INBOUND_LISTEN.")
