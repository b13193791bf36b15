"""The whole import against the database: read, stage, find companies, write; and a bare COPY."""

import io
import os
import random
import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any, Self

import company_data
import psycopg
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy import func, select

from coachhub.accounts.models import Person
from coachhub.app import create_app
from coachhub.companies.models import Company
from coachhub.config import Config
from coachhub.contacts.imports.staging import stage
from coachhub.contacts.imports.taking import take
from coachhub.core import schema
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.embedded import FAST_AND_LOSABLE, Cluster
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership, Seat

NAME = f"bench_{os.getpid()}"
FOLDER = Path(__file__).parents[2] / ".run" / "bench-pg"
_ROOTS = ["Reed", "Moss", "Lind", "Winter", "Okafor", "Snow", "Vale", "Grün", "Luz", "Harbour"]
_KINDS = ["Energy", "Foods", "Logistics", "Press", "Software", "Health", "Bank", "Textiles"]
_FORMS = ["Ltd", "Inc.", "GmbH", "SA", "& Co.", "Group", "Holdings", "plc", ""]


def companies(number: int) -> list[str]:
    """So many ways of writing companies: the open listings where they are, else made-up ones."""
    chance = random.Random(7)  # noqa: S311 made-up companies, no secret
    if company_data.is_here():
        names = [one.name for one in company_data.listings()]
        names += [name for _, name in company_data.registry()]
    else:
        names = [
            f"{chance.choice(_ROOTS)} {chance.choice(_ROOTS)} {kind} {form}".strip()
            for kind in _KINDS
            for form in _FORMS
            for _ in range(100)
        ]
    chance.shuffle(names)
    return list(dict.fromkeys(names))[:number]


class Server:
    """A server of its own with an empty database, dropped at the end."""

    def __enter__(self) -> Cluster:
        """Start the server."""
        self.cluster = Cluster(FOLDER, {**FAST_AND_LOSABLE, "max_connections": "20"})
        self.cluster.start(tied=True)
        self.cluster.drop_database(NAME)
        self.cluster.create_database(NAME)
        return self.cluster

    def __exit__(self, *_: object) -> None:
        """Drop the database again."""
        self.cluster.drop_database(NAME)


class Measured:
    """The same with our tables, one firm and one member."""

    def __enter__(self) -> Self:
        """Start the server, make the tables, the app and the member."""
        self.server = Server()
        self.cluster = self.server.__enter__()
        owner = self.cluster.url("coachhub_owner", NAME)
        user = self.cluster.url("coachhub_app", NAME)
        schema.upgrade(schema.config(owner, user, schema.plugin_folders()))
        self.app = _app(owner, user)
        with self.app.app_context():
            self.firm_id, self.member_id = _member()
        return self

    def __exit__(self, *_: object) -> None:
        """Drop everything again."""
        with self.app.app_context():
            db.engine.dispose()
        self.server.__exit__()

    def whole_import(self, data: bytes) -> dict[str, float]:
        """Import the file into an empty firm; return the seconds of its two steps."""
        self._empty()
        with self.app.app_context(), scope(self.firm_id):
            actor = Actor("bench", membership_id=self.member_id)
            server = backend()
            begin = spent(server)
            row = stage(actor, io.BytesIO(data), "Connections.csv")
            db.session.commit()
            staged = spent(server)
            take(row)
            db.session.commit()
            taken = spent(server)
            made = db.session.query(Company).count()
        return {"stage": staged - begin, "take": taken - staged, "companies": made}

    def taken_in(self, member_id: Any, data: bytes) -> tuple[float, float]:
        """Import a file for one member; return its CPU seconds and the MB of memory at most."""
        with self.app.app_context(), scope(self.firm_id):
            actor = Actor("bench", membership_id=member_id)
            server, before = backend(), resident(peak=False)
            Path("/proc/self/clear_refs").write_text("5")  # proc(5): the peak begins anew
            begin = spent(server)
            row = stage(actor, io.BytesIO(data), "Connections.csv")
            db.session.commit()
            take(row)
            db.session.commit()
            return spent(server) - begin, resident(peak=True) - before

    def colleague(self, number: int) -> Any:
        """Make another member of the firm."""
        with self.app.app_context():
            return _join(self.firm_id, f"bench-{number}")

    def copy(self, like: str) -> float:
        """COPY the contacts that are there into a twin of their table; return the seconds."""
        with psycopg.connect(self.cluster.url("postgres", NAME)) as connection:
            with connection.cursor().copy("COPY contacts_contact TO STDOUT (FORMAT binary)") as out:
                data = b"".join(out)
            connection.execute(f"CREATE TEMP TABLE twin (LIKE contacts_contact {like})")
            server = connection.info.backend_pid
            begin = spent(server)
            with connection.cursor().copy("COPY twin FROM STDIN (FORMAT binary)") as into:
                into.write(data)
            taken = spent(server) - begin
            connection.rollback()
        return taken

    def _empty(self) -> None:
        with psycopg.connect(self.cluster.url("postgres", NAME), autocommit=True) as connection:
            connection.execute(
                "TRUNCATE contacts_import, contacts_contact, companies_company CASCADE"
            )


