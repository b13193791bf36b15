"""The background worker."""

from __future__ import annotations

import logging
import os
import threading

from flask import Flask
from huey.consumer import Consumer
from werkzeug.serving import make_server

from coachhub.config import Config, ConfigError
from coachhub.core import logs
from coachhub.core.jobs import queue
from coachhub.serving.tie import end_with_parent
from coachhub.serving.wsgi import wsgi_app
from coachhub.watching.doors import Doors


def work() -> None:
    """Do what is on the queue until asked to stop; WORKER_THREADS at once (default 2)."""
    end_with_parent()
    config = Config.from_env(os.environ)
    logs.init(config.log_format)
    app = wsgi_app(config)
    with app.app_context():
        huey = queue().huey
    if config.metrics_listen:
        answer_at(app, config.metrics_listen)
    # A job under way is finished before the worker stops.
    Consumer(huey, workers=int(os.environ.get("WORKER_THREADS", "2")), graceful_signal="TERM").run()


def answer_at(app: Flask, where: str) -> int:
    """Answer /healthz, /readyz and /metrics at ``host:port`` beside the work; return the port.

    Raises:
        ConfigError: nothing can listen there.
    """
    host, _, port = where.rpartition(":")
    logging.getLogger("werkzeug").setLevel(logging.WARNING)  # a line for each probe tells nothing
    doors = Doors(app, app.wsgi_app)
    try:
        server = make_server(host.strip("[]"), int(port), doors.only, threaded=True)
    except (OSError, SystemExit) as error:
        raise ConfigError(f"METRICS_LISTEN: {where} can't be listened on: {error}.") from error
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return server.port
