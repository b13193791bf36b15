"""The trial's mail server: takes every mail and puts it into a folder, sends nothing on."""

from __future__ import annotations

import datetime as dt
import errno
import itertools
from pathlib import Path

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


def serve(folder: Path) -> Controller:
    """Start the mail server on 127.0.0.1; `stop()` the returned controller at the end.

    Raises:
        ConfigError: no port is free for it.
    """
    for port in PORTS:
        controller = Controller(
            Mailbox(folder), hostname=HOST, port=port, server_hostname="localhost"
        )
        try:
            controller.start()
        except OSError as error:
            if error.errno != errno.EADDRINUSE:
                raise
            continue
        return controller
    raise ConfigError(f"No port from {PORTS.start} on is free for mail: set MAIL_HOST.")


def settings(controller: Controller) -> dict[str, str]:
    """Return the settings that send mail here."""
    return {
        "MAIL_HOST": HOST,
        "MAIL_PORT": str(controller.port),
        "MAIL_TLS": "none",
        "MAILBOX": str(controller.handler.folder),
    }
