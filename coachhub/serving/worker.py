"""The background worker."""

from __future__ import annotations

import logging
import os

from huey.consumer import Consumer

from coachhub.core.jobs import queue
from coachhub.serving.tie import end_with_parent
from coachhub.serving.wsgi import wsgi_app

_LONGEST_PAUSE = 1.0  # seconds between two looks at an empty queue that cannot be listened to


def work() -> None:
    """Do what is on the queue until asked to stop; WORKER_THREADS at once (default 2)."""
    end_with_parent()
    logging.basicConfig(format="%(asctime)s %(levelname)s %(name)s: %(message)s")
    with wsgi_app().app_context():
        huey = queue().huey
    # A job under way is finished before the worker stops.
    threads = int(os.environ.get("WORKER_THREADS", "2"))
    Consumer(huey, workers=threads, max_delay=_LONGEST_PAUSE, graceful_signal="TERM").run()
