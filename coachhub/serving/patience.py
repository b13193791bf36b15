"""Gunicorn's threads, with an end to patience for whoever sends a request slowly.

A thread that reads a request waits for as long as bytes trickle in; as many such visitors as there
are threads would keep everybody out. Here nothing more is read of a request that, after GRACE
seconds, has come slower than SLOWEST bytes a second. An answer may still take its time.
"""

from __future__ import annotations

import contextlib
import os
import socket
import time
from dataclasses import dataclass
from typing import Any

from gunicorn.workers.gthread import TConn, ThreadWorker

GRACE = float(os.environ.get("WEB_GRACE_SECONDS", "10"))
SLOWEST = 8 * 1024  # a phone at the edge of an old network sends faster


class CountedSocket:
    """A socket that counts what it received; in all else the socket it was made of."""

    def __init__(self, made_of: socket.socket) -> None:
        """Begin at nothing."""
        self._made_of = made_of
        self.received = 0

    def recv(self, most: int) -> bytes:
        """Receive as the socket does."""
        data = self._made_of.recv(most)
        self.received += len(data)
        return data

    def __getattr__(self, name: str) -> Any:
        """Return whatever else the socket has."""
        return getattr(self._made_of, name)


@dataclass(frozen=True)
class Reading:
    """When a request began to be read, and how much had come on its connection before."""

    since: float
    before: int

    def is_too_slow(self, received: int, moment: float) -> bool:
        """Say whether too little has come by now."""
        late = moment - self.since - GRACE
        return late > 0 and received - self.before < late * SLOWEST


class PatientWorker(ThreadWorker):  # type: ignore[misc]  # gunicorn ships no types
    """Hangs up on requests that come too slowly."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Begin with nobody to wait for."""
        super().__init__(*args, **kwargs)
        # Set and removed in one step each: safe between threads.
        self._reading: dict[TConn, Reading] = {}

    def handle(self, conn: TConn) -> Any:
        """Read and answer one request."""
        if not isinstance(conn.sock, CountedSocket):
            conn.sock = CountedSocket(conn.sock)
        self._reading[conn] = Reading(time.monotonic(), conn.sock.received)
        try:
            return super().handle(conn)
        finally:
            self._reading.pop(conn, None)

    def notify(self) -> None:
        """Tell the parent that this process lives, about once a second; look who is too slow."""
        super().notify()
        moment = time.monotonic()
        for conn, reading in list(self._reading.items()):
            if reading.is_too_slow(conn.sock.received, moment):
                # To the thread that waits for more it reads as the end of what was sent. Where all
                # has come and the answer is being made, there is nothing more to read anyway.
                with contextlib.suppress(OSError):
                    conn.sock.shutdown(socket.SHUT_RD)
