"""A child ends with its parent, however that ends."""

from __future__ import annotations

import os
import signal
import sys
import threading

TIED = "COACHHUB_TIED"


def end_with_parent() -> None:
    """Ask this process to stop when its standard input ends, if its parent tied it.

    The parent holds the other end of the pipe; the system closes it even if the parent is killed.
    """
    if os.environ.get(TIED) == "1":
        threading.Thread(target=_wait, args=(os.getpid(),), daemon=True).start()


def _wait(pid: int) -> None:
    while os.read(sys.stdin.fileno(), 4096):
        pass
    os.kill(pid, signal.SIGTERM)
