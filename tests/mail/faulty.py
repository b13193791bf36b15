"""A mail server that goes wrong on demand, at any stage of the talk, by a script."""

from __future__ import annotations

import socket
import threading
from dataclasses import dataclass, field

STAGES = ("connect", "EHLO", "MAIL", "RCPT", "DATA", "content")
NORMAL = {
    "connect": "220 ready",
    "EHLO": "250 ready",
    "MAIL": "250 ok",
    "RCPT": "250 ok",
    "DATA": "354 go on",
    "content": "250 taken",
    "RSET": "250 ok",
    "QUIT": "221 bye",
}


@dataclass
class FaultyServer:
    """Does at each stage what `script` says, else what is normal.

    A script's value is a reply, or ``hang`` (no answer until the client goes), ``close``
    (the connection ends), ``slow`` (the normal answer after a second) or ``garbage``. With
    `pipelining` it takes commands in one piece, and begins a content that nobody is to get.
    """

    script: dict[str, str] = field(default_factory=dict)
    pipelining: bool = False
    connections: int = 0
    taken: list[bytes] = field(default_factory=list)
    begun: list[bytes] = field(default_factory=list)
    senders: list[str] = field(default_factory=list)
    socket: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))
    stopped: threading.Event = field(default_factory=threading.Event)
    threads: list[threading.Thread] = field(default_factory=list)

    @property
    def port(self) -> int:
        return int(self.socket.getsockname()[1])

    def start(self) -> None:
        self.socket.settimeout(0.05)
        self._run(self._accept)

    def stop(self) -> None:
        self.stopped.set()
        for thread in self.threads:
            thread.join()
        self.socket.close()

    def _run(self, target: object, *args: object) -> None:
        thread = threading.Thread(target=target, args=args, daemon=True)  # type: ignore[arg-type]
        self.threads.append(thread)
        thread.start()

    def _accept(self) -> None:
        while not self.stopped.is_set():
            try:
                client, _ = self.socket.accept()
            except TimeoutError:
                continue
            self.connections += 1
            self._run(self._serve, client)

    def _serve(self, client: socket.socket) -> None:
        refused = ""
        with client, client.makefile("rb") as lines:
            client.settimeout(20)
            try:
                if not self._answer(client, "connect"):
                    return
                for line in lines:
                    verb = line[:4].decode("latin-1").upper().replace("HELO", "EHLO")
                    if verb == "MAIL":
                        self.senders.append(line.decode().partition("<")[2].partition(">")[0])
                    if refused == "MAIL" and verb in {"RCPT", "DATA"}:
                        client.sendall(b"503 MAIL comes first\r\n")
                        continue
                    going_on = self._answer(client, verb)
                    if not going_on or verb == "QUIT":
                        return
                    fine = self.script.get(verb, "").startswith(("2", "354", "slow"))
                    if verb in {"MAIL", "RCPT", "RSET"}:
                        refused = "" if fine or verb not in self.script else verb
                    begun = verb == "DATA" and (fine or verb not in self.script)
                    if begun and not self._taken(client, self._content(lines), refused):
                        return
            except OSError:
                return

    def _taken(self, client: socket.socket, content: bytes, refused: str) -> bool:
        if refused:
            client.sendall(b"554 nobody to get it\r\n")
            return True
        self.begun.append(content)
        return self._answer(client, "content", content)

    def _content(self, lines: object) -> bytes:
        got = b""
        for line in lines:  # type: ignore[attr-defined]
            if line == b".\r\n":
                return got
            got += line[1:] if line.startswith(b".") else line
        raise ConnectionError("The content has no end.")

    def _answer(self, client: socket.socket, stage: str, content: bytes = b"") -> bool:
        """Answer as the script says; False if the connection ends here."""
        what = self.script.get(stage, "")
        if what == "hang":
            self.stopped.wait(20) or client.recv(1)
            return False
        if what == "close":
            return False
        if what == "take and close":
            self.taken.append(content)
            return False
        if what == "slow":
            self.stopped.wait(1)
        reply = NORMAL.get(stage, "250 ok") if what in {"", "slow"} else what
        if stage == "EHLO" and self.pipelining and not what:
            reply = "250-ready\r\n250 PIPELINING"
        if what == "garbage":
            reply = "\x00\xff nonsense"
        if stage == "content" and reply.startswith("250"):
            self.taken.append(content)
        client.sendall(reply.encode("latin-1") + b"\r\n")
        return not reply.startswith("421")
