"""Our own entrance for mails that come back, on this machine, and replies as people send them."""

import asyncio
import smtplib
import threading
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from coachhub.serving.letterbox import listen


@pytest.fixture
def entrance(app: Flask, session: Session) -> Iterator[Callable[[str], int]]:
    """Start `coachhub inbound`'s server inside this test: ``entrance("smtp")`` gives its port."""
    del session
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever, daemon=True)
    thread.start()
    servers: list[Any] = []

    def start(kind: str = "smtp") -> int:
        coming = asyncio.run_coroutine_threadsafe(listen(app, f"{kind}://127.0.0.1:0"), loop)
        servers.append(coming.result(10))
        return servers[-1].sockets[0].getsockname()[1]

    yield start

    async def close() -> None:
        for server in servers:
            server.close()
            await server.wait_closed()
        # A client that has just hung up may not have been noticed yet.
        left = asyncio.all_tasks() - {asyncio.current_task()}
        for task in left:
            task.cancel()
        await asyncio.gather(*left, return_exceptions=True)

    asyncio.run_coroutine_threadsafe(close(), loop).result(10)
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def written(sender: str, to: str, text: str, **headers: str) -> EmailMessage:
    """Write a mail as a person's mail program does; header names with ``_`` for ``-``."""
    message = EmailMessage()
    message["From"], message["To"] = sender, to
    message["Subject"] = "Re: An introduction"
    message["Message-ID"] = f"<{abs(hash((sender, to, text)))}@example.org>"
    for name, value in headers.items():
        message[name.replace("_", "-")] = value
    message.set_content(text)
    return message


def hand_in(port: int, message: EmailMessage, envelope_sender: str | None = None) -> None:
    """Bring a mail to our entrance; raises smtplib's errors where it is refused."""
    with smtplib.SMTP("127.0.0.1", port, timeout=20) as server:
        sender = str(message["From"]) if envelope_sender is None else envelope_sender
        server.sendmail(sender, [str(message["To"])], message.as_bytes())
