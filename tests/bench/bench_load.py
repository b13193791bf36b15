"""Load: members, coaches and jobs at once on one installation, as fast as it goes without an error.

One host (gunicorn with 2 processes of 4 threads, one worker) and its PostgreSQL share the machine
with the crowd that asks. The peer is a bare Flask view with one query, under the same gunicorn with
the same settings, asked by the same crowd in the same run: every figure is told as a ratio too.
Then 10 firms become 1,000, and the same is asked again.

Run from the checkout: `nice -n 10 python tests/bench/bench_load.py [--seconds 300] [--firms 10]
[--many 1000] [--threads 4]`.
"""

import argparse
import http.client
import json
import os
import statistics
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "plugins"))
sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
from load_seeding import copy_firm, know_all_tables
from sqlalchemy import event

from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.embedded.state import free_port
from proofs.crowd import DEEDS, Cookies, Crowd, Somebody, answers, people
from proofs.installation import Installation, Program, until


@dataclass(frozen=True)
class Figures:
    """What one run gave: answers a second, milliseconds at the 50th, 95th and 99th percent."""

    rate: float
    p50: float
    p95: float
    p99: float
    answers: int
    errors: int

    @classmethod
    def of(cls, seconds: list[float], errors: int, lasted: float) -> "Figures":
        """Reckon them."""
        ordered = sorted(seconds) or [0.0]
        part = [
            ordered[min(len(ordered) - 1, int(len(ordered) * one))] for one in (0.5, 0.95, 0.99)
        ]
        rate = len(seconds) / lasted
        return cls(rate, *(round(1000 * one, 1) for one in part), len(seconds), errors)


def asked(site: Installation, there: list[Somebody], threads: int, seconds: float) -> Figures:
    """Let the crowd ask for so long, each as soon as it has its answer."""
    crowd = Crowd(list(site.hosts.values()), there, threads=threads, seed=threads)
    crowd.start()
    begun = time.monotonic()
    time.sleep(seconds)
    crowd.stop()
    lasted = time.monotonic() - begun
    tally = crowd.tally
    bad = sum(n for status, n in tally.answers.items() if status >= 500)
    if bad or tally.silent:
        say(f"  errors: {dict(tally.incidents)} {dict(tally.silent)}")
    return Figures.of([one for _, one in tally.seconds], bad + sum(tally.silent.values()), lasted)


def bare(base: str, threads: int, seconds: float) -> Figures:
    """Ask the peer for so long in the same way."""
    where, took, errors = urlsplit(base), [], Counter()
    ended = time.monotonic() + seconds

    def sit() -> None:
        while time.monotonic() < ended:
            begun = time.monotonic()
            connection = http.client.HTTPConnection(where.hostname, where.port, timeout=30)
            try:
                connection.request("GET", "/", headers={"Host": "localhost"})
                connection.getresponse().read()
            except (OSError, http.client.HTTPException) as error:
                errors[type(error).__name__] += 1
            else:
                took.append(time.monotonic() - begun)
            finally:
                connection.close()

    running = [threading.Thread(target=sit) for _ in range(threads)]
    for one in running:
        one.start()
    for one in running:
        one.join()
    return Figures.of(took, sum(errors.values()), seconds)


@contextmanager
def peer(site: Installation) -> Iterator[str]:
    """Serve the bare view."""
    where = f"127.0.0.4:{free_port()}"
    command = ["gunicorn", "-k", "gthread", "-w", "2", "--threads", "4"]
    command += ["--log-level", "warning", "--no-control-socket", "-b", where, "bare_view:app"]
    environment = site.environment | {"PYTHONPATH": str(Path(__file__).parent)}
    program = Program("bare", command, environment, site.logs / "bare.log")
    program.start()
    try:
        if until(lambda: bare(f"http://{where}", 1, 0.2).answers > 0, 30) is None:
            raise RuntimeError(program.log.read_text())
        yield f"http://{where}"
    finally:
        program.stop()


def highest(site: Installation, there: list[Somebody], threads: int) -> tuple[int, Figures]:
    """Find how many at once bring the most answers a second without one error."""
    best: tuple[int, Figures] | None = None
    for number in (1, 2, threads, 2 * threads):
        found = asked(site, there, number, 15)
        say(f"  {number} at once: {told(found)}")
        if found.errors == 0 and (best is None or found.rate > best[1].rate):
            best = (number, found)
    if best is None:
        raise RuntimeError("There was an error at every rate.")
    return best


