"""A service on this machine that answers as it is told, and remembers what it was sent."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Reply:
    """What the service answers: a status, headers, a body; or nothing at all for a while."""

    status: int = 200
    headers: dict[str, str] = field(default_factory=dict)
    body: str = "ok"
    hangs: bool = False
    drips: bool = False


class Service:
    """Listens on 127.0.0.1 until it is closed; `replies` are used up in order, the last stays."""

    def __init__(self) -> None:
        self.replies = [Reply()]
        self.sent: list[tuple[str, dict[str, Any]]] = []
        self.raw: list[tuple[dict[str, str], bytes]] = []
        self.let_go = threading.Event()
        service = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                size = int(self.headers["Content-Length"])
                body = self.rfile.read(size)
                service.sent.append((self.path, json.loads(body)))
                service.raw.append((dict(self.headers.items()), body))
                more = len(service.replies) > 1
                reply = service.replies.pop(0) if more else service.replies[0]
                if reply.hangs:
                    service.let_go.wait(20)
                    return
                self.send_response(reply.status)
                for name, value in reply.headers.items():
                    self.send_header(name, value)
                if not reply.drips:
                    self.send_header("Content-Length", str(len(reply.body)))
                self.end_headers()
                while reply.drips and not service.let_go.wait(0.05):
                    try:
                        self.wfile.write(b"x")
                        self.wfile.flush()
                    except OSError:
                        return
                if not reply.drips:
                    self.wfile.write(reply.body.encode())

            def log_message(self, *_given: object) -> None:
                """Keep quiet."""

        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.thread = threading.Thread(target=self.server.serve_forever, args=(0.02,), daemon=True)
        self.thread.start()

    @property
    def netloc(self) -> str:
        return f"127.0.0.1:{self.server.server_address[1]}"

    def address(self, path: str = "/services/T0/B0/secret1234") -> str:
        return f"http://{self.netloc}{path}"

    def close(self) -> None:
        self.let_go.set()
        self.server.shutdown()
        self.server.server_close()
        self.thread.join(5)
