"""What the matching engine costs, beside a peer and beside its own linear relaxation.

Run: ``python tests/bench/bench_exchange.py [files] [cohort] [what-if] [firm] [growth] [--only TEXT]
[--patience SECONDS] [--no-peer]``. All figures are CPU seconds of one process, children included.
"""

from __future__ import annotations

import argparse
import csv
import json
import math
import resource
import subprocess
import sys
import time
import venv
from functools import cache
from pathlib import Path

import highspy
import numpy as np
from markets import cohort, firm

from coachhub.exchange.files import read_market
from coachhub.exchange.layout import layout_of
from coachhub.exchange.market import Budget, Market, Round, Rules
from coachhub.exchange.master import quiet_highs
from coachhub.exchange.solver import Session, solve

ROOT = Path(__file__).parents[2]
PARTS = ["files", "cohort", "what-if", "firm", "growth"]
PEER = ROOT / ".run" / "peers"
DATA = next(
    (
        base / "shared" / "data" / "exchange"
        for base in ROOT.parents
        if (base / "shared" / "data" / "exchange").is_dir()
    ),
    Path("none"),
)


def say(text: str) -> None:
    print(text, flush=True)  # noqa: T201
    # a bench tells its figures


def ours(path: Path, longest: int) -> tuple[float, float]:
    """CPU seconds, reading included, and worth; the faster of two runs."""
    best = math.inf
    for _ in range(2):
        before = time.process_time()
        market, _ = read_market(path)
        found = solve(market, Rules(max_ring=longest))
        best = min(best, time.process_time() - before)
    return best, found.worth if found.status == "optimal" else math.nan


def peer_python() -> Path:
    """Install the peer into an environment of its own, once."""
    python = PEER / "bin" / "python"
    if not (PEER / "ok").exists():
        venv.create(PEER, with_pip=True)
        command = [str(python), "-m", "pip", "install", "-q", "kep-solver==4.0.2", "pulp<4"]
        subprocess.run(command, check=True)  # noqa: S603
        # fixed arguments
        (PEER / "ok").touch()
    return python