def backend() -> int:
    """The process that serves this session's connection."""
    return db.session.scalar(select(func.pg_backend_pid())) or 0


def spent(server: int) -> float:
    """The CPU seconds that this process and its PostgreSQL backend have spent so far."""
    fields = Path(f"/proc/{server}/stat").read_text().rpartition(") ")[2].split()
    ticks = int(fields[11]) + int(fields[12])  # proc(5): utime and stime
    return time.process_time() + ticks / os.sysconf("SC_CLK_TCK")


def resident(*, peak: bool) -> float:
    """The memory that this process holds in RAM, now or at most, in MB."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:" if peak else "VmRSS:")[2].split()[0]) / 1e3


def crowd(book: Callable[[int], bytes], members: int, rows: int, large: int) -> dict[str, Any]:
    """One large book, then one book for each of many members of the same firm."""
    with Measured() as database:
        database.taken_in(database.colleague(-1), book(100))  # so that nothing is first
        whole = book(large)
        seconds, memory = database.taken_in(database.member_id, whole)
        runs = [
            database.taken_in(database.colleague(number), book(rows)) for number in range(members)
        ]
    begin, end = (statistics.median(one for one, _ in some) for some in (runs[:5], runs[-5:]))
    return {
        "large_rows": large,
        "large_megabytes": round(len(whole) / 1e6, 1),
        "large_seconds": round(seconds, 1),
        "large_rows_per_second": round(large / seconds),
        "large_more_memory_mb": round(memory, 1),
        "members": members,
        "contacts_together": members * rows,
        "all_seconds": round(sum(one for one, _ in runs), 1),
        "first_five_seconds": round(begin, 2),
        "last_five_seconds": round(end, 2),
        "most_memory_mb": round(max(memory for _, memory in runs), 1),
    }


def median(times: int, work: Callable[[], float]) -> float:
    """The median of so many runs, in seconds."""
    return statistics.median(work() for _ in range(times))


def measure(data: bytes, times: int) -> dict[str, Any]:
    """Import a file so many times into an empty firm, and hold it against its COPY."""
    with Measured() as database:
        runs = [database.whole_import(data) for _ in range(times)]
        bare = median(times, lambda: database.copy(""))
        indexed = median(times, lambda: database.copy("INCLUDING ALL"))
    whole = statistics.median(run["stage"] + run["take"] for run in runs)
    return {
        "companies": runs[0]["companies"],
        "stage_seconds": round(statistics.median(run["stage"] for run in runs), 2),
        "take_seconds": round(statistics.median(run["take"] for run in runs), 2),
        "copy_seconds": round(bare, 3),
        "copy_with_indexes_seconds": round(indexed, 3),
        "ratio_to_copy": round(whole / bare, 1),
        "ratio_to_copy_with_indexes": round(whole / indexed, 1),
    }


def _app(owner: str, user: str) -> Flask:
    return create_app(
        Config(
            mode="test",
            secret_key="a secret for this bench only, long enough",
            encryption_keys=Fernet.generate_key().decode(),
            index_keys="one-index-key-as-most-installations-have",
            database_url=user,
            migration_database_url=owner,
            base_url="http://hub.example.org",
            mail_from="hub@example.org",
            queue_url="memory:",
        )
    )


def _member() -> tuple[Any, Any]:
    firm = Firm(name="Bench", slug="bench")
    db.session.add(firm)
    db.session.flush()
    return firm.id, _join(firm.id, "bench")


def _join(firm_id: Any, name: str) -> Any:
    person = Person(email=f"{name}@example.org", name=name, fs_uniquifier=name)
    db.session.add(person)
    db.session.flush()
    with scope(firm_id):
        db.session.add(Seat(firm_id=firm_id, person_id=person.id))
        db.session.flush()
        member = Membership(person_id=person.id, name=name)
        db.session.add(member)
        db.session.flush()
        member_id = member.id
        db.session.commit()
    return member_id
