"""Firms with nothing to do: how many jobs a minute of the clock makes, and what they cost.

Two readings over the same minutes: ``each`` puts every due job of every firm on the queue, as a job
that says nothing about what it waits for still does; ``asked`` is the clock as it is.

Run from the checkout: `nice -n 15 python tests/bench/bench_idle_firms.py [--firms 1000] [--json]`.
A PostgreSQL of its own, the queue in it, one worker thread, a cohort and two members in each firm.
CPU is that of this process and of PostgreSQL's together, in seconds of one core for each minute.
"""

import argparse
import datetime as dt
import json
import os
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[1]))

from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.app import create_app
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import jobs, schema
from coachhub.core.db import db
from coachhub.core.embedded import FAST_AND_LOSABLE, Cluster
from coachhub.core.jobs import JOBS, queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, Seat
from coachhub.upkeep import postgres
from fixtures_app import config_for

ROOT = Path(__file__).parents[2]
BEGIN = dt.datetime(2026, 3, 2, 9, 1, tzinfo=dt.UTC)
TICKS = os.sysconf("SC_CLK_TCK")


class Urls:
    """How the two roles reach the bench's database."""

    def __init__(self, cluster: Cluster, name: str) -> None:
        self.owner = cluster.url("coachhub_owner", name)
        self.app = cluster.url("coachhub_app", name)


class Clock(dt.datetime):
    """A clock that stands where it is put."""

    minute_now = BEGIN

    @classmethod
    def now(cls, tz: Any = None) -> dt.datetime:  # type: ignore[override]
        """Return the minute that is tried."""
        return cls.minute_now.astimezone(tz)


def fill(firms: int) -> None:
    """Make firms with a cohort and two members each, who wait for nothing."""
    for number in range(firms):
        firm = Firm(name=f"Firm {number}", slug=f"firm-{number}")
        db.session.add(firm)
        db.session.flush()
        with scope(firm.id):
            cohort = Cohort(name="Group", slug="group")
            db.session.add(cohort)
            db.session.flush()
            for _ in range(2):
                key = uuid7().hex
                person = Person(email=f"{key}@example.org", name=key, fs_uniquifier=key)
                db.session.add(person)
                db.session.flush()
                db.session.add(Seat(firm_id=firm.id, person_id=person.id))
                db.session.flush()
                member = Membership(person_id=person.id, name=key)
                db.session.add(member)
                db.session.flush()
                db.session.add(Enrolment(cohort_id=cohort.id, membership_id=member.id))
            db.session.flush()
        db.session.commit()


def tick_each() -> None:
    """Put every due job of every firm on the queue."""
    minute = int(Clock.minute_now.timestamp()) // 60
    with queue().app.app_context():
        firms = [str(one) for one in queue().firm_ids()]
    for one in JOBS.values():
        if one.every_minutes and minute % one.every_minutes == 0:
            for firm_id in [""] if one.for_platform else firms:
                queue().put(one.name, firm_id, ())


def server_seconds(postmaster: int) -> float:
    """Return the CPU seconds of a PostgreSQL and all its processes, ended ones too."""
    total = 0.0
    for folder in Path("/proc").iterdir():
        if not folder.name.isdigit():
            continue
        try:
            told = (folder / "stat").read_text().rpartition(")")[2].split()
        except OSError:
            continue
        if int(folder.name) == postmaster:
            total += sum(map(int, told[11:15])) / TICKS
        elif int(told[1]) == postmaster:
            total += sum(map(int, told[11:13])) / TICKS
    return total


def measured(tick: Any, minutes: int, postmaster: int) -> dict[str, float]:
    """Let the clock go on for some minutes; return jobs, CPU and seconds for each of them."""
    ran = 0
    begun, ours, theirs = time.monotonic(), time.process_time(), server_seconds(postmaster)
    for number in range(minutes):
        Clock.minute_now = BEGIN + dt.timedelta(minutes=number)
        tick()
        ran += queue().drain()
        db.session.remove()
    cpu = time.process_time() - ours + server_seconds(postmaster) - theirs
    return {
        "jobs": round(ran / minutes),
        "cpu": round(cpu / minutes, 2),
        "seconds": round((time.monotonic() - begun) / minutes, 2),
    }


def main() -> None:
    """Fill, measure both ways, tell."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", type=int, default=1000)
    parser.add_argument("--minutes", type=int, default=5)
    parser.add_argument("--json", action="store_true")
    args = parser.parse_args()
    folder = ROOT / ".run" / "bench-idle-pg"
    cluster = Cluster(folder, {**FAST_AND_LOSABLE, "max_connections": "50"})
    cluster.start(tied=True)
    cluster.drop_database("bench")
    cluster.create_database("bench")
    urls = Urls(cluster, "bench")
    schema.upgrade(schema.config(urls.owner, urls.app, schema.plugin_folders()))
    app = create_app(config_for(urls, queue_url=urls.app))
    postmaster = int(next(folder.rglob("postmaster.pid")).read_text().split()[0])
    with app.app_context():
        fill(args.firms)
        postgres.count_rows_anew(urls.owner)
        jobs.dt.datetime = Clock  # type: ignore[misc]
        found = {}
        for name, tick in (("asked", queue()._tick), ("each", tick_each)):
            tick()
            queue().drain()  # what is done once is not counted
            queue().huey.flush()
            found[name] = measured(tick, args.minutes, postmaster)
        jobs.let_go(app)
    cluster.drop_database("bench")
    if args.json:
        sys.stdout.write(json.dumps(found) + "\n")
        return
    sys.stdout.write(
        f"{args.firms} idle firms, {args.minutes} minutes of the clock; for each minute:" + "\n"
    )
    for name, one in found.items():
        sys.stdout.write(
            f"  {name:6} {one['jobs']:6} jobs, {one['cpu']:6} s of CPU, {one['seconds']:6} s" + "\n"
        )


if __name__ == "__main__":
    main()
