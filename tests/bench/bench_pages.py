"""Pages: what the four that are read most cost, held against bare Flask views in the same run.

One firm with a cohort of 60 members and 500 cards, every plugin on, under gunicorn. The peer is a
Flask app under the same gunicorn, with one view for each page that asks PostgreSQL the very
statements of that page over a kept connection and gives their rows as JSON (`bare_rows`). Both are
asked in turn, one request at a time over a kept connection, so that whatever else keeps the machine
busy falls on both; figures are medians in milliseconds. Then one firm becomes 100 and 1,000, all
with the same data, and everything is asked again.

Run from the checkout: `nice -n 5 python tests/bench/bench_pages.py [--firms 1,100,1000]
[--times 120] [--profile board]`; it leaves with 1 where a page takes more than 3 times its peer, or
more than 1.3 times what it took with one firm, held against the peer's own growth.
"""

import argparse
import cProfile
import http.client
import json
import os
import pickle
import pstats
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parents[2] / "plugins"))
sys.path.insert(0, str(Path(__file__).parents[1]))

import psycopg
from flask import Flask
from flask.sessions import SecureCookieSessionInterface
from load_seeding import copy_firm, know_all_tables
from sqlalchemy import select

from coachhub.app import create_app
from coachhub.cohorts.models import Cohort
from coachhub.config import Config
from coachhub.core.db import db
from coachhub.core.embedded.state import free_port
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.introductions.matching.search import keep_matches
from pages.big_cohort import Big, make_big
from pages.statements import signed_in, statements
from proofs.installation import SECRET, Installation, Program, until

MEMBERS, CARDS = 60, 500
MOST, FLAT = 3.0, 1.3
READS = ("SELECT", "WITH")
Asked = dict[str, list[tuple[str, object]]]


class Door:
    """One kept connection to a web server, as one browser."""

    def __init__(self, base: str, cookie: str = "") -> None:
        """Open it."""
        where = urlsplit(base)
        self.connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=60)
        self.headers = {"Host": "localhost", "Cookie": cookie, "Accept-Encoding": "gzip"}

    def ask(self, path: str) -> tuple[float, int]:
        """Return milliseconds until the whole answer is there, and its bytes."""
        begun = time.perf_counter()
        self.connection.request("GET", path, headers=self.headers)
        answer = self.connection.getresponse()
        body = answer.read()
        took = 1000 * (time.perf_counter() - begun)
        if answer.status != 200:
            raise RuntimeError(f"{path}: {answer.status} {body[:300]!r}")
        return took, len(body)


def cookie_of(who: tuple[str, str]) -> str:
    """Sign somebody in: the secret is ours."""
    app = Flask("cookies")
    app.secret_key = SECRET
    signer = SecureCookieSessionInterface().get_signing_serializer(app)
    user, key = who
    moment = time.time()
    kept = {"_user_id": user, "_fresh": True, "sign_in": key, "since": moment, "seen": moment}
    return f"session={signer.dumps(kept | {'csrf_token': 'f' * 40})}"  # type: ignore[union-attr]


def settled(site: Installation) -> tuple[Big, Asked]:
    """Make the firm, and write down what each page asks."""
    app = create_app(Config.from_env(site.environment))
    with app.app_context():
        big = make_big("bench", MEMBERS, CARDS)
        with scope(db.session.scalars(select(Firm.id)).one()):
            # As the worker does within minutes of a change.
            keep_matches(db.session.scalars(select(Cohort.id)).one())
            db.session.commit()
    asked: Asked = {}
    for page, (path, who) in big.paths().items():
        client = signed_in(app.test_client(), who)
        client.get(path)
        with app.app_context(), statements() as found:
            answer = client.get(path)
        assert answer.status_code == 200, (path, answer.status)
        # What only reads, and the setting that the database's own wall wants.
        asked[page] = [one for one in found if one[0].lstrip().upper().startswith(READS)]
        say(
            f"  {page}: {len(found)} statements, {len(asked[page])} of them read,"
            f" {len(answer.data)} bytes"
        )
    with app.app_context():
        db.engine.dispose()
    with psycopg.connect(site.superuser, autocommit=True) as owner:
        owner.execute("VACUUM ANALYZE")
    return big, asked


