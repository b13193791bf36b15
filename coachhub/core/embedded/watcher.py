"""A process of its own: stops a server when nobody holds it up any more.

It is started by its path and imports nothing of ours, so that it starts in a few milliseconds
and lives on whatever becomes of the checkout.
"""

import fcntl
import os
import signal
import subprocess
import sys
import time
from pathlib import Path


def postmaster(data: Path) -> int | None:
    """Return the process id of the server of this data folder, or None if none runs.

    A pid file that a crash left behind is not believed: the process must be that server.
    """
    try:
        pid = int((data / "postmaster.pid").read_text(encoding="utf-8").split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return None
    if Path("/proc/self/cwd").exists():
        try:
            # A server's working folder is its data folder.
            return pid if Path(f"/proc/{pid}/cwd").samefile(data) else None
        except OSError:
            return None
    command = ["ps", "-p", str(pid), "-o", "command="]
    answer = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603 - fixed words and a number
    return pid if "postgres" in answer.stdout else None


def watch(data: Path, users: Path) -> None:
    """Wait until nobody shares the lock on `users`, then stop the server of `data`."""
    with users.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for _ in range(600):  # a minute; whoever starts it again waits for our lock
            pid = postmaster(data)
            if pid is None:
                return
            os.kill(pid, signal.SIGINT)
            time.sleep(0.1)


if __name__ == "__main__":
    watch(Path(sys.argv[1]), Path(sys.argv[2]))
