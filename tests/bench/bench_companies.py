"""Speed of the names: keys a second against peers, the join on keys, one new target.

Peers (rigour, cleanco, polars) live in an environment of their own:
`.run/peers/bin/python -m tests.bench.bench_companies [contacts] [targets]`.
"""

import gc
import json
import resource
import sys
import time
from collections.abc import Callable, Iterator
from itertools import islice, product

import click
import numpy as np
import polars as pl
from cleanco import basename
from rigour.names import normalize_name, remove_org_types

from coachhub.companies.candidates import Index
from coachhub.companies.names import company_key, parse
from coachhub.companies.resolve import Registry
from coachhub.companies.words import common_words

SEED = 11
KEYED = 40_000
KNOWN = 60_000
ASKED = 200
TAILS = ("", " Inc.", " Ltd", " GmbH", " S.A.", " Group", " Technologies", " Holdings, Inc.")
SYLLABLES = ("bra", "ken", "dol", "mir", "tas", "vel", "qui", "zor", "lin", "hup", "osk", "ren")


def made_up() -> Iterator[str]:
    """Names that nobody bears, of everyday and of invented words, without end of sorts."""
    everyday = sorted(common_words())
    invented = ("".join(parts).title() for parts in product(SYLLABLES, repeat=6))
    for at, word in enumerate(invented):
        yield f"{word} {everyday[at % len(everyday)].title()}{TAILS[at % len(TAILS)]}"


def per_second(act: Callable[[str], object], names: list[str]) -> float:
    """Names a second, the best of three runs."""
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        for name in names:
            act(name)
        best = max(best, len(names) / (time.perf_counter() - start))
    return best


def rigours(name: str) -> object:
    """Rigour's way to a comparable name: normalised, legal forms taken away."""
    return remove_org_types(normalize_name(name) or "")


def keys() -> dict[str, float]:
    """Keys a second beside the peers' normalisers, on the same names in one run."""
    names = list(islice(made_up(), KEYED))
    ours = per_second(company_key, names)
    rigour_plain = per_second(normalize_name, names)
    rigour_whole = per_second(rigours, names)
    cleancos = per_second(basename, names[: KEYED // 8])
    return {
        "ours": ours,
        "rigour normalize_name": rigour_plain,
        "rigour with legal forms": rigour_whole,
        "cleanco": cleancos,
        "share of rigour normalize_name": ours / rigour_plain,
        "share of rigour with legal forms": ours / rigour_whole,
        "times cleanco": ours / cleancos,
    }


def join(contacts: int, targets: int) -> dict[str, float]:
    """Contacts against targets on the key: by 64-bit hashes of keys, and by Polars as it comes.

    Both sides have their keys already, as in the table (one row a distinct name).
    """
    rng = np.random.default_rng(SEED)
    pool = [f"{name}{at}" for at, name in enumerate(islice(made_up(), targets))]
    keyed = pl.DataFrame({"target": np.arange(targets), "key": [company_key(x) for x in pool]})
    # Contacts name companies unevenly, and four in ten name none that is a target.
    drawn = (targets * rng.power(3, contacts) * 1.0).astype(np.int64)
    known = rng.random(contacts) < 0.6
    named = keyed["key"].gather(drawn)
    book = pl.DataFrame({"contact": np.arange(contacts), "key": named})
    book = book.with_columns(
        pl.when(pl.Series(known)).then(pl.col("key")).otherwise(pl.col("key") + "x")
    )
    del pool, named, drawn, known
    gc.collect()
    bare, rows = _timed(lambda: book.join(keyed, on="key", how="inner").height)
    hashed_book = book.select("contact", pl.col("key").hash(SEED).alias("hash"))
    hashed = keyed.select("target", pl.col("key").hash(SEED).alias("hash"))
    ours, found = _timed(lambda: hashed_join(hashed_book, hashed))
    return {
        "contacts": contacts,
        "targets": targets,
        "bare Polars join on the text, s": bare,
        "our join on the stored hash, s": ours,
        "ratio": ours / bare,
        "rows agree": float(rows == found),
        "peak memory of the whole run, GiB": _peak(),
    }


def hashed_join(book: pl.DataFrame, targets: pl.DataFrame) -> int:
    """Rows of contact and target whose keys have the same stored 64-bit hash."""
    order = np.argsort(targets["hash"].to_numpy())
    known = targets["hash"].to_numpy()[order]
    asked = book["hash"].to_numpy()
    at = np.minimum(np.searchsorted(known, asked), len(known) - 1)
    return int((known[at] == asked).sum())


def _timed(act: Callable[[], int]) -> tuple[float, int]:
    best, result = float("inf"), 0
    for _ in range(3):
        start = time.perf_counter()
        result = act()
        best = min(best, time.perf_counter() - start)
    return best, result


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def new_target() -> dict[str, float]:
    """One new target against the companies of many contacts, and an import against them."""
    names = list(islice(made_up(), KNOWN))
    start = time.perf_counter()
    registry = Registry([(str(at), name) for at, name in enumerate(names)])
    build = time.perf_counter() - start
    rng = np.random.default_rng(SEED)
    asked = [_slipped(names[at], rng) for at in rng.integers(0, KNOWN, ASKED)]
    took = []
    for name in asked:
        start = time.perf_counter()
        registry.resolve([name])
        took.append(time.perf_counter() - start)
    start = time.perf_counter()
    registry.resolve([f"{name} Gmbh" for name in asked * 10])
    batch = time.perf_counter() - start
    return {
        "known": KNOWN,
        "building the index, s": build,
        "one new target p50, ms": 1000 * float(np.quantile(took, 0.5)),
        "one new target p95, ms": 1000 * float(np.quantile(took, 0.95)),
        "in a batch, names a second": 10 * ASKED / batch,
    }


def _slipped(name: str, rng: np.random.Generator) -> str:
    at = int(rng.integers(1, len(name) - 1))
    return name[:at] + name[at + 1 :]


def warm() -> None:
    """Read the lists and the catalogue once, so that no timing pays for it."""
    company_key("Zorvane")
    parse("Zorvane Ltd")
    Index(["Zorvane Ltd"]).near(parse("Zorvan"))
    Registry([("1", "Zorvane Ltd")]).resolve(["Zorvan"])


def main() -> None:
    """Print the figures of all parts as JSON."""
    sizes = [int(text) for text in sys.argv[1:3]] or [10_000_000, 400_000]
    warm()
    report = {"keys": keys(), "new target": new_target(), "join": join(*sizes)}
    click.echo(json.dumps(report, indent=2))


if __name__ == "__main__":
    main()
