"""What names cost: loading, keys, the join on keys, one new target. Beside peers, in one run.

Run: ``make bench-companies``, or ``python tests/bench/bench_companies.py [--contacts N]
[--targets N] [--json]``. Seconds are CPU seconds (PostgreSQL's included) unless called wall.
The peers (rigour, cleanco, Polars) are installed into `.run/names-peers` at the first run.
"""

import argparse
import json
import shutil
import statistics
import subprocess
import sys
import time
import venv
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[2]))

import import_database
import psycopg
from import_database import spent
from made_up_names import made_up

from coachhub.companies.operations import identify, identify_many
from coachhub.core.db import db
from coachhub.core.tenancy import scope

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
PEERS = ROOT / ".run" / "names-peers"
FOLDER = ROOT / ".run" / "bench-names"
NEEDED = ("rigour", "cleanco", "polars", "numpy", "rapidfuzz", "publicsuffixlist")
ROOM = "coachhub.companies.resolve, coachhub.companies.domains"
CONTACTS, KNOWN, ASKED = 60_000, 18_000, 200  # three ways of writing for ten contacts
LOADED = "import time; begin = time.process_time(); import {}; print(time.process_time() - begin)"


def peer_python() -> Path:
    """Make the peers' environment, once."""
    python = PEERS / "bin" / "python"
    if not (PEERS / "ok").exists():
        venv.create(PEERS, with_pip=True)
        run(python, "-m", "pip", "install", "-q", *NEEDED)
        (PEERS / "ok").touch()
    return python


def run(*command: object) -> str:
    """Run a program and return what it printed."""
    told = [str(one) for one in command]
    done = subprocess.run(told, check=True, capture_output=True, text=True, cwd=ROOT)  # noqa: S603 -- our own programs
    return done.stdout


def peer(*asked: object) -> dict[str, float]:
    """Ask the peers' side."""
    found: dict[str, float] = json.loads(run(peer_python(), HERE / "peer_names.py", *asked))
    return found


def loading() -> dict[str, float]:
    """Load the room in fresh interpreters, beside loading numpy alone; the best of seven."""

    def best(what: str) -> float:
        return min(float(run(sys.executable, "-c", LOADED.format(what))) for _ in range(7))

    ours, numpy = best(ROOM), best("numpy")
    return {"room, ms": 1000 * ours, "numpy alone, ms": 1000 * numpy, "ratio": ours / numpy}


def keys() -> dict[str, float]:
    """Keys a second, ours and the peers', in one process on the same names."""
    told = peer("keys")
    best_rigour = max(told["rigour normalize_name"], told["rigour with legal forms"])
    return told | {
        "ratio to rigour (at least 0.5)": told["ours"] / best_rigour,
        "ratio to cleanco (at least 3)": told["ours"] / told["cleanco"],
    }


def join(contacts: int, targets: int) -> dict[str, float]:
    """Contacts against targets on the key: beside PostgreSQL, inside it, and bare in Polars.

    Beside: the stored 64-bit keys, held against Polars on the very same columns. Inside: the
    same columns as tables. Polars on the keys as text is told for comparison.
    """
    peer("data", FOLDER, contacts, targets)
    ours = json.loads(run(sys.executable, HERE / "hashed_join.py", FOLDER))
    same, text = peer("join", FOLDER, "hash"), peer("join", FOLDER, "key")
    inside = inside_postgresql()
    shutil.rmtree(FOLDER)
    if not ours["rows"] == same["rows"] == text["rows"] == inside["rows"]:
        raise SystemExit(f"The joins disagree: {ours} {same} {text} {inside}")
    return {
        "contacts": contacts,
        "targets": targets,
        "rows": ours["rows"],
        "ours, beside PostgreSQL, s": ours["seconds"],
        "ours, GiB (at most 2)": ours["GiB"],
        "Polars, same columns, s": same["seconds"],
        "ratio (at most 3)": ours["seconds"] / same["seconds"],
        "Polars, keys as text, s": text["seconds"],
        "ratio to Polars on text": ours["seconds"] / text["seconds"],
        "inside PostgreSQL, s": inside["seconds"],
        "inside PostgreSQL, GiB": inside["GiB"],
        "ratio inside to Polars on text": inside["seconds"] / text["seconds"],
    }