def theirs(asked: list[tuple[Path, int]], patience: float) -> dict[tuple[str, int], float]:
    """CPU seconds of the peer, in one process; one that runs out of patience is left out."""
    told: dict[tuple[str, int], float] = {}
    left = list(asked)
    script = str(Path(__file__).with_name("peer_kep.py"))
    while left:
        command = [str(peer_python()), script, *(f"{path}:{longest}" for path, longest in left)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as running:  # noqa: S603
            # fixed arguments
            lines = answers(running, patience)
        for line in lines:
            answer = json.loads(line)
            told[answer["file"], answer["longest"]] = answer["cpu"]
        # Whoever came after the last answer ran out of patience.
        left = left[len(lines) + 1 :]
    return told


def answers(running: subprocess.Popen[str], patience: float) -> list[str]:
    import selectors  # noqa: PLC0415
    # only the peer needs it

    lines: list[str] = []
    with selectors.DefaultSelector() as ready:
        ready.register(running.stdout, selectors.EVENT_READ)
        while ready.select(timeout=patience):
            line = running.stdout.readline()
            if not line:
                return lines
            lines.append(line)
    running.kill()
    return lines


def mean(ratios: list[float]) -> float:
    return math.exp(sum(map(math.log, ratios)) / len(ratios)) if ratios else math.nan


def bench_files(only: str, patience: float, *, peer: bool) -> None:
    with (DATA / "expected.csv").open() as file:
        rows = [row for row in csv.DictReader(file) if only in row["file"]]
    asked = [(DATA / row["file"], int(row["max_ring"])) for row in rows]
    told = theirs(asked, patience) if peer else {}
    every, large, wrong = [], [], 0
    for (path, longest), row in zip(asked, rows, strict=True):
        cpu, worth = ours(path, longest)
        wrong += worth != float(row["worth"])
        their = told.get((path.name, longest))
        # A peer that ran out of patience used at least that much.
        ratio = (patience if their is None else their) / cpu if peer else math.nan
        every.append(ratio)
        vertices = int(path.read_text().split(maxsplit=1)[0])
        if vertices >= 256 and longest == 3:
            large.append(ratio)
        mark = "" if worth == float(row["worth"]) else "  WRONG"
        shown = f"over {patience:.0f}" if their is None else f"{their:.4f}"
        say(f"{path.name:32} L={longest}  ours {cpu:.4f}  peer {shown}  ratio {ratio:.1f}{mark}")
    say(f"files: {len(every)}, not the known optimum: {wrong}")
    if peer:
        say(f"geometric mean over all files: {mean(every):.1f} (to reach: 15)")
        say(f"geometric mean, 256 vertices and more, L=3: {mean(large):.1f} (to reach: 20)")
        say(f"slowest against the peer: {min(every):.2f} (to reach: 1)")


def relaxation_alone(market: Market, rules: Rules) -> tuple[float, float]:
    """CPU and value of the linear relaxation: all rings listed and handed to HiGHS."""
    before = time.process_time()
    program = layout_of(market, rules).program
    every = np.arange(len(program.steps))
    rows = program.rows_of(every)
    held = rows < len(program.caps)
    start = np.append(0, np.cumsum(held.sum(axis=1)))[:-1].astype(np.int32)
    index = rows[held].astype(np.int32)
    highs = quiet_highs()
    k, r = len(every), len(program.caps)
    highs.passModel(
        k, r, len(index), 1, -1, 0.0, program.column_worth, np.zeros(k), np.ones(k),
        np.full(r, -highspy.kHighsInf), program.caps.astype(np.float64), start, index,
        np.ones(len(index)), np.zeros(k, dtype=np.int32),
    )  # fmt: skip
    highs.run()
    return time.process_time() - before, highs.getInfo().objective_function_value


@cache
def first_solve(seed: int) -> tuple[Session, Round]:
    """A cohort's session and its first round; the cohort and what-if parts share it."""
    session = Session(cohort(seed), Rules(max_ring=4), Budget())
    return session, session.solve()


def bench_cohort() -> None:
    for seed in range(3):
        session, first = first_solve(seed)
        alone, value = relaxation_alone(session.market, session.rules)
        say(
            f"cohort {seed}: {first.status}, worth {first.worth:.3f}, gap {first.gap:.4%},"
            f" CPU {first.seconds:.2f}, relaxation alone {alone:.2f} ({value:.3f}),"
            f" ratio {first.seconds / alone:.1f}"
        )


def bench_what_if() -> None:
    for seed in range(3):
        session, first = first_solve(seed)
        used = [i for ring in first.rings for i in ring]
        unused = next(i for i in range(len(session.market.matches)) if i not in set(used))
        for name, asked in (
            ("forbid", {"forbidden": used[:1]}),
            ("pin", {"pinned": [unused]}),
            ("cap", {"caps": {0: (1, 1)}}),
        ):
            found = session.what_if(**asked)
            share = found.seconds / first.seconds
            say(
                f"cohort {seed}, what if {name}: {found.status}, gap {found.gap:.4%}, CPU"
                f" {found.seconds:.2f}, first {first.seconds:.2f}, {share:.2f} of it"
                " (to reach: 0.3)"
            )


def bench_firm(members: int, turns: int) -> None:
    market = firm(1, members, turns=turns)
    rules = Rules(max_ring=3)
    alone, value = relaxation_alone(market, rules)
    found = solve(market, rules, Budget(seconds=4 * alone))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    say(
        f"firm {members}, {turns} turn(s): gap {found.gap:.3%}, CPU {found.seconds:.1f}, relaxation"
        f" alone {alone:.1f} ({value:.1f}), ratio {found.seconds / alone:.2f}, peak {peak:.2f} GiB"
    )


def bench_growth() -> None:
    before = None
    for members in (1_000, 2_000, 5_000, 10_000, 20_000):
        market, rules = firm(1, members), Rules(max_ring=3)
        alone, _ = relaxation_alone(market, rules)
        found = solve(market, rules, Budget(seconds=max(10, members / 500)))
        scaled = found.seconds / (members * math.log(members))
        before = before or scaled
        growth = f"n log n {scaled / before:.2f}"
        say(
            f"{members}: CPU {found.seconds:.2f}, gap {found.gap:.3%}, relaxation alone"
            f" {alone:.2f}, ratio {found.seconds / alone:.1f}, {growth}"
        )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("parts", nargs="*", default=PARTS)
    parser.add_argument("--only", default="")
    parser.add_argument("--patience", type=float, default=120.0)
    parser.add_argument("--no-peer", action="store_true")
    parser.add_argument("--members", type=int, default=20_000)
    asked = parser.parse_args()
    for part in asked.parts:
        if part == "files" and not (DATA / "expected.csv").exists():
            say("files: no shared files here")
        elif part == "files":
            bench_files(asked.only, asked.patience, peer=not asked.no_peer)
        elif part == "cohort":
            bench_cohort()
        elif part == "what-if":
            bench_what_if()
        elif part == "firm":
            for turns in (1, 2):
                bench_firm(asked.members, turns)
        elif part == "growth":
            bench_growth()
        else:
            sys.exit(f"There is no part {part!r}.")


if __name__ == "__main__":
    main()
