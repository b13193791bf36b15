"""The drill: a backup is good when it has been brought back and worked with, not before.

A server of its own in a temporary folder; nothing is sent, nothing of the real database is written.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import re
import secrets
import shutil
import tempfile
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import Select, select

from coachhub.accounts.models import Person
from coachhub.accounts.operations import set_password
from coachhub.app import create_app
from coachhub.config import Config
from coachhub.core import chain, walls
from coachhub.core.chain import Head
from coachhub.core.db import db, now
from coachhub.core.embedded import FAST_AND_LOSABLE, Cluster
from coachhub.core.jobs import let_go
from coachhub.core.tenancy import scope
from coachhub.digests.views import preview_of
from coachhub.firms.models import Firm, Membership
from coachhub.privacy.replay import replay
from coachhub.upkeep import postgres, restore
from coachhub.upkeep.backup import backup
from coachhub.upkeep.errors import BackupError
from coachhub.upkeep.manifest import Manifest

NAME = "drill"
_CLOSED = "9"  # the port where nobody takes mail
_TRIED = 200  # members per firm who are looked at for one with a digest
_TOKEN = re.compile(r'name="csrf_token"[^>]*value="([^"]+)"')


@dataclass(frozen=True)
class Step:
    """One step that went well: what it was, how long it took, what was found."""

    name: str
    seconds: float
    found: str


@dataclass
class Stage:
    """What the steps hand on to each other."""

    config: Config
    folder: Path
    file: Path
    oldest: dt.timedelta
    manifest: Manifest | None = None
    app: Flask | None = None

    @property
    def described(self) -> Manifest:
        """Return what is told of the backup, once it was read."""
        if self.manifest is None:
            raise BackupError("The backup was not read.")
        return self.manifest

    @property
    def running(self) -> Flask:
        """Return the app, once it was started."""
        if self.app is None:
            raise BackupError("The app was not started.")
        return self.app


def drill(
    config: Config, file: Path | None, oldest: dt.timedelta, tell: Callable[[Step], None]
) -> list[Step]:
    """Make a backup (or take `file`), bring it back on a fresh server, and work with it there.

    Args:
        config: the installation's settings.
        file: a backup to try, or None to make one.
        oldest: a backup that is older is no good.
        tell: hears of each step that went well.

    Raises:
        BackupError: a step failed; the message names it.
    """
    done: list[Step] = []
    folder = Path(tempfile.mkdtemp(prefix="coachhub-drill-"))
    cluster = Cluster(folder / "pg", dict(FAST_AND_LOSABLE))
    stage = Stage(config, folder, file or folder / "drill.dump", oldest)
    steps: list[tuple[str, Callable[[], str]]] = [
        ("dump", lambda: _dump(stage, make=file is None)),
        ("file", lambda: _file(stage)),
        ("server", lambda: _server(stage, cluster)),
        ("restore", lambda: _restore(stage)),
        ("amcheck", lambda: _amcheck(stage)),
        ("contents", lambda: _contents(stage)),
        ("erasures", lambda: _erasures(stage)),
        ("app", lambda: _app(stage)),
        ("sign-in", lambda: _sign_in(stage)),
        ("audit", lambda: _audit(stage)),
    ]
    try:
        for name, act in steps:
            began = time.perf_counter()
            try:
                found = act()
            except BackupError as error:
                raise BackupError(f"{name}: {error}") from error
            done.append(Step(name, time.perf_counter() - began, found))
            tell(done[-1])
    finally:
        if stage.app is not None:
            let_go(stage.app)
        cluster.stop()
        shutil.rmtree(folder, ignore_errors=True)
    return done


def _dump(stage: Stage, *, make: bool) -> str:
    if not make:
        return f"{stage.file.name} is taken as it is"
    made = backup(stage.config, stage.file)
    return f"{made.manifest.rows} rows of {len(made.manifest.tables)} tables"


def _file(stage: Stage) -> str:
    manifest = restore.checked(stage.config, stage.file)
    age = now() - manifest.made_at
    if age > stage.oldest:
        raise BackupError(
            f"The backup is old: of {manifest.made_at:%Y-%m-%d %H:%M} UTC,"
            f" {age.total_seconds() / 3600:.0f} hours ago, and at most"
            f" {stage.oldest.total_seconds() / 3600:.0f} are good. Look why none was made since."
        )
    stage.manifest = manifest
    return f"{manifest.bytes} bytes, whole, sealed, of this installation's keys"


def _server(stage: Stage, cluster: Cluster) -> str:
    cluster.start(tied=True)
    manifest = stage.described
    passwords = {name: secrets.token_urlsafe(24) for name in (manifest.owner, manifest.app)}
    url = cluster.url("postgres", "postgres")
    with postgres.connected(url, autocommit=True) as connection:
        postgres.make_roles(connection, passwords)
        postgres.make_database(connection, NAME, manifest.owner, manifest.app)
        major = postgres.facts(connection).version
    top = cluster.url("postgres", NAME)
    stage.config = dataclasses.replace(
        stage.config,
        database_url=_as(top, manifest.app, passwords[manifest.app]),
        migration_database_url=_as(top, manifest.owner, passwords[manifest.owner]),
        backup_database_url=top,
        erasures=_copied(stage),
        mail_port=_CLOSED,
        **_QUIET,
    )
    return f"PostgreSQL {major}, empty"


# Nothing of a drill reaches anything real.
_QUIET = {
    "direct_database_url": "",
    "queue_url": "memory:",
    "limits_url": "memory://",
    "mail_host": "127.0.0.1",
    "mail_user": "",
    "mail_password": "",
    "mail_tls": "none",
    "mail_lookup": "",
    "inbound_mailbox": "",
    "mailbox": "",
    "metrics": "",
    "sentry_dsn": "",
}


def _restore(stage: Stage) -> str:
    restore.fitting(stage.config, stage.described)
    restore.bring_back(stage.config, stage.described, stage.file)
    return f"{len(stage.described.tables)} tables"


def _amcheck(stage: Stage) -> str:
    options = ["--install-missing", "--heapallindexed"]
    url = stage.config.backup_database_url
    postgres.run("pg_amcheck", url, options, stage.described.server)
    return "every table and index is sound"


def _contents(stage: Stage) -> str:
    restore.compare(stage.config.backup_database_url, stage.described)
    return f"{stage.described.rows} rows as they were"


def _erasures(stage: Stage) -> str:
    restore.newest(stage.config)
    stage.app = create_app(stage.config)
    with stage.app.app_context():
        done = replay()
        db.session.commit()
    return f"{done.lines} done again"


def _app(stage: Stage) -> str:
    with stage.running.app_context(), db.engine.connect() as connection:
        try:
            walls.check(connection)
        except walls.WallError as error:
            raise BackupError(str(error)) from error
    answer = _visitor(stage).get("/readyz")
    if answer.status_code != HTTPStatus.OK:
        raise BackupError(f"The app is not ready: {answer.get_data(as_text=True).strip()}")
    return "ready, the walls stand"


def _sign_in(stage: Stage) -> str:
    """Sign in as a member, with a password made for this copy, and look at the next digest."""
    password = secrets.token_urlsafe(24)
    address, slug, waits = _somebody(stage, password)
    visitor = _visitor(stage)
    page = visitor.get("/account/login").get_data(as_text=True)
    token = _TOKEN.search(page)
    form = {"email": address, "password": password, "csrf_token": token[1] if token else ""}
    here = stage.config.base_url + "/account/login"
    visitor.post("/account/login", data=form, headers={"Referer": here})
    wanted = ["", "digest/preview"] if waits else [""]
    for path in wanted:
        answer = visitor.get(f"/f/{slug}/{path}")
        if answer.status_code != HTTPStatus.OK:
            raise BackupError(f"A member's page answers {answer.status_code}, not 200: /{path}")
    return "a member signs in" + (", the next digest can be read" if waits else "; no digest waits")


def _somebody(stage: Stage, password: str) -> tuple[str, str, bool]:
    """Return a member without a second factor: address, firm's slug, whether a digest waits."""
    with stage.running.app_context():
        chosen: tuple[UUID, str, bool] | None = None
        for firm in db.session.scalars(select(Firm).where(Firm.active).order_by(Firm.id)).all():
            slug = firm.slug
            with scope(firm.id):
                for one in db.session.scalars(_plain_members()).all():
                    if one.person_id is None:
                        continue
                    waits = preview_of(one) is not None
                    chosen = chosen or (one.person_id, slug, waits)
                    if waits:
                        chosen = one.person_id, slug, waits
                        break
            if chosen and chosen[2]:
                break
        if chosen is None:
            raise BackupError("There is no member who could sign in: the backup has no firm in it.")
        person = db.session.get_one(Person, chosen[0])
        set_password(person, password)
        address = person.email
        db.session.commit()
    return address, chosen[1], chosen[2]


