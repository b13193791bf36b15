"""The running server process: which it is, and that it ends with us."""

import atexit
import os
import subprocess
from pathlib import Path

PID_FILE = "postmaster.pid"

# Ends the server of the current folder when the other end of the pipe closes. It looks at the
# process's working folder, since a number alone may be another program's by then.
_GUARD = f"""
cat >/dev/null
pid=$(head -n 1 {PID_FILE} 2>/dev/null) || exit 0
if [ -d /proc/self/cwd ]; then
    [ "/proc/$pid/cwd" -ef . ] || exit 0
else
    ps -p "$pid" -o command= | grep -q postgres || exit 0
fi
kill -INT "$pid"
"""


def postmaster(data: Path) -> int | None:
    """Return the process id of the server of this data folder, or None if none runs.

    A pid file that a crash left behind is not believed: the process must be that server.
    """
    try:
        pid = int((data / PID_FILE).read_text(encoding="utf-8").split("\n", 1)[0])
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


class Guard:
    """A little process that stops the server when this process ends, killed or not."""

    def __init__(self, data: Path) -> None:
        """Watch over the server of this data folder from now on."""
        self._process = subprocess.Popen(  # noqa: S603 - our own script, no input in it
            ["/bin/sh", "-c", _GUARD],
            cwd=data,
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,  # Ctrl-C in a terminal is for us, not for the guard
        )
        self._owner = os.getpid()
        atexit.register(self.release)

    def release(self) -> None:
        """Stop watching, and stop the server with it."""
        if os.getpid() != self._owner:  # a fork's exit is not ours
            return
        atexit.unregister(self.release)
        self._process.communicate()
