"""The peers' side of `bench_companies.py`: rigour, cleanco and Polars, in their own environment.

`python tests/bench/peer_names.py keys` | `data FOLDER CONTACTS TARGETS` | `join FOLDER COLUMN`.
Each prints one JSON object; all seconds are CPU seconds of this process, threads included.
"""

import json
import resource
import sys
import time
from collections.abc import Callable
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[2]))
sys.path.insert(0, str(Path(__file__).parent))

import numpy as np
import polars as pl
from cleanco import basename
from made_up_names import SEED, made_up
from rigour.names import normalize_name, remove_org_types

from coachhub.companies.names import company_key

KEYED = 40_000
ROUNDS = 5


def keys() -> dict[str, float]:
    """Keys a second: ours and the peers', in turn on the same names, the best round of each."""
    names = list(islice(made_up(), KEYED))
    acts: dict[str, Callable[[str], object]] = {
        "ours": company_key,
        "rigour normalize_name": normalize_name,
        "rigour with legal forms": lambda name: remove_org_types(normalize_name(name) or ""),
        "cleanco": basename,
    }
    best = dict.fromkeys(acts, 0.0)
    for _ in range(ROUNDS):
        for peer, act in acts.items():
            some = names if peer != "cleanco" else names[: KEYED // 8]
            act(some[0])
            begin = time.process_time()
            for name in some:
                act(name)
            best[peer] = max(best[peer], len(some) / (time.process_time() - begin))
    return best


def data(folder: Path, contacts: int, targets: int) -> dict[str, float]:
    """Write both sides of the join: keys of made-up companies and their 64-bit hashes.

    Contacts name companies unevenly, and four in ten name none that is a target.
    """
    rng = np.random.default_rng(SEED)
    known = pl.DataFrame(
        {
            "target": np.arange(targets, dtype=np.int32),
            "key": [company_key(f"{one}{at}") for at, one in enumerate(islice(made_up(), targets))],
        }
    )
    named = known["key"].gather((targets * rng.power(3, contacts)).astype(np.int64))
    meant = pl.Series(rng.random(contacts) < 0.6)
    book = pl.DataFrame({"contact": np.arange(contacts, dtype=np.int32), "key": named})
    book = book.with_columns(
        pl.when(meant).then(pl.col("key")).otherwise(pl.col("key") + "x").alias("key")
    )
    folder.mkdir(parents=True, exist_ok=True)
    for side, frame in (("contact", book), ("target", known)):
        hashed = frame.with_columns(pl.col("key").hash(SEED).reinterpret(signed=True).alias("hash"))
        hashed.write_parquet(folder / f"{side}.parquet")
        hashed.select(side, "hash").write_csv(folder / f"{side}.csv", include_header=False)
        np.save(folder / f"{side}.npy", hashed["hash"].to_numpy())
    return {"contacts": contacts, "targets": targets}


def join(folder: Path, column: str) -> dict[str, float]:
    """The bare hash join of (contact, column) and (target, column)."""
    book = pl.read_parquet(folder / "contact.parquet", columns=["contact", column])
    known = pl.read_parquet(folder / "target.parquet", columns=["target", column])
    best, wall, rows = float("inf"), float("inf"), 0
    for _ in range(ROUNDS):
        begin, clock = time.process_time(), time.perf_counter()
        rows = book.join(known, on=column, how="inner").height
        best = min(best, time.process_time() - begin)
        wall = min(wall, time.perf_counter() - clock)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    return {"rows": rows, "seconds": best, "wall": wall, "GiB": peak}


def main() -> None:
    """Do what was asked."""
    what, *rest = sys.argv[1:]
    if what == "keys":
        told = keys()
    elif what == "data":
        told = data(Path(rest[0]), int(rest[1]), int(rest[2]))
    else:
        told = join(Path(rest[0]), rest[1])
    print(json.dumps(told))  # noqa: T201 -- a bench prints


if __name__ == "__main__":
    main()
