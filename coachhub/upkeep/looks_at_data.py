"""What the doctor looks at in the database: role, walls, tables, queue, clock, keys in use."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

from sqlalchemy import func, select
from sqlalchemy.exc import SQLAlchemyError

from coachhub.config import Config
from coachhub.core import schema, waiting, walls
from coachhub.core.db import db, direct_engine, now
from coachhub.core.embedded.binaries import OLDEST
from coachhub.core.jobs import queue
from coachhub.core.secrets import keyring
from coachhub.privacy import rotation
from coachhub.privacy.models import Rotation
from coachhub.upkeep.findings import Finding, fail, ok, warn

SLOW = dt.timedelta(minutes=15)
SILENT = dt.timedelta(minutes=3)
OFF, FAR_OFF = 2.0, 30.0  # seconds between two clocks
BUSY = 0.8  # of the connections that the server allows
OLD_KEY = dt.timedelta(days=365)


def database() -> Iterator[Finding]:
    """Look whether the server is there, new enough, and not about to refuse connections."""
    do = "Look whether it runs, and whether DATABASE_URL is right."
    try:
        with db.engine.connect() as connection:
            version = connection.dialect.server_version_info or (0,)
            words = select(
                func.current_setting("server_encoding"),
                func.current_setting("max_connections"),
                select(func.count()).select_from(func.pg_stat_get_activity(None)).scalar_subquery(),
            )
            encoding, most, used = connection.execute(words).one()
        with direct_engine().connect():
            pass
    except SQLAlchemyError as error:
        said = str(getattr(error, "orig", None) or error).strip().splitlines() or [""]
        yield fail("database", f"It does not answer: {said[0]}", do)
        return
    major = int(version[0])
    if major < OLDEST:
        words_old = f"It is PostgreSQL {major}."
        yield fail("database", words_old, f"Upgrade it to {OLDEST} or newer.")
    elif encoding != "UTF8":
        words_code = f"It writes texts as {encoding}."
        yield fail("database", words_code, "Make a new database with ENCODING 'UTF8', and restore.")
    elif used > BUSY * int(most):
        words_busy = f"{used} of {most} connections are taken."
        do = "Raise max_connections, or put PgBouncer in front (docs/operations.md)."
        yield warn("database", words_busy, do)
    else:
        yield ok("database", f"PostgreSQL {major}, UTF-8, {used} of {most} connections taken.")


def policies(_config: Config) -> Iterator[Finding]:
    """Look whether the walls between firms stand, for the role that the app has."""
    with db.engine.connect() as connection:
        try:
            walls.check(connection)
        except walls.WallError as error:
            yield fail("policies", str(error), "Until then no page is served.")
            return
    yield ok("policies", "The role owns nothing; every firm's table is behind its wall.")


def migrations(_config: Config) -> Iterator[Finding]:
    """Look whether the tables are those of this code."""
    with db.engine.connect() as connection:
        standing = schema.standing(schema.found_in(connection))
    if standing == "current":
        yield ok("migrations", "The tables are those of this code.")
    elif standing == "ahead":
        words = "The tables are newer than this code."
        yield warn("migrations", words, "Go on with the upgrade: start the new code here too.")
    else:
        yield fail(
            "migrations", "The tables are older than this code.", "Run `coachhub db upgrade`."
        )


def queue_moves(_config: Config) -> Iterator[Finding]:
    """Look whether somebody works, and how long jobs wait."""
    try:
        number = queue().huey.pending_count()
    except Exception as error:  # noqa: BLE001 - each kind of queue has errors of its own
        words = f"It does not answer: {type(error).__name__}."
        yield fail("queue", words, "Look whether it runs, and whether QUEUE_URL is right.")
        return
    beat, oldest = waiting.last_beat(), waiting.oldest()
    if beat is None or now() - beat > SILENT:
        since = f"since {beat:%Y-%m-%d %H:%M} UTC" if beat else "yet"
        words = f"No worker has given a sign of life {since}."
        yield fail("queue", words, "Start `coachhub worker`, and look into its log.")
    elif oldest is not None and now() - oldest > SLOW:
        minutes = (now() - oldest).total_seconds() / 60
        words = f"The oldest job waits for {minutes:.0f} minutes; {number} are on the queue."
        yield warn("queue", words, "Start more workers, or raise WORKER_THREADS.")
    else:
        yield ok("queue", f"A worker is alive; {number} jobs are on the queue.")


def clock(_config: Config) -> Iterator[Finding]:
    """Hold this machine's clock against the database's."""
    before = now()
    with db.engine.connect() as connection:
        there = connection.scalar(select(func.clock_timestamp())) or before
    here = before + (now() - before) / 2
    yield clocks("the database's", (here - there).total_seconds())


def clocks(whose: str, seconds: float) -> Finding:
    """Say how far this machine's clock is from another."""
    words = f"This machine's clock and {whose} are {abs(seconds):.1f} seconds apart."
    do = "Let both keep time by NTP (chrony or systemd-timesyncd)."
    if abs(seconds) > FAR_OFF:
        return fail("clock", words, do)
    return warn("clock", words, do) if abs(seconds) > OFF else ok("clock", words)


def keys_in_use(_config: Config) -> Iterator[Finding]:
    """Look whether every private text can be read, and how long the key has been in use."""
    ring = keyring()
    left = rotation.left_behind()
    if left and len(ring.keys.writing) == 1:
        words = f"{left} private texts were written with another key than the one here."
        yield fail("keys", words, "Put that key back into ENCRYPTION_KEYS or KEYS_FILE, behind it.")
        return
    last = db.session.scalar(
        select(func.max(Rotation.ended_at)).where(Rotation.mark == ring.keys.mark)
    )
    if last is not None and now() - last > OLD_KEY:
        words = f"The key has written since {last:%Y-%m-%d}."
        yield warn("keys", words, "Exchange it with `coachhub keys rotate`; people can go on.")
    else:
        yield ok("keys", "Every private text was written with a key that is here.")