def _plain_members() -> Select[Membership]:
    return (
        select(Membership)
        .join(Person, Person.id == Membership.person_id)
        .where(
            Membership.state == "active",
            Membership.role == "member",
            Person.active,
            Person.tf_primary_method.is_(None),
            Person.is_staff.is_(False),
        )
        .order_by(Membership.id)
        .limit(_TRIED)
    )


def _audit(stage: Stage) -> str:
    ends = dict(stage.described.trails)
    entries = 0
    with stage.running.app_context():
        firms = db.session.execute(select(Firm.id, Firm.slug).order_by(Firm.slug)).all()
        for firm_id, name in [*firms, (None, "the desk")]:
            end = ends.pop(str(firm_id) if firm_id else "desk", None)
            known = [Head.parse(end)] if end else []
            with scope(firm_id) if firm_id else nullcontext():
                report = chain.check(known)
            if not report.whole:
                raise BackupError(f"The trail of {name} is broken: {report.breaks[0].sentence}")
            entries += report.entries
    if ends:
        raise BackupError(f"{len(ends)} trails are missing.")
    return f"{entries} entries of {len(firms) + 1} trails, whole to their ends"


def _visitor(stage: Stage) -> FlaskClient:
    client = stage.running.test_client()
    parts = urlsplit(stage.config.base_url)
    client.environ_base["wsgi.url_scheme"] = parts.scheme
    client.environ_base["HTTP_HOST"] = parts.netloc
    return client


def _copied(stage: Stage) -> str:
    """Copy the ledger of erasures: a drill reads it, and writes into its own."""
    if not stage.config.erasures:
        return ""
    own = stage.folder / "erasures"
    own.mkdir(mode=0o700)
    for file in Path(stage.config.erasures).glob("erasures-*.jsonl"):
        shutil.copy(file, own)
    return str(own)


def _as(url: str, role: str, password: str) -> str:
    parts = urlsplit(url)
    host = parts.netloc.rpartition("@")[2]
    return urlunsplit(parts._replace(netloc=f"{role}:{password}@{host}"))
