"""A real SMTP server on this machine that keeps what it is sent."""

import email
import email.policy
import socket
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, Envelope, Session


@dataclass(frozen=True)
class Delivery:
    """One message as it came over the wire."""

    sender: str
    recipients: tuple[str, ...]
    raw: bytes

    @property
    def message(self) -> EmailMessage:
        """The message, parsed."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)


@dataclass
class SmtpServer:
    """Where it listens, what came, and what it answers.

    `answers` maps a verb (``MAIL``, ``RCPT``, ``DATA``) to a reply such as ``450 Later``; a verb
    that is not in it is accepted.
    """

    host: str
    port: int
    deliveries: list[Delivery] = field(default_factory=list)
    answers: dict[str, str] = field(default_factory=dict)
    _arrived: threading.Condition = field(default_factory=threading.Condition, repr=False)

    def wait_for(self, count: int, seconds: float = 10) -> list[Delivery]:
        """Return the deliveries once there are `count`; fails the test if they don't come."""
        with self._arrived:
            if not self._arrived.wait_for(lambda: len(self.deliveries) >= count, seconds):
                pytest.fail(f"{len(self.deliveries)} of {count} mails came in {seconds} s.")
            return list(self.deliveries)

    def to(self, address: str) -> list[Delivery]:
        """Return what came for one address, oldest first."""
        return [one for one in self.deliveries if address in one.recipients]

    # aiosmtpd calls these by name.

    async def handle_MAIL(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "MAIL" in self.answers:
            return self.answers["MAIL"]
        envelope.mail_from = address
        envelope.mail_options.extend(options)
        return "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, _server: SMTP, _session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        if "RCPT" in self.answers:
            return self.answers["RCPT"]
        envelope.rcpt_tos.append(address)
        envelope.rcpt_options.extend(options)
        return "250 OK"

    async def handle_DATA(self, _server: SMTP, _session: Session, envelope: Envelope) -> str:  # noqa: N802
        if "DATA" in self.answers:
            return self.answers["DATA"]
        delivery = Delivery(
            envelope.mail_from or "", tuple(envelope.rcpt_tos), envelope.original_content or b""
        )
        with self._arrived:
            self.deliveries.append(delivery)
            self._arrived.notify_all()
        return "250 OK"


@pytest.fixture
def smtp_server() -> Iterator[SmtpServer]:
    """Run an SMTP server for one test."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    server = SmtpServer("127.0.0.1", port)
    controller = Controller(server, hostname=server.host, port=port, server_hostname="localhost")
    controller.start()
    yield server
    controller.stop()
