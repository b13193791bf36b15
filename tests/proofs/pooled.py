"""Requests of many firms over two database connections, broken off at random: does a row slip?

Each request goes through the whole app. While it is inside its firm, it asks a firm's table in raw
SQL, which nothing but the database confines, whose rows it sees. Between requests a connection
without a firm is asked the same: it must see nothing at all.
"""

from __future__ import annotations

import random
import threading
from collections import Counter
from dataclasses import dataclass, field
from typing import Any

import psycopg
from flask import Flask, g, jsonify
from flask.testing import FlaskClient
from sqlalchemy import select, text

from coachhub.app import create_app
from coachhub.cohorts.models import Cohort
from coachhub.config import Config
from coachhub.core.access import access
from coachhub.core.db import Base, db
from coachhub.core.tenancy import TENANT
from coachhub.permissions import Permission
from proofs.firms import MARK, Firms, Inhabited

HEADER = "X-Break"
WAYS = ("raise", "leave", "fail", "spoil", "kill")
PAGES = ("", "me", "contacts", "introductions", "house-rules")


class Left(BaseException):
    """Ends a request as a signal does: no handler of errors sees it."""


@dataclass
class Outcome:
    """What came of so many requests."""

    requests: int = 0
    pages: int = 0
    broken: Counter[str] = field(default_factory=Counter)
    statuses: Counter[int] = field(default_factory=Counter)
    killed: Counter[int] = field(default_factory=Counter)  # answers where the connection was cut
    rows: int = 0
    foreign: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)  # rows seen without a firm
    surprises: list[str] = field(default_factory=list)


class Narrow(Config):
    """Settings with a pool of so many connections and not one more."""

    connections = 2

    def flask(self) -> dict[str, object]:
        """Return what Flask reads, with the narrow pool."""
        made = super().flask()
        options: Any = made["SQLALCHEMY_ENGINE_OPTIONS"]
        narrow = {"pool_size": self.connections, "max_overflow": 0, "pool_timeout": 120}
        return made | {"SQLALCHEMY_ENGINE_OPTIONS": options | narrow}


def tables() -> list[str]:
    """Return the firms' tables."""
    return sorted(name for name, table in Base.metadata.tables.items() if table.info.get(TENANT))


def make_app(config: Config, killer: str) -> Flask:
    """Make the app, with a small page of each firm that can be broken off in every way.

    `killer` is the address of a role that may end other connections.
    """
    app = create_app(config)
    app.config["WTF_CSRF_ENABLED"] = False
    app.config["PROPAGATE_EXCEPTIONS"] = False
    names = tables()

    def seen(table: str) -> list[str]:
        query = text(f'SELECT firm_id FROM "{table}" LIMIT 500')  # noqa: S608 - our own tables
        return [str(firm_id) for firm_id in db.session.scalars(query)]

    @app.get("/f/<firm>/seen/<int:table>/<way>")
    @access(Permission.SEE_FIRM)
    def look(table: int, way: str) -> Any:
        names_of_cohorts = list(db.session.scalars(select(Cohort.name)))
        rows = seen(names[table % len(names)])
        break_off(way)
        rows += seen("firms_membership")
        return jsonify(firm=str(g.firm.id), rows=rows, cohorts=names_of_cohorts)

    def break_off(way: str) -> None:
        if way == "raise":
            raise RuntimeError("Something is wrong in a view.")
        if way == "leave":
            raise Left
        if way == "fail":
            db.session.execute(text("SELECT 1/0"))
        if way == "spoil":
            # A cursor that nobody reads to its end, and a transaction that nobody ends.
            db.session.connection().execute(text("SELECT generate_series(1, 100000)"))
        if way == "kill":
            pid = db.session.scalar(text("SELECT pg_backend_pid()"))
            with psycopg.connect(killer, autocommit=True) as other:
                other.execute("SELECT pg_terminate_backend(%s)", (pid,))

    return app


def run(firms: Firms, requests: int, *, threads: int = 4, seed: int = 11) -> Outcome:
    """Ask so many times, with a firm and a person by chance, and one in eight broken off."""
    outcome, lock = Outcome(), threading.Lock()
    people = [
        (firm, who)
        for firm in firms.firms
        for who in (firm.own.member, firm.own.coach, firm.own.admin, firm.sibling.member)
    ]
    clients = {who.cookie: firms.visitor(who).get_cookie("session").value for _, who in people}

    def work(number: int) -> None:
        chance = random.Random(f"{seed} {number}")  # noqa: S311 - no secret
        client = firms.visitor(None)
        last: Inhabited | None = None
        for _ in range(requests // threads):
            firm, who = chance.choice(people)
            while firm is last and len(firms.firms) > 1:
                firm, who = chance.choice(people)
            last = firm
            client.set_cookie("session", clients[who.cookie])
            one(firms, client, firm, chance, outcome, lock)
            outside(firms.app, chance, outcome, lock)

    running = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
    for thread in running:
        thread.start()
    for thread in running:
        thread.join()
    return outcome


def one(
    firms: Firms,
    client: FlaskClient,
    firm: Inhabited,
    chance: random.Random,
    outcome: Outcome,
    lock: threading.Lock,
) -> None:
    """Ask once, and look at what came."""
    way = chance.choice(WAYS) if chance.random() < 0.125 else "none"
    page = way == "none" and chance.random() < 0.2
    path = f"/f/{firm.slug}/seen/{chance.randrange(10_000)}/{way}"
    if page:
        path = f"/f/{firm.slug}/" + chance.choice(PAGES)
    try:
        answer = client.get(path)
    except Left:
        with lock:
            outcome.requests += 1
            outcome.broken[way] += 1
        return
    told = answer.get_data(as_text=True) + str(answer.headers)
    marks = set(MARK.findall(told)) - {firm.mark}
    with lock:
        outcome.requests += 1
        outcome.pages += page
        outcome.broken[way] += way != "none"
        outcome.statuses[answer.status_code] += 1
        if way == "kill":
            outcome.killed[answer.status_code] += 1
        if marks:
            outcome.foreign.append(f"{path} shows {', '.join(marks)}")
        if way in {"none", "spoil"} and answer.status_code >= 500:
            # Whoever gets a connection that was ended under another one's hands is told to come
            # again; anything else is a fault.
            outcome.surprises.append(f"{path} answers {answer.status_code}")
        if not page and answer.status_code == 200:
            found = answer.get_json()
            outcome.rows += len(found["rows"])
            if set(found["rows"]) - {str(firm.id)} or found["firm"] != str(firm.id):
                outcome.foreign.append(f"{path} sees rows of {set(found['rows'])}")
    del firms


def outside(app: Flask, chance: random.Random, outcome: Outcome, lock: threading.Lock) -> None:
    """Ask without a firm, now and then: no row at all may be seen."""
    if chance.random() > 0.1:
        return
    table = chance.choice(tables())
    query = text(f'SELECT count(*) FROM "{table}"')  # noqa: S608 - our own tables
    with app.app_context():
        try:
            with db.engine.connect() as connection:
                rows = connection.scalar(query)
        except Exception as error:  # noqa: BLE001 - a connection that was ended is no leak
            with lock:
                outcome.surprises.append(f"outside: {type(error).__name__}")
            return
    if rows:
        with lock:
            outcome.outside.append(f"{table}: {rows} rows without a firm")
