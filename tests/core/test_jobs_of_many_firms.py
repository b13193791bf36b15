"""Jobs of five firms in any order, some of which fail half-way: each stays in its own firm.

`MANY_JOBS` in the environment says how many; `make soak-jobs` runs a thousand.
"""

from __future__ import annotations

import os
import random
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

import pytest
from flask import Flask
from sqlalchemy import select, text

from coachhub.app import create_app
from coachhub.cohorts.models import Cohort
from coachhub.core import jobs
from coachhub.core.db import db
from coachhub.core.jobs import JOBS, Job, queue
from coachhub.core.tenancy import current_firm_id, open_firm_id, scope
from coachhub.firms.models import Firm
from fixtures_app import config_for

MANY = int(os.environ.get("MANY_JOBS", "150"))
FIRMS = 5
WORKERS = 3
NAME, AFTER = "cohorts.made_by_a_test", "cohorts.told_by_a_test"
ENDINGS = ("raise", "SELECT 1/0", "SELECT pg_terminate_backend(pg_backend_pid())")


@pytest.fixture
def real_app(
    fresh_database: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> Iterator[Flask]:
    made = create_app(config_for(fresh_database()))
    monkeypatch.setattr(jobs.log, "exception", lambda *_a, **_k: None)
    yield made
    with made.app_context():
        db.engine.dispose()


@dataclass
class Watched:
    """What the jobs of this test did, and what went wrong."""

    told: list[tuple[UUID, int]] = field(default_factory=list)
    wrong: list[str] = field(default_factory=list)

    def work(self, firm_id: UUID, number: int, ending: str) -> None:
        """Make a cohort, look around, and end in one of four ways."""
        if current_firm_id() != firm_id:
            self.wrong.append(f"job {number} runs in {current_firm_id()}")
        db.session.add(Cohort(name=f"{firm_id} {number}", slug=f"c{number}"))
        db.session.flush()
        seen = set(db.session.scalars(text("SELECT firm_id FROM cohorts_cohort")))
        if seen != {firm_id}:
            self.wrong.append(f"job {number} of {firm_id} sees {seen}")
        jobs.later(AFTER, firm_id, number)
        if ending == "raise":
            raise RuntimeError("The job fails.")
        if ending:
            db.session.execute(text(ending))

    def after(self, firm_id: UUID, number: int) -> None:
        """Hear of a job whose work was committed."""
        self.told.append((firm_id, number))

    def worker(self, huey: Any) -> None:
        """Take jobs until there are none."""
        while (task := huey.dequeue()) is not None:
            huey.execute(task)
            if open_firm_id() is not None:
                self.wrong.append("a scope stays open")


def make_firms() -> list[UUID]:
    firms = [Firm(name=f"Firm {n}", slug=f"firm-{n}") for n in range(FIRMS)]
    db.session.add_all(firms)
    db.session.commit()
    return [firm.id for firm in firms]


def test_jobs_stay_in_their_firms(real_app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    chance, watched = random.Random(4), Watched()  # noqa: S311 - no secret
    monkeypatch.setitem(JOBS, NAME, Job(NAME, watched.work))
    monkeypatch.setitem(JOBS, AFTER, Job(AFTER, watched.after))
    with real_app.app_context():
        ids = make_firms()
        planned = [
            (chance.choice(ids), number, chance.choice(ENDINGS) if chance.random() < 0.1 else "")
            for number in range(MANY)
        ]
        for firm_id, number, ending in planned:
            queue().put(NAME, str(firm_id), [number, ending])
        huey = queue().huey
        db.session.remove()
    workers = [threading.Thread(target=watched.worker, args=(huey,)) for _ in range(WORKERS)]
    for one in workers:
        one.start()
    for one in workers:
        one.join()
    done = {(firm_id, number) for firm_id, number, ending in planned if not ending}
    assert watched.wrong == []
    assert sorted(watched.told) == sorted(done)
    assert 0 < len(done) < MANY
    with real_app.app_context():
        for firm_id in ids:
            with scope(firm_id):
                names = set(db.session.scalars(select(Cohort.name)))
            assert names == {f"{firm_id} {n}" for owner, n in done if owner == firm_id}
        db.session.remove()
