"""A real mail server on this machine, to hand mails to: Postfix, which lets go of what it takes.

It is Debian's package (`apt install postfix`), run as root from a folder of its own: what it is
given it has on disk before it says 250, queues, and discards instead of delivering.
"""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

_MASTER = """\
127.0.0.1:{port} inet n - n - - smtpd
pickup    unix  n - n 60 1 pickup
cleanup   unix  n - n - 0 cleanup
qmgr      unix  n - n 300 1 qmgr
tlsmgr    unix  - - n 1000? 1 tlsmgr
rewrite   unix  - - n - - trivial-rewrite
bounce    unix  - - n - 0 bounce
defer     unix  - - n - 0 bounce
trace     unix  - - n - 0 bounce
verify    unix  - - n - 1 verify
flush     unix  n - n 1000? 0 flush
proxymap  unix  - - n - - proxymap
proxywrite unix - - n - 1 proxymap
discard   unix  - - n - - discard
error     unix  - - n - - error
retry     unix  - - n - - error
anvil     unix  - - n - 1 anvil
scache    unix  - - n - 1 scache
postlog   unix-dgram n - n - 1 postlogd
"""


def is_here() -> bool:
    """Say whether it can be run: it is installed, and we are root."""
    return os.geteuid() == 0 and shutil.which("postfix") is not None


@dataclass
class Postfix:
    """A Postfix of one's own in `folder`, from `start` until `stop`; `port` is where it listens."""

    folder: Path
    port: int = 0

    def start(self) -> None:
        """Start it and wait until it answers; raises TimeoutError if it does not."""
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        config, queue, data = (self.folder / name for name in ("etc", "queue", "data"))
        for made in (config, queue, data):
            made.mkdir(parents=True)
        shutil.chown(data, "postfix")
        # Postfix goes into its queue as a user of its own.
        for above in (self.folder, *self.folder.parents[:-1]):
            above.chmod(above.stat().st_mode | 0o011)
        lines = {
            "compatibility_level": "3.6",
            "queue_directory": queue,
            "data_directory": data,
            "maillog_file": f"{self.folder}/log",
            "maillog_file_prefixes": self.folder,
            "mynetworks": "127.0.0.0/8",
            "inet_interfaces": "127.0.0.1",
            "inet_protocols": "ipv4",
            "mydestination": "",
            "myhostname": "relay.example.org",
            "default_transport": "discard:",
            "relay_transport": "discard:",
            "smtpd_relay_restrictions": "permit_mynetworks, reject",
            "alias_maps": "",
            "smtpd_tls_security_level": "none",
            "smtpd_peername_lookup": "no",
        }
        (config / "main.cf").write_text("".join(f"{k} = {v}\n" for k, v in lines.items()))
        (config / "master.cf").write_text(_MASTER.format(port=self.port))
        self._postfix("start")
        for _ in range(200):
            with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=2):
                return
            time.sleep(0.1)
        raise TimeoutError("Postfix does not answer.")

    def stop(self) -> None:
        """Stop it."""
        self._postfix("stop")

    def _postfix(self, verb: str) -> None:
        subprocess.run(  # noqa: S603 - a program of this machine, with a word of ours
            ["postfix", "-c", str(self.folder / "etc"), verb],  # noqa: S607 - wherever it is
            check=True,
            stdout=subprocess.DEVNULL,  # no pipe: the server would keep it open
            stderr=subprocess.DEVNULL,
        )
