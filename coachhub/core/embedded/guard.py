"""Holding a server up: it runs while at least one process wants it."""

import fcntl
import os
import subprocess
import sys
from pathlib import Path

WATCHER = Path(__file__).with_name("watcher.py")


class Guard:
    """Ends the server when the last process that holds a guard on it ends, killed or not.

    Each holder shares a lock on a file, which the system gives back with the process's end, and
    leaves a watcher behind that waits for the file to be all its own.
    """

    def __init__(self, data: Path) -> None:
        """Hold the server of this data folder up from now on; it need not run yet."""
        self._data = data
        self._users = data.with_name("users")
        self._handle = os.open(self._users, os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._handle, fcntl.LOCK_SH)  # waits while a watcher stops the server

    def watch(self) -> None:
        """Leave the watcher behind, once the data folder is there."""
        script = "trap '' INT TERM HUP; \"$@\" >/dev/null 2>&1 </dev/null &"
        watcher = (sys.executable, "-I", "-S", WATCHER, self._data, self._users)
        # Through a shell that ends at once, so that the watcher is nobody's child.
        subprocess.run(  # noqa: S603 - our own script and our own folder
            ["/bin/sh", "-c", script, "sh", *watcher],
            cwd="/",
            stdin=subprocess.DEVNULL,
            check=True,
            start_new_session=True,  # Ctrl-C in a terminal is for us, not for the watcher
        )

    def release(self) -> None:
        """Let go; if nobody else holds on, the watcher stops the server."""
        os.close(self._handle)
