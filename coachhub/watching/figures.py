"""The figures for Prometheus: what this process counts, and what the database can tell.

No figure has a name in it. A firm is a number that stays the same and says nothing; after so many
firms the rest are counted together, so that the number of series stays bounded.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from flask import Flask
from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.multiprocess import MultiProcessCollector
from sqlalchemy import event, func, select

from coachhub.core import jobs, waiting
from coachhub.core.db import db, now
from coachhub.core.jobs import queue
from coachhub.mail.models import AccountMail
from coachhub.watching.tallies import Tally, firm_number

FOLDER = os.environ.get("PROMETHEUS_MULTIPROC_DIR", "")
MOST_FIRMS = 1_000
FRESH_FOR = 15  # seconds for which the database is not asked again
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_SECONDS = (0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30)
_MINUTES = (0.05, 0.1, 0.5, 1, 5, 15, 60, 300, 900)

if FOLDER:  # the library keeps its files there from the first figure on
    Path(FOLDER).mkdir(parents=True, exist_ok=True)

REGISTRY = CollectorRegistry()
REQUESTS = Counter(
    "coachhub_requests_total",
    "Requests answered.",
    ("endpoint", "method", "status"),
    registry=REGISTRY,
)
ANSWERED = Histogram(
    "coachhub_request_seconds",
    "Seconds until an answer begins.",
    ("endpoint",),
    buckets=_SECONDS,
    registry=REGISTRY,
)
JOBS = Counter("coachhub_jobs_total", "Jobs ended.", ("job", "outcome"), registry=REGISTRY)
WORKED = Histogram(
    "coachhub_job_seconds", "Seconds a job took.", ("job",), buckets=_MINUTES, registry=REGISTRY
)
FIRM = Counter(
    "coachhub_firm_seconds_total",
    "Seconds of work for a firm, which is a number here.",
    ("firm", "work"),
    registry=REGISTRY,
)
IN_USE = Gauge(
    "coachhub_database_connections_in_use",
    "Connections that requests and jobs hold now.",
    registry=REGISTRY,
    multiprocess_mode="livesum",
)

_numbers: dict[str, str] = {}


def init_app(app: Flask) -> None:
    """Count the jobs and the database connections of this process."""
    jobs.on_end(_job_ended)
    with app.app_context():
        for engine in db.engines.values():
            event.listen(engine, "checkout", lambda *_: IN_USE.inc())
            event.listen(engine, "checkin", lambda *_: IN_USE.dec())


def answered(endpoint: str, method: str, status: int, seconds: float, firm_id: str) -> None:
    """Count one request."""
    verb = method if method in METHODS else "other"
    REQUESTS.labels(endpoint, verb, str(status)).inc()
    ANSWERED.labels(endpoint).observe(seconds)
    if firm_id:
        FIRM.labels(_label(firm_id), "pages").inc(seconds)


def _job_ended(name: str, firm_id: str, outcome: str, seconds: float) -> None:
    JOBS.labels(name, outcome).inc()
    WORKED.labels(name).observe(seconds)
    if firm_id:
        FIRM.labels(_label(firm_id), "jobs").inc(seconds)


def _label(firm_id: str) -> str:
    if firm_id not in _numbers:
        if len(_numbers) >= MOST_FIRMS:
            return "others"
        _numbers[firm_id] = firm_number(firm_id)
    return _numbers[firm_id]


class Told:
    """What the database tells, asked at most every few seconds."""

    def __init__(self) -> None:
        """Begin without an answer."""
        self._lock = threading.Lock()
        self._asked = 0.0
        self._known: list[Metric] = []

    def collect(self) -> Iterator[Metric]:
        """Yield the figures; inside the app's context."""
        with self._lock:
            if not self._known or time.monotonic() - self._asked > FRESH_FOR:
                self._known = [ask() for ask in (_jobs_waiting, _oldest, _pulse, _mails, _rounds)]
                self._asked = time.monotonic()
            yield from self._known


def page(told: Callable[[], Iterator[Metric]]) -> bytes:
    """Return all figures as Prometheus reads them."""
    registry = REGISTRY
    if FOLDER:
        registry = CollectorRegistry()
        MultiProcessCollector(registry)  # type: ignore[no-untyped-call]  # the library's own
    asked = CollectorRegistry()
    asked.register(_Once(list(told())))
    return generate_latest(registry) + generate_latest(asked)


class _Once:
    def __init__(self, known: list[Metric]) -> None:
        self._known = known

    def collect(self) -> list[Metric]:
        return self._known


def _jobs_waiting() -> Metric:
    found = GaugeMetricFamily("coachhub_queue_jobs", "Jobs on the queue.", labels=["due"])
    huey = queue().huey
    found.add_metric(["now"], huey.pending_count())
    found.add_metric(["later"], huey.scheduled_count())
    return found


def _oldest() -> Metric:
    since = waiting.oldest()
    seconds = (now() - since).total_seconds() if since else 0
    return GaugeMetricFamily(
        "coachhub_queue_oldest_seconds", "How long the oldest due job waits.", value=seconds
    )


def _pulse() -> Metric:
    beat = waiting.last_beat()
    seconds = (now() - beat).total_seconds() if beat else float("inf")
    return GaugeMetricFamily(
        "coachhub_worker_pulse_seconds",
        "Seconds since a worker last gave a sign of life.",
        value=seconds,
    )


def _mails() -> Metric:
    found = GaugeMetricFamily(
        "coachhub_mails", "Mails of the last 30 days.", labels=["kind", "state"]
    )
    rows = list(_summed("mail"))
    account = select(AccountMail.state, func.count()).group_by(AccountMail.state)
    rows += [("account", state, number) for state, number in db.session.execute(account)]
    for kind, state, total in rows:
        found.add_metric([kind, state], float(total))
    return found


def _rounds() -> Metric:
    found = GaugeMetricFamily("coachhub_rounds", "Rounds there are.", labels=["state"])
    for _kind, state, total in _summed("round"):
        found.add_metric([state], float(total))
    return found


def _summed(what: str) -> Iterator[tuple[str, str, int]]:
    rows = db.session.execute(
        select(Tally.kind, Tally.state, func.sum(Tally.total))
        .where(Tally.what == what)
        .group_by(Tally.kind, Tally.state)
        .order_by(Tally.kind, Tally.state)
    )
    yield from ((kind, state, total) for kind, state, total in rows)