def inside_postgresql() -> dict[str, float]:
    """The same join as one statement of PostgreSQL, in one backend."""
    with (
        import_database.Server() as server,
        psycopg.connect(server.url("postgres", import_database.NAME)) as connection,
    ):
        for side in ("contact", "target"):
            connection.execute(f"CREATE UNLOGGED TABLE {side} ({side} int4, hash int8)")
            with (
                (FOLDER / f"{side}.csv").open("rb") as file,
                connection.cursor().copy(f"COPY {side} FROM STDIN (FORMAT csv)") as copy,
            ):
                while chunk := file.read(1 << 20):
                    copy.write(chunk)
            connection.execute(f"ANALYZE {side}")
        connection.execute("SET work_mem = '64MB'")
        connection.execute("SET max_parallel_workers_per_gather = 0")
        backend, best, rows = connection.info.backend_pid, float("inf"), 0
        for _ in range(3):
            begin = spent(backend)
            found = connection.execute(
                "SELECT count(*), sum(contact), sum(target) FROM contact JOIN target USING (hash)"
            ).fetchone()
            best = min(best, spent(backend) - begin)
            rows = found[0] if found else 0
        status = Path(f"/proc/{backend}/status").read_text()
        peak = int(status.partition("VmHWM:")[2].split()[0]) / 2**20
        connection.rollback()
    return {"rows": rows, "seconds": best, "GiB": peak}


def new_target() -> dict[str, float]:
    """One new target where so many contacts write their companies in so many ways: the search."""
    names = list(islice(made_up(), KNOWN))
    # A slip of the hand in each, so that the search for likely ones has to run.
    asked = [f"{name[:4]}{name[5:]}" for name in names[:: KNOWN // ASKED]]
    with import_database.Measured() as measured, measured.app.app_context():
        with scope(measured.firm_id):
            identify_many(names)
            db.session.commit()
        with psycopg.connect(
            measured.cluster.url("postgres", import_database.NAME), autocommit=True
        ) as connection:
            connection.execute("VACUUM ANALYZE companies_name, companies_company")
        cpu, wall = [], []
        with scope(measured.firm_id):
            server = import_database.backend()
            identify("Zorvane Brindlewix")
            for name in asked:
                begin, clock = spent(server), time.perf_counter()
                identify(name)
                wall.append(time.perf_counter() - clock)
                cpu.append(spent(server) - begin)
                db.session.commit()
    return {
        "contacts": CONTACTS,
        "ways of writing their companies": KNOWN,
        "asked": len(asked),
        "p50 wall, ms": 1000 * statistics.median(wall),
        "p95 wall, ms (at most 100)": 1000 * statistics.quantiles(wall, n=20)[-1],
        "p95 CPU, ms": 1000 * statistics.quantiles(cpu, n=20)[-1],
    }


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--contacts", type=int, default=10_000_000)
    parser.add_argument("--targets", type=int, default=400_000)
    parser.add_argument("--json", action="store_true")
    asked = parser.parse_args()
    peer_python()
    told: dict[str, Any] = {"loading": loading(), "keys": keys(), "new target": new_target()}
    told["join"] = join(asked.contacts, asked.targets)
    if asked.json:
        print(json.dumps(told))  # noqa: T201 a bench prints
        return
    for part, figures in told.items():
        print(part)  # noqa: T201 a bench prints
        for name, figure in figures.items():
            print(f"  {name:40} {figure:,.4g}")  # noqa: T201 a bench prints


if __name__ == "__main__":
    main()