def profiled(site: Installation, big: Big, page: str) -> None:
    """Say where one page's time goes."""
    app = create_app(Config.from_env(site.environment))
    path, who = big.paths()[page]
    client = signed_in(app.test_client(), who)
    for _ in range(5):
        client.get(path)
    profile = cProfile.Profile()
    profile.enable()
    for _ in range(50):
        client.get(path)
    profile.disable()
    for order in ("cumulative", "tottime"):
        pstats.Stats(profile, stream=sys.stdout).sort_stats(order).print_stats(60)
    with app.app_context():
        db.engine.dispose()


@contextmanager
def peer(site: Installation, asked: Asked) -> Iterator[str]:
    """Serve the bare views."""
    file = site.folder / "asked.pickle"
    file.write_bytes(pickle.dumps(asked))
    where = f"127.0.0.4:{free_port()}"
    command = ["gunicorn", "-k", "gthread", "-w", "2", "--threads", "4"]
    command += ["--log-level", "warning", "--no-control-socket", "-b", where, "bare_rows:app"]
    environment = site.environment | {
        "PYTHONPATH": str(Path(__file__).parent),
        "BARE_ROWS": str(file),
        "DATABASE_URL": site.environment["DATABASE_URL"].replace("+psycopg", ""),
    }
    program = Program("bare", command, environment, site.logs / "bare.log")
    program.start()
    try:
        if until(lambda: Door(f"http://{where}").ask("/board"), 30) is None:
            raise RuntimeError(program.log.read_text())
        yield f"http://{where}"
    finally:
        program.stop()


def measured(site: str, bare: str, big: Big, times: int) -> dict[str, tuple[float, float]]:
    """Return (page, peer) for each page: medians of as many requests, asked in turn."""
    found = {}
    for page, (path, who) in big.paths().items():
        ours, theirs = Door(site, cookie_of(who)), Door(bare)
        for _ in range(max(10, times // 10)):
            ours.ask(path)
            theirs.ask(f"/{page}")
        pairs = [(ours.ask(path)[0], theirs.ask(f"/{page}")[0]) for _ in range(times)]
        found[page] = (
            statistics.median(one for one, _ in pairs),
            statistics.median(other for _, other in pairs),
        )
    return found


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def main() -> int:
    """Measure everything; the last line is JSON."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--firms", default="1,100,1000")
    parser.add_argument("--times", type=int, default=120)
    parser.add_argument("--profile", default="")
    parser.add_argument("--folder", type=Path, default=None)
    args = parser.parse_args()
    folder = args.folder or Path(tempfile.mkdtemp(prefix="pages-"))
    told: dict[str, dict[str, list[float]]] = {}
    bad = []
    with Installation(folder, {"synchronous_commit": "off"}) as site:
        big, asked = settled(site)
        if args.profile:
            profiled(site, big, args.profile)
            return 0
        base = site.host("one", "127.0.0.2")
        until(lambda: Door(base).ask("/healthz"), 120)
        with peer(site, asked) as bare:
            first: dict[str, float] = {}
            for firms in map(int, args.firms.split(",")):
                grow(site, firms)
                load = " ".join(f"{one:.1f}" for one in os.getloadavg())
                for page, (ours, theirs) in measured(base, bare, big, args.times).items():
                    ratio = ours / theirs
                    first.setdefault(page, ratio)
                    told.setdefault(page, {})[str(firms)] = [
                        round(one, 2) for one in (ours, theirs, ratio)
                    ]
                    say(
                        f"{firms} firms, {page}: {ours:.1f} ms, peer {theirs:.1f} ms,"
                        f" {ratio:.2f} times; load {load}"
                    )
                    if ratio > MOST or ratio > FLAT * first[page]:
                        bad.append(f"{page} with {firms} firms: {ratio:.2f}")
    say(json.dumps(told))
    if bad:
        say("too slow: " + ", ".join(bad))
    return 1 if bad else 0


def grow(site: Installation, firms: int) -> None:
    """Copy the firm until there are so many."""
    know_all_tables(site.environment)
    with psycopg.connect(site.superuser) as superuser:
        there = superuser.execute("SELECT count(*) FROM firms_firm").fetchone()
        missing = firms - (there[0] if there else 0)
        if missing > 0:
            rows = copy_firm(superuser, "bench", missing)
            say(f"{firms} firms: {rows} rows more")


if __name__ == "__main__":
    sys.exit(main())
