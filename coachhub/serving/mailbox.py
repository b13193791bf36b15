"""The trial's mail server: takes every mail and puts it into a folder, sends nothing on."""

from __future__ import annotations

import asyncio
import datetime as dt
import errno
import itertools
import socket
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session

from coachhub.config import ConfigError

HOST = "127.0.0.1"
PORTS = range(2525, 2625)


class Mailbox:
    """A folder of mails, one ``.eml`` file each; sorted by name they are in order of arrival.

    The receivers of the envelope stand in front, as ``X-Envelope-To``.
    """

    def __init__(self, folder: Path) -> None:
        """Name the folder; it is made if need be."""
        self.folder = folder
        self.folder.mkdir(parents=True, exist_ok=True)
        self._numbers = itertools.count()

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd calls it so
        """Keep one mail; it is on disk before the sender hears that it was taken."""
        moment = dt.datetime.now(dt.UTC).strftime("%Y%m%dT%H%M%S%f")
        name = f"{moment}-{next(self._numbers):04}"
        content = envelope.original_content or b""
        receivers = ", ".join(envelope.rcpt_tos)
        half = self.folder / f"{name}.half"
        half.write_bytes(b"X-Envelope-To: " + receivers.encode() + b"\r\n" + content)
        half.rename(self.folder / f"{name}.eml")
        return "250 Kept in the local mailbox"


class Server(Controller):
    """A mail server on a socket that listens already; it runs in a thread of its own."""

    def __init__(self, box: Mailbox, door: socket.socket) -> None:
        """Serve `box` at `door`."""
        self._door = door
        host, port = door.getsockname()
        super().__init__(box, hostname=host, port=port, server_hostname="localhost")

    def _create_server(self) -> Coroutine[Any, Any, asyncio.AbstractServer]:
        return self.loop.create_server(self._factory_invoker, sock=self._door)


def serve(folder: Path) -> Server:
    """Start the mail server on 127.0.0.1; `stop()` what is returned at the end.

    Raises:
        ConfigError: no port is free for it.
    """
    for port in PORTS:
        try:
            door = socket.create_server((HOST, port))
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        server = Server(Mailbox(folder), door)
        server.start()
        return server
    raise ConfigError(f"No port from {PORTS.start} on is free for mail: set MAIL_HOST.")


def settings(server: Server) -> dict[str, str]:
    """Return the settings that send mail here."""
    return {
        "MAIL_HOST": HOST,
        "MAIL_PORT": str(server.port),
        "MAIL_TLS": "none",
        "MAIL_LOOKUP": f"folder:{server.handler.folder}",
        "MAILBOX": str(server.handler.folder),
    }
