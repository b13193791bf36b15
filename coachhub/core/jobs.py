"""Work that happens after the page is answered: jobs on a queue, one firm each.

A job is a function whose first argument is the firm's id; it runs inside that firm's scope and
is committed once. A plugin's job, ``<plugin>.<what>``, runs only for firms that have it on.
`later` writes it down in the present transaction and puts it on the queue when that has committed:
a job never sees what was rolled back, and what a queue loses is found again (`waiting`). Queue:
Huey on the same PostgreSQL, or Redis by one setting.
"""

from __future__ import annotations

import datetime as dt
import logging
import time
from collections.abc import Callable, Iterable
from contextlib import nullcontext
from dataclasses import dataclass
from types import ModuleType
from typing import Any
from uuid import UUID

from flask import Flask, current_app
from huey import MemoryHuey, PostgresHuey, RedisHuey, crontab
from huey.api import Huey, Task
from huey.serializer import SignedSerializer
from sqlalchemy import Select, event
from sqlalchemy.orm import Session, SessionTransaction

from coachhub.core import waiting
from coachhub.core.db import db
from coachhub.core.logs import about
from coachhub.core.plugins import is_heard
from coachhub.core.tenancy import scope

log = logging.getLogger(__name__)
_KEY = "coachhub.jobs"
_TICKS_KEPT = dt.timedelta(hours=1)
_PUT = "coachhub.jobs.put"  # what the transaction that commits now has written down
_BUSY = 1_000  # with so much on the queue nothing is looked for: it would only wait there twice

LOOK = "core.look"  # the job that asks what firms wait for
FIRMS_AT_ONCE = 50  # gone through by one of its turns

_BEAT = 20.0  # seconds between two signs of life of one worker

Ended = Callable[[str, str, str, float], None]
_ENDED: list[Ended] = []


@dataclass(frozen=True)
class Job:
    """A function to run later for one firm, found again by name in the worker."""

    name: str
    function: Callable[..., None]
    every_minutes: int | None = None
    for_platform: bool = False
    waits: Callable[[], Select[Any]] | None = None

    def later(
        self, firm_id: UUID | None, *args: str | int, delay: dt.timedelta | None = None
    ) -> None:
        """Run once the present transaction commits; args are plain values."""
        later(self.name, firm_id, *args, delay=delay)

    def run(self, firm_id: UUID | None, *args: str | int) -> None:
        """Run now, in the firm's scope, and commit; what fails is rolled back and raised."""
        if self.for_platform != (firm_id is None):
            raise ValueError(f"Job {self.name} was asked with firm {firm_id}.")
        with scope(firm_id) if firm_id else nullcontext():
            try:
                if firm_id and not is_heard(self.name.partition(".")[0]):
                    return
                if firm_id:
                    self.function(firm_id, *args)
                else:
                    self.function(*args)
                db.session.commit()
            except BaseException:
                db.session.rollback()
                raise


JOBS: dict[str, Job] = {}


def later(
    name: str, firm_id: UUID | None, *args: str | int, delay: dt.timedelta | None = None
) -> None:
    """Run the job called `name` once the present transaction commits; nothing if it rolls back."""
    seconds = delay.total_seconds() if delay else 0.0
    waiting = db.session().info.setdefault(_KEY, [])
    entry = (name, str(firm_id or ""), args, seconds)
    if entry not in waiting:
        waiting.append(entry)


def job(
    name: str,
    *,
    every_minutes: int | None = None,
    for_platform: bool = False,
    waits: Callable[[], Select[Any]] | None = None,
) -> Callable[[Callable[..., None]], Job]:
    """Declare a job: a function of a firm's id, or of nothing if it is for the platform itself.

    With `every_minutes` it also runs by the clock, for each firm: at each minute since 1970 that
    this divides. `waits` returns a select, asked in the firm's scope: without a row there is
    nothing to do, and the clock leaves the firm out (see `looking`).
    """

    def declare(function: Callable[..., None]) -> Job:
        if name in JOBS:
            raise ValueError(f"Two jobs are called {name}.")
        JOBS[name] = Job(name, function, every_minutes, for_platform, waits)
        return JOBS[name]

    return declare


def on_end(listener: Ended) -> None:
    """Call `listener` with (name, firm id or "", "done" or "failed", seconds) after each job."""
    if listener not in _ENDED:
        _ENDED.append(listener)


