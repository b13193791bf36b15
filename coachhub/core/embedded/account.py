"""The system account that PostgreSQL's programs run under.

PostgreSQL refuses to run as root. When root starts us, its programs run as an unprivileged
account; anybody else runs them as themselves.
"""

import contextlib
import os
import pwd
import subprocess
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

ACCOUNT_NAME = "coachhub-postgres"
_LAST_RESORT = "nobody"
_MAKERS = (
    ("useradd", "--system", "--no-create-home", "--shell", "/usr/sbin/nologin", ACCOUNT_NAME),
    ("adduser", "-S", "-D", "-H", "-s", "/sbin/nologin", ACCOUNT_NAME),
)


HERE = "@HERE@"


@dataclass(frozen=True)
class Account:
    """Runs programs, as another user where root asks for it (`uid` and `gid` are None if not)."""

    uid: int | None = None
    gid: int | None = None

    def run(
        self, command: Sequence[str | Path], *, folder: Path | None = None, seconds: float = 300
    ) -> subprocess.CompletedProcess[str]:
        """Run a program to its end and return what it said; a failure is not an exception.

        `HERE` in the command stands for `folder`, named so that the program reaches it even
        below folders that only root may enter.
        """
        environment = {
            "PATH": os.environ.get("PATH", os.defpath),
            "LC_ALL": "C",
            "TZ": "UTC",
        }
        with _named(folder) as (name, handles):
            return subprocess.run(  # noqa: S603 - the command is ours, without a shell
                [str(part).replace(HERE, name) for part in command],
                cwd="/",
                env=environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                errors="replace",
                timeout=seconds,
                check=False,
                start_new_session=True,
                pass_fds=handles,
                user=self.uid,
                group=self.gid,
                extra_groups=None if self.uid is None else [],
            )

    def own(self, path: Path) -> None:
        """Hand a file, or a folder with all that is in it, to this account."""
        if self.uid is None or self.gid is None or path.lstat().st_uid == self.uid:
            return
        for folder, _, names in os.walk(path):
            for name in names:
                os.chown(Path(folder, name), self.uid, self.gid, follow_symlinks=False)
            os.chown(folder, self.uid, self.gid)
        os.chown(path, self.uid, self.gid)


@contextlib.contextmanager
def _named(folder: Path | None) -> Iterator[tuple[str, tuple[int, ...]]]:
    if folder is None or not Path("/proc/self/fd").exists():
        yield str(folder), ()
        return
    # Linux follows /proc/self/fd/N to the folder itself, whatever lies above it. The program's
    # children inherit the handle, so the name is good for them too.
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{handle}", (handle,)
    finally:
        os.close(handle)


def server_account() -> Account:
    """Return the account for PostgreSQL's programs, making it the first time root needs it."""
    if os.geteuid() != 0:
        return Account()
    entry = _known(ACCOUNT_NAME) or _made() or _known(_LAST_RESORT)
    if entry is None or entry.pw_uid == 0:
        # Every Unix has "nobody"; a container without any passwd file has not.
        entry = next((e for e in pwd.getpwall() if e.pw_uid != 0), None)
    if entry is None:
        return Account()
    return Account(entry.pw_uid, entry.pw_gid)


def _known(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _made() -> pwd.struct_passwd | None:
    for command in _MAKERS:
        try:
            # Two starts at once: the second is told that the account exists, which is as good.
            subprocess.run(command, capture_output=True, check=False, timeout=60)  # noqa: S603 - fixed words
        except (OSError, subprocess.TimeoutExpired):
            continue
        entry = _known(ACCOUNT_NAME)
        if entry is not None:
            return entry
    return None
