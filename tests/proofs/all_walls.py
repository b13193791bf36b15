"""`make walls`: the tests of the walls are tested, and the walls from all sides.

1. Every stone is taken out once: each policy, each key, each line of the map of who may what, each
   guard in the code. Whatever no test notices is named.
2. Every role of five firms crawls all it can reach; another firm's mark must be nowhere.
3. 10,000 requests of five firms, broken off at random, go over two connections to PostgreSQL, and
   once more through PgBouncer.

`--only tables,access,code,crawl,pooled,bouncer`, `--part 1/4` (of the mutants), `--sample 50` (so
many of each kind), `--match WORD` (of the code's). What stands in the folder's result file is not
tried again.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import logging
import os
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psycopg
from flask import Flask
from sqlalchemy.orm import Session

from coachhub.app import create_app
from coachhub.core import plugins, schema
from coachhub.core.db import db
from coachhub.core.embedded import FAST_AND_LOSABLE, Cluster
from fixtures_app import config_for
from fixtures_database import FOLDER, SETTINGS, DatabaseUrls
from proofs import (
    bouncer,
    callers,
    crawl,
    firms,
    mutants_of_access,
    mutants_of_code,
    mutants_of_tables,
    pooled,
    rows,
)
from proofs.tried import NotTriedError, try_code

KINDS = ("tables", "access", "code", "crawl", "pooled", "bouncer")


class Results:
    """What was tried and what came of it, kept in a file as it goes."""

    def __init__(self, file: Path) -> None:
        """Take up what the file holds."""
        self.file = file
        self.found: dict[str, str] = {}
        if file.exists():
            for line in file.read_text(encoding="utf-8").splitlines():
                kept = json.loads(line)
                self.found[kept["name"]] = kept["by"]

    def put(self, name: str, by: str) -> None:
        """Keep one: who noticed, or nothing."""
        self.found[name] = by
        with self.file.open("a", encoding="utf-8") as file:
            file.write(json.dumps({"name": name, "by": by[:300]}) + "\n")


def chosen(every: list[Any], part: str, sample: int) -> list[Any]:
    """Return those of one part, or a sample."""
    number, _, parts = part.partition("/")
    mine = every[int(number) - 1 :: int(parts or 1)]
    if sample and sample < len(mine):
        mine = random.Random(3).sample(mine, sample)  # noqa: S311 - no secret
    return mine


class Site:
    """A server and databases to lose."""

    def __init__(self, folder: Path) -> None:
        """Start the server."""
        self.folder = folder
        settings = {**FAST_AND_LOSABLE, "max_connections": "200", "log_min_messages": "fatal"}
        self.cluster = Cluster(folder / "pg", settings)
        self.cluster.start(tied=True)
        self.made = 0

    def database(self) -> DatabaseUrls:
        """Make a database with every table."""
        self.made += 1
        name = f"walls{self.made}"
        if not self.cluster.has_database("template_walls"):
            self.cluster.create_database("template_walls")
            urls = self._urls("template_walls")
            schema.upgrade(schema.config(urls.owner, urls.app, schema.plugin_folders()))
        self.cluster.drop_database(name)
        self.cluster.create_database(name, template="template_walls")
        return self._urls(name)

    def _urls(self, name: str) -> DatabaseUrls:
        url = self.cluster.url
        return DatabaseUrls(name, url("coachhub_owner", name), url("coachhub_app", name))

    def superuser(self, urls: DatabaseUrls) -> str:
        """Return the superuser's address of a database."""
        return self.cluster.url("postgres", urls.name)


def tables(site: Site, tell: Callable[[str], None], results: Results, args: Any) -> None:
    """Take a stone out of the database."""
    url = site.superuser(site.database())
    with psycopg.connect(url) as one:
        filled = rows.fill(one)
        every = list(mutants_of_tables.mutants(one))
    engine = mutants_of_tables.engine(url)
    with engine.connect() as connection:
        for mutant in chosen(every, args.part, args.sample):
            if mutant.name not in results.found:
                results.put(mutant.name, mutants_of_tables.noticed(connection, filled, mutant))
    engine.dispose()
    tell(f"stones of the database: {len(every)} there are")


def access(app: Flask, tell: Callable[[str], None], results: Results, args: Any) -> None:
    """Weaken one line of who may what."""
    every = list(mutants_of_access.mutants(app))
    for mutant in chosen(every, args.part, args.sample):
        seen = mutants_of_access.noticed(app, mutant)
        results.put(mutant.name, "tests/walls/test_who_may.py" if seen else "")
    tell(f"lines of who may what: {len(every)} there are")


def code(tell: Callable[[str], None], results: Results, args: Any) -> None:
    """Take a guard out of the code, and run the tests that reach it."""
    plugins.find()  # their functions are to be live before anything is forked
    known = callers.ask_all(args.folder, tell)
    shared = Cluster(FOLDER, SETTINGS)
    shared.start(tied=True)  # or each go would start and stop it
    every = mutants_of_code.mutants()
    tell(f"guards in the code: {len(every)} there are")
    for mutant in chosen(every, args.part, args.sample):
        if mutant.name in results.found or (args.match and args.match not in mutant.name):
            continue
        begun = time.monotonic()
        try:
            by = try_code(mutant, known, args.log)
        except NotTriedError as error:
            tell(f"NOT TRIED {error}")
            continue
        results.put(mutant.name, by)
        tell(f"{'caught' if by else 'SURVIVED'} in {time.monotonic() - begun:.0f} s: {mutant.name}")