class Queue:
    """The queue of one app: Huey underneath, jobs found by name, one try logged per failure.

    What is put there is written down in the database too, unless the queue lives in memory (tests).
    """

    def __init__(self, app: Flask, url: str, secret: str) -> None:
        """Open the queue at `url`: ``postgresql://``, ``redis://`` or ``memory:`` (tests)."""
        serializer = SignedSerializer(secret=secret)
        if url.startswith("postgresql:"):
            self.huey: Huey = PostgresHuey(
                "coachhub", dsn=url, create_tables=False, results=False, serializer=serializer
            )
        elif url.startswith("redis"):
            self.huey = RedisHuey("coachhub", url=url, results=False, serializer=serializer)
        else:
            self.huey = MemoryHuey("coachhub", results=False, serializer=serializer)
        self._beaten = -_BEAT
        self.keeps = not isinstance(self.huey, MemoryHuey)
        self.app = app
        self.firm_ids: Callable[[], Iterable[UUID]] = tuple
        self._task = self.huey.task(name="run", context=True)(self._run)
        self.huey.periodic_task(crontab(), name="tick")(self._tick)

    def put(
        self,
        name: str,
        firm_id: str,
        args: Iterable[str | int],
        seconds: float = 0,
        waiting_id: str = "",
    ) -> None:
        """Put one job on the queue, to run after `seconds`; `waiting_id` is its row's."""
        task = self._task.s(name, firm_id, list(args), waiting_id, delay=seconds or None)
        self.huey.enqueue(task)

    def _run(
        self,
        name: str,
        firm_id: str,
        args: list[str | int],
        waiting_id: str = "",
        *,
        task: Task | None = None,
    ) -> None:
        job_id = str(task.id) if task else ""
        with self.app.app_context(), about(job=name, job_id=job_id, firm_id=firm_id):
            if name not in JOBS and not (waiting_id and waiting.is_old(UUID(waiting_id))):
                # Newer code asked for it, on another machine: it is found again as if it were
                # lost, until a worker that knows it takes it. The clock's own come anew.
                log.info("Job %s is left to a worker that knows it.", name)
                return
            if not waiting_id:
                self._run_now(name, firm_id, args)
                return
            with waiting.taken(UUID(waiting_id)) as ours:
                if ours:
                    self._run_now(name, firm_id, args)
                    waiting.end(UUID(waiting_id))

    def _run_now(self, name: str, firm_id: str, args: list[str | int]) -> None:
        outcome, begun = "done", time.perf_counter()
        try:
            JOBS[name].run(UUID(firm_id) if firm_id else None, *args)
        except Exception:
            outcome = "failed"
            # The row that asked for the work is still there; the next tick takes it up.
            log.exception("Job %s failed.", name, extra={"firm_id": firm_id})
        for listener in _ENDED:
            listener(name, firm_id, outcome, time.perf_counter() - begun)
        # The queue's minute may stand behind much work: whoever works lives.
        if self.keeps and time.monotonic() - self._beaten > _BEAT:
            self._beaten = time.monotonic()
            waiting.beat()

    def _tick(self) -> None:
        """Put what is due this minute on the queue: the platform's jobs, and looks into the firms.

        Each worker's clock asks for it; the first one of a minute does it for all.
        """
        moment = dt.datetime.now(dt.UTC)
        if not self.huey.put_if_empty(_ticked(moment), 1):
            return
        self.huey.delete(_ticked(moment - _TICKS_KEPT))
        minute = int(moment.timestamp()) // 60
        with self.app.app_context():
            firms = [str(firm_id) for firm_id in self.firm_ids()]
            self._find_lost()
        due = [
            one for one in JOBS.values() if one.every_minutes and minute % one.every_minutes == 0
        ]
        for one in due:
            if one.for_platform:
                self.put(one.name, "", ())
        names = " ".join(one.name for one in due if not one.for_platform)
        for begin in range(0, len(firms), FIRMS_AT_ONCE):
            self.put(LOOK, "", (names, " ".join(firms[begin : begin + FIRMS_AT_ONCE])))

    def _find_lost(self) -> None:
        """Put again what was written down and never came from the queue, or never ended."""
        waiting.beat()
        if self.keeps and self.huey.pending_count() < _BUSY:
            for waiting_id, name, firm_id, args in waiting.lost():
                self.put(name, firm_id, args, waiting_id=waiting_id)

    def drain(self) -> int:
        """Run what waits on the queue here and now; return how many jobs ran. For tests."""
        ran = 0
        while (task := self.huey.dequeue()) is not None:
            self.huey.execute(task)
            ran += 1
        return ran


def _ticked(moment: dt.datetime) -> str:
    return f"tick {moment:%Y-%m-%d %H:%M}"


def queue() -> Queue:
    """Return the queue of the current app."""
    opened: Queue = current_app.extensions[_KEY]
    return opened


def let_go(app: Flask) -> None:
    """Close every connection of an app that is not needed any more."""
    with app.app_context():
        db.session.remove()
        queue().huey.storage.close()
        for engine in db.engines.values():
            engine.dispose()


def init_app(app: Flask, url: str, secret: str, work: Iterable[ModuleType]) -> None:
    """Give the app its queue, and name the modules whose jobs no view brings in."""
    for module in work:
        if not any(isinstance(value, Job) for value in vars(module).values()):
            raise ValueError(f"{module.__name__} declares no job.")
    app.extensions[_KEY] = Queue(app, url, secret)


@event.listens_for(Session, "before_commit")
def _write_down_waiting(session: Session) -> None:
    if session.in_nested_transaction() or not session.info.get(_KEY):
        return
    if queue().keeps:
        session.info[_PUT] = waiting.write_down(session, session.info[_KEY])


@event.listens_for(Session, "after_commit")
def _send_waiting(session: Session) -> None:
    # It is told of savepoints too: what they made can still be rolled back.
    if session.in_nested_transaction():
        return
    entries, rows = session.info.pop(_KEY, []), session.info.pop(_PUT, [])
    try:
        for number, (name, firm_id, args, seconds) in enumerate(entries):
            queue().put(name, firm_id, args, seconds, *([str(rows[number])] if rows else []))
    except Exception:
        if not rows:
            raise
        # What was asked for is committed; only the queue is away. Its minute finds the rows.
        log.exception("The queue did not take %s jobs.", len(entries))


@event.listens_for(Session, "after_soft_rollback")
def _forget_waiting(session: Session, transaction: SessionTransaction) -> None:
    if transaction.parent is None:
        session.info.pop(_KEY, None)
        session.info.pop(_PUT, None)
