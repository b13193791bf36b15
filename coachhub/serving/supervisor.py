"""Keeps child processes running, and stops them all together."""

from __future__ import annotations

import contextlib
import os
import selectors
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType

from coachhub.serving.tie import TIED

_LARGEST_LOG = 10_000_000  # bytes; a larger one is begun anew
_PAUSES = (0.5, 1, 2, 5, 10, 30)  # seconds before a child is started again, longer each time
_GOOD_WHILE = 60  # seconds; a child that lived so long starts again at once


@dataclass
class Child:
    """One process to keep running, and where what it says is kept.

    `handles` are open files of ours that it is to have too, under the same numbers.
    """

    name: str
    command: Sequence[str]
    environment: Mapping[str, str]
    log: Path
    handles: tuple[int, ...] = ()
    deaths: int = 0
    again_at: float = 0.0
    since: float = 0.0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Start the process, tied to ours by its standard input."""
        large = self.log.exists() and self.log.stat().st_size > _LARGEST_LOG
        with self.log.open("wb" if large else "ab") as log:
            self.process = subprocess.Popen(  # noqa: S603 - our own modules
                self.command,
                env={**self.environment, TIED: "1"},
                stdin=subprocess.PIPE,
                pass_fds=self.handles,
                stdout=log,
                stderr=log,
                start_new_session=True,  # Ctrl-C reaches us; we stop them in order
            )
        self.since = time.monotonic()

    def look(self, report: Callable[[str], None]) -> None:
        """Start the process again if it has ended, after a pause that grows."""
        if self.process is None:
            if time.monotonic() >= self.again_at:
                self.start()
            return
        code = self.process.poll()
        if code is None:
            return
        self.close()
        if time.monotonic() - self.since > _GOOD_WHILE:
            self.deaths = 0
        pause = _PAUSES[min(self.deaths, len(_PAUSES) - 1)]
        self.deaths += 1
        self.again_at = time.monotonic() + pause
        report(f"The {self.name} ended ({code}); it starts again. What it said: {self.log}")

    def close(self) -> None:
        """Let go of a process that has ended."""
        if self.process is not None and self.process.stdin is not None:
            self.process.stdin.close()
        self.process = None


class Supervisor:
    """Runs children until it is told to stop."""

    def __init__(self, children: Sequence[Child], report: Callable[[str], None]) -> None:
        """Name the children, and who hears about one that died."""
        self.children = children
        self._report = report
        self._stopping = False

    def start(self) -> None:
        """Start all of them."""
        for child in self.children:
            child.log.parent.mkdir(parents=True, exist_ok=True)
            child.start()

    def stop(self, seconds: float = 20) -> None:
        """Ask all of them to stop, and end by force what has not after so long."""
        running = [child.process for child in self.children if child.process is not None]
        for process in running:
            process.terminate()
        until = time.monotonic() + seconds
        for process in running:
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(process.pid, signal.SIGKILL)
                process.wait()
        for child in self.children:
            child.close()

    def look(self) -> None:
        """Start again what has died."""
        for child in self.children:
            child.look(self._report)

    @contextlib.contextmanager
    def watching(self) -> Iterator[Callable[[float], bool]]:
        """Give a function that looks after the children for some seconds.

        It returns False when it is time to stop: after Ctrl-C or SIGTERM, or, if our own parent
        tied us, when that has ended.
        """
        tied = os.environ.get(TIED) == "1"
        before = {
            number: signal.signal(number, self._asked_to_stop)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        with selectors.DefaultSelector() as selector:
            if tied:
                selector.register(sys.stdin.fileno(), selectors.EVENT_READ)

            def watch(seconds: float) -> bool:
                until = time.monotonic() + seconds
                while not self._stopping and (left := until - time.monotonic()) > 0:
                    if selector.select(min(left, 0.25)) and not os.read(sys.stdin.fileno(), 4096):
                        self._stopping = True
                    elif not self._stopping:
                        self.look()
                return not self._stopping

            try:
                yield watch
            finally:
                for number, handler in before.items():
                    signal.signal(number, handler)

    def _asked_to_stop(self, _number: int, _frame: FrameType | None) -> None:
        self._stopping = True
