"""A job that was asked for is done: whatever the queue loses, and whoever dies over it.

On the PostgreSQL queue and on a real Redis, with the same meaning on both.
"""

from __future__ import annotations

import datetime as dt
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest
import redis
import time_machine
from flask import Flask
from sqlalchemy import func, select

from coachhub.app import create_app
from coachhub.core import waiting
from coachhub.core.db import db, now
from coachhub.core.jobs import JOBS, Job, later, let_go, queue
from coachhub.core.waiting import WaitingJob
from coachhub.firms.models import Firm
from fixtures_app import config_for


@pytest.fixture(scope="module")
def redis_url(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A Redis of our own."""
    program = shutil.which("redis-server")
    if program is None:
        pytest.skip("There is no redis-server here (Debian: apt-get install redis-server).")
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    folder = tmp_path_factory.mktemp("redis")
    command = [program, "--port", str(port), "--bind", "127.0.0.1", "--dir", str(folder)]
    process = subprocess.Popen(  # noqa: S603 - Debian's own
        [*command, "--save", "", "--loglevel", "warning"], stdout=subprocess.DEVNULL
    )
    url = f"redis://127.0.0.1:{port}/0"
    client = redis.Redis.from_url(url)
    for _ in range(200):
        try:
            client.ping()
            break
        except redis.ConnectionError:
            time.sleep(0.05)
    client.close()
    yield url
    process.terminate()
    process.wait(20)


@pytest.fixture(params=["postgresql", "redis"])
def hub(
    request: pytest.FixtureRequest,
    fresh_database: Callable[..., Any],
    monkeypatch: pytest.MonkeyPatch,
) -> Iterator[Flask]:
    """An app with one firm, whose queue is a real one; its jobs are noted in ``app.ran``."""
    urls = fresh_database()
    url = urls.app if request.param == "postgresql" else request.getfixturevalue("redis_url")
    app = create_app(config_for(urls, queue_url=url))
    app.ran = []
    monkeypatch.setitem(
        JOBS, "try.note", Job("try.note", lambda _firm, *what: app.ran.append(what))
    )
    with app.app_context():
        queue().huey.storage.flush_queue()
        queue().huey.storage.flush_schedule()
        queue().huey.storage.blocking = False
        db.session.add(Firm(name="Try", slug="try"))
        db.session.commit()
        app.firm_id = db.session.scalars(select(Firm.id)).one()
        db.session.remove()
    yield app
    with app.app_context():
        queue().huey.storage.flush_queue()
    let_go(app)


def ask(app: Flask, *what: str, commit: bool = True) -> None:
    with app.app_context():
        later("try.note", app.firm_id, *what)
        if commit:
            db.session.commit()
        else:
            db.session.rollback()


def written(app: Flask) -> int:
    with app.app_context():
        return db.session.scalar(select(func.count()).select_from(WaitingJob)) or 0


def drain(app: Flask) -> int:
    with app.app_context():
        return queue().drain()


def look_for_lost(app: Flask, minutes: float = 2) -> None:
    with time_machine.travel(now() + dt.timedelta(minutes=minutes), tick=True), app.app_context():
        queue()._find_lost()


def test_a_job_is_done_once_and_crossed_out(hub: Flask) -> None:
    ask(hub, "one")
    ask(hub, "never", commit=False)
    assert written(hub) == 1
    assert drain(hub) == 1
    assert (hub.ran, written(hub)) == ([("one",)], 0)
    look_for_lost(hub)
    assert drain(hub) == 0


def test_what_never_reached_the_queue_is_found(hub: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as patch, hub.app_context():

        def away(_task: Any) -> None:
            raise ConnectionError

        patch.setattr(queue().huey, "enqueue", away)
        ask(hub, "lost")  # the commit stands; nobody hears of the queue's trouble but the log
    assert drain(hub) == 0
    look_for_lost(hub, minutes=0)
    assert drain(hub) == 0  # it may still be on its way
    look_for_lost(hub)
    assert drain(hub) == 1
    assert (hub.ran, written(hub)) == ([("lost",)], 0)


def test_an_emptied_queue_loses_nothing_and_doubles_nothing(hub: Flask) -> None:
    for number in range(5):
        ask(hub, str(number))
    with hub.app_context():
        queue().huey.storage.flush_queue()
    look_for_lost(hub)
    look_for_lost(hub, minutes=4)  # twice on the queue
    assert drain(hub) == 10
    assert sorted(hub.ran) == [(str(number),) for number in range(5)]
    assert written(hub) == 0


def test_a_worker_of_older_code_leaves_what_it_does_not_know(
    hub: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ask(hub, "new work")
    with monkeypatch.context() as older:
        older.delitem(JOBS, "try.note")
        assert drain(hub) == 1
        look_for_lost(hub)
        assert drain(hub) == 1
        assert (hub.ran, written(hub)) == ([], 1)
        assert drain(hub) == 0  # not in a loop
    assert "failed" not in caplog.text
    look_for_lost(hub, minutes=4)
    assert drain(hub) == 1
    assert (hub.ran, written(hub)) == ([("new work",)], 0)


def test_what_nobody_ever_knows_ends_after_a_day(
    hub: Flask, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ask(hub, "work of a plugin that was taken off")
    monkeypatch.delitem(JOBS, "try.note")
    assert drain(hub) == 1
    assert written(hub) == 1
    with time_machine.travel(now() + dt.timedelta(hours=25), tick=True):
        look_for_lost(hub)
        assert drain(hub) == 1
    assert written(hub) == 0
    assert "Job try.note failed" in caplog.text


def test_a_worker_killed_over_its_work_leaves_it_to_the_next(hub: Flask) -> None:
    ask(hub, "half done")
    with hub.app_context():
        queue().huey.dequeue()  # it has it, says so, and dies: its lock goes with it
        [row] = db.session.scalars(select(WaitingJob.id)).all()
        db.session.remove()
        assert waiting._begin(row)
    look_for_lost(hub, minutes=0)
    assert drain(hub) == 0
    look_for_lost(hub, minutes=1)
    assert drain(hub) == 1
    assert hub.ran == [("half done",)]


def test_a_living_workers_job_is_not_taken_however_long_it_takes(
    hub: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun, go_on = threading.Event(), threading.Event()

    def slow(_firm: UUID, *what: str) -> None:
        begun.set()
        assert go_on.wait(60)
        hub.ran.append(what)

    monkeypatch.setitem(JOBS, "try.note", Job("try.note", slow))
    ask(hub, "slow")
    worker = threading.Thread(target=drain, args=(hub,))
    worker.start()
    assert begun.wait(60)
    look_for_lost(hub, minutes=600)
    with hub.app_context():
        assert queue().huey.pending_count() == 0
    go_on.set()
    worker.join(60)
    assert (hub.ran, written(hub)) == ([("slow",)], 0)


def test_a_job_that_fails_has_ended(hub: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    def fails(_firm: UUID) -> None:
        raise ValueError

    monkeypatch.setitem(JOBS, "try.note", Job("try.note", fails))
    ask(hub)
    drain(hub)
    assert written(hub) == 0


def test_a_later_job_is_not_lost_before_its_time(hub: Flask) -> None:
    with hub.app_context():
        later("try.note", hub.firm_id, "later", delay=dt.timedelta(hours=1))
        db.session.commit()
    drain(hub)
    with hub.app_context():
        assert (hub.ran, queue().huey.scheduled_count()) == ([], 1)
        queue().huey.storage.flush_schedule()
    look_for_lost(hub, minutes=30)
    assert drain(hub) == 0
    look_for_lost(hub, minutes=63)
    assert drain(hub) == 1


def test_a_worker_leaves_signs_of_life(hub: Flask) -> None:
    with hub.app_context():
        assert waiting.last_beat() is None
        queue().put("try.note", str(hub.firm_id), ())
        queue().drain()
        assert waiting.last_beat() is not None
        queue()._tick()
        beat = waiting.last_beat()
    assert beat is not None
    assert now() - beat < dt.timedelta(minutes=5)


def test_behind_pgbouncer_locks_go_straight_to_the_database(
    fresh_database: Callable[..., Any],
) -> None:
    urls = fresh_database()
    config = config_for(urls, direct_database_url=urls.app, queue_url="")
    app = create_app(config)
    with app.app_context():
        assert db.engines["direct"] is not db.engine
        with db.engine.connect() as connection:
            driver = connection.connection.dbapi_connection
            assert driver is not None
            assert driver.prepare_threshold is None
        assert config.jobs_url == urls.app
    let_go(app)