def memory(site: Installation) -> dict[str, int]:
    """Return megabytes of each program with its processes, what they share counted once."""
    found: dict[str, int] = {}
    for name, program in site.programs.items():
        assert program.process is not None
        pids = [program.process.pid]
        for pid in pids:
            listed = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
            pids += [int(one) for one in listed]
        total = 0
        for pid in pids:
            for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1])
        found[name] = total // 1024
    return found


def statements(site: Installation, there: list[Somebody]) -> dict[str, tuple[int, float]]:
    """Return for each page that is read how many statements it takes, and milliseconds inside."""
    app = create_app(Config.from_env(site.environment))
    counted: Counter[str] = Counter()
    with app.app_context():
        event.listen(db.engine, "before_cursor_execute", lambda *_: counted.update(["sql"]))
    found = {}
    cookies = Cookies()
    for _, role, place, ends in DEEDS:
        if ends or not place.startswith("/"):
            continue
        who = next(one for one in there if one.role == role)
        client = app.test_client()
        client.set_cookie("session", cookies.of(who).partition("=")[2])
        path = place.format(firm=who.firm, cohort=who.cohort)
        client.get(path)
        counted.clear()
        begun = time.perf_counter()
        for _ in range(5):
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status)
        found[place] = (counted["sql"] // 5, (time.perf_counter() - begun) * 200)
    with app.app_context():
        db.engine.dispose()
    return found


def grown(site: Installation, firms: int) -> int:
    """Copy a firm until there are so many; return how many rows were written."""
    know_all_tables(site.environment)
    with psycopg.connect(site.superuser) as superuser:
        before = superuser.execute("SELECT count(*) FROM firms_firm").fetchone()
        return copy_firm(superuser, "northlight", firms - (before[0] if before else 0))


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def told(found: Figures) -> str:
    """Tell figures in one line."""
    return (
        f"{found.rate:.1f} a second, p50 {found.p50} ms, p95 {found.p95} ms, p99 {found.p99} ms,"
        f" {found.errors} errors in {found.answers}"
    )


def load() -> str:
    """Return how busy the machine is with others' work."""
    return " ".join(f"{one:.1f}" for one in os.getloadavg())


def main() -> None:
    """Measure everything; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=300)
    parser.add_argument("--firms", type=int, default=10)
    parser.add_argument("--many", type=int, default=1000)
    parser.add_argument("--threads", type=int, default=4)
    parser.add_argument("--folder", type=Path, default=None)
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="load-"))
    say(f"load average at the start: {load()}; {os.cpu_count()} cores")
    with Installation(folder, {"synchronous_commit": "off"}) as site:
        site.settle()
        grown(site, args.firms)
        site.host("one", "127.0.0.2")
        there = people(site)
        cookies = Cookies()
        until(lambda: answers(site.hosts["one"], there[0], cookies), 120)
        result: dict[str, object] = {"load": load()}
        for place, (number, milliseconds) in statements(site, there).items():
            say(f"  {place}: {number} statements, {milliseconds:.1f} ms inside")
            result[place] = [number, round(milliseconds, 1)]
        with peer(site) as base:
            alone = bare(base, args.threads, 10)
            say(f"bare view: {told(alone)}; load {load()}")
            number, _ = highest(site, there, args.threads)
            few = asked(site, there, number, args.seconds)
            again = bare(base, args.threads, 10)
            say(f"{args.firms} firms, {number} at once for {args.seconds:.0f} s: {told(few)}")
            say(f"bare view again: {told(again)}; memory {memory(site)} MB; load {load()}")
            begun = time.monotonic()
            rows = grown(site, args.many)
            say(f"{args.many} firms: {rows} rows more in {time.monotonic() - begun:.0f} s")
            everybody = people(site)
            asked(site, everybody, number, 10)
            many = asked(site, everybody, number, args.seconds)
            last = bare(base, args.threads, 10)
        say(f"{args.many} firms, {number} at once for {args.seconds:.0f} s: {told(many)}")
        peers = statistics.median(one.rate for one in (alone, again, last))
        say(
            f"ratios: bare view answers {peers / few.rate:.1f} times as many; p95 with {args.many}"
            f" firms {many.p95 / few.p95:.2f} times that with {args.firms}, rate"
            f" {many.rate / few.rate:.2f} times; memory {memory(site)} MB; load {load()}"
        )
        result |= {"few": vars(few), "many": vars(many), "bare": peers, "memory": memory(site)}
        result |= {"p95_ratio": many.p95 / few.p95, "bare_ratio": peers / few.rate}
        say(json.dumps(result))


if __name__ == "__main__":
    main()