@contextlib.contextmanager
def inhabited(app: Flask, number: int) -> Iterator[firms.Firms]:
    """Fill an app's database with firms."""
    with app.app_context():
        session: Session = db.session()
        made = firms.make_firms(app, session, number)
        session.close()
        db.session.remove()
    yield made
    with app.app_context():
        db.engine.dispose()


def crawled(site: Site, tell: Callable[[str], None], number: int) -> bool:
    """Crawl as every role of so many firms."""
    app = create_app(config_for(site.database()))
    with inhabited(app, number) as made:
        marked = sum(one.marked for one in made.firms)
        begun = time.monotonic()
        found = crawl.crawl_all(made, tell)
    everything = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or set())
        and not rule.endpoint.startswith(("security.", "static"))
    }
    tell(
        f"crawl: {found.pages} pages at {found.addresses} addresses as {len(made.firms) * 11}"
        f" people in {time.monotonic() - begun:.0f} s; {marked} columns marked; own marks on"
        f" {found.own_marks} pages; {len(found.asked & everything)} of {len(everything)} GET routes"
        f" reached; {found.cut} further filters left out; answers {dict(found.statuses)}"
    )
    tell(f"crawl: not reached by links: {', '.join(sorted(everything - found.asked))}")
    for line in [*found.foreign, *found.broken]:
        tell(f"crawl: {line}")
    tell(f"crawl: {len(found.foreign)} foreign marks, {len(found.broken)} broken pages")
    return not found.foreign and not found.broken


def over_a_pool(
    site: Site, tell: Callable[[str], None], number: int, requests: int, *, through: bool
) -> bool:
    """Ask so many times over two connections."""
    urls = site.database()
    killer = site.superuser(urls)
    plain = config_for(urls)
    with contextlib.ExitStack() as stack:
        settings: dict[str, str] = {}
        if through:
            folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
            url = stack.enter_context(bouncer.pooled(urls.app, folder, 2))
            settings = {"database_url": url, "direct_database_url": urls.app}
        config = pooled.Narrow(**{**vars(plain), **settings})
        if through:
            object.__setattr__(config, "connections", 8)
        app = pooled.make_app(config, killer)
        logging.disable(logging.ERROR)  # what is broken off on purpose is told below
        made = stack.enter_context(inhabited(app, number))
        begun = time.monotonic()
        found = pooled.run(made, requests)
    what = "through PgBouncer" if through else "over 2 connections"
    tell(
        f"pooled: {found.requests} requests {what} in {time.monotonic() - begun:.0f} s,"
        f" {found.pages} of them whole pages; broken off: {dict(found.broken)}; answers"
        f" {dict(found.statuses)}; {found.rows} rows looked at; foreign {len(found.foreign)},"
        f" without a firm {len(found.outside)}; told to come again {len(found.surprises)}"
    )
    for line in [*found.foreign, *found.outside][:20]:
        tell(f"pooled: {line}")
    return not found.foreign and not found.outside


def summary(results: Results, tell: Callable[[str], None]) -> bool:
    """Tell how many were tried and caught, and which survived."""
    survivors = sorted(name for name, by in results.found.items() if not by)
    tried = len(results.found)
    grouped = Counter(
        "code" if name.startswith(("coachhub/", "plugins/")) else name.partition(" ")[0]
        for name in results.found
    )
    if not tried:
        return True
    caught = tried - len(survivors)
    tell(f"mutants: {tried} tried ({dict(grouped)}), {caught} caught, {caught / tried:.1%}")
    for name in survivors:
        tell(f"  survived: {name}")
    return caught / tried >= 0.98


def main() -> int:
    """Run what is asked for; say everything, fail where the walls let something through."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default=",".join(KINDS))
    parser.add_argument("--part", default="1/1")
    parser.add_argument("--sample", type=int, default=0)
    parser.add_argument("--match", default="")
    parser.add_argument("--firms", type=int, default=5)
    parser.add_argument("--requests", type=int, default=10_000)
    parser.add_argument("--folder", type=Path, default=Path(tempfile.gettempdir()) / "walls")
    args = parser.parse_args()
    args.folder.mkdir(parents=True, exist_ok=True)
    args.log = args.folder / f"tests-{os.getpid()}.log"
    results = Results(args.folder / f"results-{args.part.replace('/', '-of-')}.jsonl")
    wanted, good = args.only.split(","), True

    def tell(line: str) -> None:
        sys.stdout.write(f"{time.strftime('%H:%M:%S')} {line}\n")
        sys.stdout.flush()

    if "code" in wanted:
        code(tell, results, args)
    if set(wanted) - {"code"}:
        site = Site(args.folder / f"site-{os.getpid()}")
        app = create_app(config_for(site.database()))
        if "access" in wanted:
            access(app, tell, results, args)
        if "tables" in wanted:
            tables(site, tell, results, args)
        if "crawl" in wanted:
            good &= crawled(site, tell, args.firms)
        if "pooled" in wanted:
            good &= over_a_pool(site, tell, args.firms, args.requests, through=False)
        if "bouncer" in wanted and bouncer.is_here():
            good &= over_a_pool(site, tell, args.firms, args.requests, through=True)
        elif "bouncer" in wanted:
            tell(f"pooled: left out. {bouncer.WHY_NOT}")
        site.cluster.stop()
    good &= summary(results, tell)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
