"""The pages, served by gunicorn: ``python -m coachhub.serving.web WHERE``.

WHERE is ``127.0.0.1:8000``, or ``fd://3`` for a socket that the parent listens on already.
"""

from __future__ import annotations

import contextlib
import os
import sys
from typing import Any

from flask import Flask
from gunicorn.app.base import BaseApplication
from prometheus_client import multiprocess

from coachhub.config import Config
from coachhub.core import logs
from coachhub.serving.tie import end_with_parent
from coachhub.serving.wsgi import wsgi_app


class Web(BaseApplication):  # type: ignore[misc]  # gunicorn ships no types
    """Gunicorn with threads, listening at one address."""

    def __init__(self, bind: str) -> None:
        """Name the address, or the socket that was inherited."""
        self._bind = bind
        super().__init__()

    def load_config(self) -> None:
        """Tell gunicorn how to serve; WEB_PROCESSES and WEB_THREADS say how much at once."""
        settings: dict[str, Any] = {
            "bind": self._bind,
            "worker_class": "coachhub.serving.patience.PatientWorker",
            "workers": int(os.environ.get("WEB_PROCESSES", "1")),
            "threads": int(os.environ.get("WEB_THREADS", "8")),
            "control_socket_disable": True,
            # No header names the script or the path: those are ours.
            "forwarder_headers": "",
            "graceful_timeout": 10,
            "timeout": 60,
            "loglevel": "warning",
            "child_exit": _forget,
        }
        for name, value in settings.items():
            self.cfg.set(name, value)

    def load(self) -> Flask:
        """Make the app, in each web process."""
        logs.init(Config.from_env(os.environ).log_format)
        return wsgi_app()


def _forget(_server: Any, worker: Any) -> None:
    """Take a process that ended out of the gauges that count living ones."""
    if os.environ.get("PROMETHEUS_MULTIPROC_DIR"):
        with contextlib.suppress(OSError):
            multiprocess.mark_process_dead(worker.pid)  # type: ignore[no-untyped-call]  # the library's own


if __name__ == "__main__":
    end_with_parent()
    Web(sys.argv[1]).run()
