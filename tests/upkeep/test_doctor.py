"""The doctor finds each thing that can be wrong, and says what to do about it."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json
import locale
import shutil
import socket
import threading
from collections import namedtuple
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from cryptography.fernet import Fernet
from flask import Flask
from sqlalchemy.orm import Session

from coachhub.cli import commands
from coachhub.config import Config
from coachhub.core import resolver, schema, waiting, walls
from coachhub.core.db import now
from coachhub.core.jobs import queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail.models import AccountMail, FirmMail, SenderKey
from coachhub.privacy import rotation
from coachhub.privacy.models import Rotation
from coachhub.upkeep import doctor, looks_at_data, looks_at_machine, looks_at_mail
from coachhub.upkeep.backup import Made
from coachhub.upkeep.findings import Finding
from fixtures_app import KEY, SECRET, config_for
from fixtures_dump import World
from upkeep.conftest import settings
from upkeep.test_backup import copied

Usage = namedtuple("Usage", "total used free")  # noqa: PYI024 - as shutil tells it


def only(found: Iterator[Finding], level: str, words: str) -> Finding:
    """Return the one finding of this level with these words in it; it says what to do."""
    every = list(found)
    [one] = [one for one in every if one.level == level and words in one.words]
    assert bool(one.do) == (level != "ok")
    return one


@pytest.fixture
def config(database_urls: Any, tmp_path: Path) -> Config:
    return config_for(database_urls, erasures=str(tmp_path), backups=str(tmp_path))


def test_wrong_settings(config: Config) -> None:
    one = only(doctor.examined({"COACHHUB_MODE": "production"}), "fail", "SECRET_KEY is not set")
    assert "environment" in one.do
    real = dataclasses.replace(
        config, mode="production", erasures="", metrics="loopback", limits_url="memory://"
    )
    found = list(doctor.settings(real, {"WEB_PROCESSES": "2"}))
    for level, words in (
        ("fail", "Erasures are written down nowhere"),
        ("warn", "Sign-in tries are counted"),
        ("warn", "figures of its own"),
        ("warn", "No role is named"),
    ):
        only(iter(found), level, words)
    only(doctor.settings(config, {}), "warn", "The mode is test")
    safe = dataclasses.replace(
        config, mode="production", limits_url="redis://x", backup_database_url="postgresql://x"
    )
    only(doctor.settings(safe, {}), "ok", "Every setting")


def test_a_database_that_is_away_and_one_that_is_well(
    config: Config, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        away = f"postgresql://a:b@127.0.0.1:{taken.getsockname()[1]}/c"
        environment = {
            "COACHHUB_MODE": "test", "SECRET_KEY": SECRET, "ENCRYPTION_KEYS": KEY,
            "DATABASE_URL": away, "BASE_URL": "http://x.example.org", "MAIL_FROM": "a@example.org",
        }  # fmt: skip
        found = list(doctor.examined(environment))
    assert only(iter(found), "fail", "It does not answer").what == "database"
    assert "policies" not in {one.what for one in found}
    monkeypatch.setattr(looks_at_machine, "backups", lambda _config: iter(()))
    lines = environment | {"DATABASE_URL": config.database_url}
    done = CliRunner().invoke(commands, ["doctor", "--json"], env=lines)
    told = [json.loads(line) for line in done.output.splitlines()]
    levels = {one["what"]: one["level"] for one in told}
    assert levels["database"] == levels["policies"] == levels["migrations"] == "ok"
    assert done.exit_code == 2  # no worker here, and no mail server
    said = CliRunner().invoke(commands, ["doctor"], env=lines).output
    assert "FAIL  queue" in said
    assert "→ Start `coachhub worker`" in said


def test_codes_of_the_end() -> None:
    levels = [Finding("a", "ok", "x"), Finding("a", "warn", "x"), Finding("a", "fail", "x")]
    assert [doctor.worst(levels[:number]) for number in (0, 1, 2, 3)] == [0, 0, 1, 2]


def test_an_old_a_foreign_and_a_full_database(
    app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app, session
    only(looks_at_data.database(), "ok", "PostgreSQL")
    with monkeypatch.context() as patch:
        patch.setattr(looks_at_data, "OLDEST", 99)
        only(looks_at_data.database(), "fail", "It is PostgreSQL")
    monkeypatch.setattr(looks_at_data, "BUSY", 0)
    only(looks_at_data.database(), "warn", "connections are taken")


def test_walls_that_do_not_stand(
    config: Config, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app, session
    only(looks_at_data.policies(config), "ok", "behind its wall")

    def down(_connection: object) -> None:
        raise walls.WallError("No row-level security on board_offer: run `coachhub db upgrade`.")

    monkeypatch.setattr(walls, "check", down)
    only(looks_at_data.policies(config), "fail", "board_offer")


def test_tables_of_other_code(
    config: Config, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app, session
    only(looks_at_data.migrations(config), "ok", "of this code")
    monkeypatch.setattr(schema, "found_in", lambda _connection: ["0041"])
    assert "db upgrade" in only(looks_at_data.migrations(config), "fail", "older").do
    monkeypatch.setattr(schema, "found_in", lambda _connection: ["9999"])
    only(looks_at_data.migrations(config), "warn", "newer")


def test_a_queue_without_a_worker_a_slow_one_and_none(
    config: Config, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app, session
    only(looks_at_data.queue_moves(config), "fail", "No worker has given a sign of life yet")
    waiting.beat()
    only(looks_at_data.queue_moves(config), "ok", "A worker is alive")
    monkeypatch.setattr(waiting, "oldest", lambda: now() - dt.timedelta(minutes=50))
    only(looks_at_data.queue_moves(config), "warn", "waits for 50 minutes")
    monkeypatch.setattr(waiting, "last_beat", lambda: now() - dt.timedelta(minutes=5))
    only(looks_at_data.queue_moves(config), "fail", "since 2")

    def away() -> int:
        raise ConnectionError

    monkeypatch.setattr(queue().huey, "pending_count", away)
    only(looks_at_data.queue_moves(config), "fail", "ConnectionError")


def test_clocks(
    config: Config, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app, session
    only(looks_at_data.clock(config), "ok", "the database's")
    for seconds, level in ((5, "warn"), (3600, "fail")):
        ahead = dt.timedelta(seconds=seconds)
        monkeypatch.setattr(looks_at_data, "now", lambda ahead=ahead: now() + ahead)
        assert "NTP" in only(looks_at_data.clock(config), level, "seconds apart").do


def test_keys(
    config: Config, app: Flask, session: Session, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    del app
    only(looks_at_machine.keys(config), "ok", "One key writes")
    two = dataclasses.replace(config, encryption_keys=f"{Fernet.generate_key().decode()} {KEY}")
    only(looks_at_machine.keys(two), "warn", "an exchange is under way")
    broken = dataclasses.replace(config, encryption_keys="nonsense")
    only(looks_at_machine.keys(broken), "fail", "cannot be read")
    file = tmp_path / "keys.json"
    in_file = dataclasses.replace(config, keys_file=str(file))
    only(looks_at_machine.keys(in_file), "fail", "FileNotFoundError")
    file.write_text(json.dumps({"ENCRYPTION_KEYS": KEY, "INDEX_KEYS": "x"}))
    file.chmod(0o644)
    only(looks_at_machine.keys(in_file), "fail", "can be read by others")
    file.chmod(0o600)
    only(looks_at_machine.keys(in_file), "ok", "One key writes")
    only(looks_at_data.keys_in_use(config), "ok", "a key that is here")
    long_ago = now() - dt.timedelta(days=400)
    session.add(Rotation(mark=looks_at_data.keyring().keys.mark, ended_at=long_ago))
    session.flush()
    only(looks_at_data.keys_in_use(config), "warn", "The key has written since")
    monkeypatch.setattr(rotation, "left_behind", lambda: 7)
    only(looks_at_data.keys_in_use(config), "fail", "7 private texts")


def test_disks(config: Config, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for free, level in ((50, "ok"), (10, "warn"), (1, "fail")):
        usage = Usage(100 * 2**30, 0, free * 2**30)
        monkeypatch.setattr(shutil, "disk_usage", lambda _folder, usage=usage: usage)
        found = list(looks_at_machine.disk(config))
        assert {one.level for one in found} == {level}
        assert len(found) == 3
    nowhere = dataclasses.replace(config, backups=str(tmp_path / "gone"))
    only(looks_at_machine.disk(nowhere), "fail", "is no folder")
    monkeypatch.setattr("os.access", lambda _folder, _mode: False)
    assert {one.level for one in looks_at_machine.disk(config)} == {"fail"}


def test_backups(world: World, made: Made, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    here = settings(world, world.urls)
    only(looks_at_machine.backups(here), "warn", "No folder of backups")
    here = dataclasses.replace(here, backups=str(tmp_path))
    only(looks_at_machine.backups(here), "fail", "no backup in")
    file = copied(made, tmp_path)
    only(looks_at_machine.backups(here), "ok", "The newest is of")
    with monkeypatch.context() as patch:
        patch.setattr(looks_at_machine, "STALE", dt.timedelta(0))
        only(looks_at_machine.backups(here), "fail", "The newest is of")
    file.with_name(f"{file.name}.json").write_text("{}")
    only(looks_at_machine.backups(here), "fail", "another installation")


def test_encodings_and_time_zones(monkeypatch: pytest.MonkeyPatch) -> None:
    only(looks_at_machine.zones(), "ok", "time zones are known")
    with monkeypatch.context() as patch:
        patch.setattr(locale, "getpreferredencoding", lambda **_k: "ANSI_X3.4-1968")
        only(looks_at_machine.encodings(), "fail", "ansi_x3.4-1968")
        patch.setattr(locale, "getpreferredencoding", lambda **_k: "UTF-8")
        only(looks_at_machine.encodings(), "ok", "UTF-8")
    monkeypatch.setattr(looks_at_machine, "ZONES", ("Europe/London", "Nowhere/Atall"))
    only(looks_at_machine.zones(), "fail", "unknown: Nowhere/Atall")


@pytest.fixture
def relay() -> Iterator[Callable[[str], int]]:
    """A mail server that greets with given words and knows nothing but that; its port."""
    opened: list[socket.socket] = []

    def serve(server: socket.socket, greeting: str) -> None:
        while True:
            try:
                connection, _ = server.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as said:
                connection.sendall(greeting.encode() + b"\r\n")
                for line in said:
                    answers = {b"EHLO": b"250 OK", b"QUIT": b"221 Bye"}
                    answer = answers.get(line[:4].upper(), b"502 No")
                    connection.sendall(answer + b"\r\n")

    def make(greeting: str) -> int:
        server = socket.create_server(("127.0.0.1", 0))
        opened.append(server)
        threading.Thread(target=serve, args=(server, greeting), daemon=True).start()
        port: int = server.getsockname()[1]
        return port

    yield make
    for server in opened:
        server.shutdown(socket.SHUT_RDWR)
        server.close()


def test_the_mail_server(config: Config, relay: Callable[[str], int]) -> None:
    def at(port: int, **more: str) -> Config:
        return dataclasses.replace(config, mail_port=str(port), **more)

    plain = relay("220 mail.example.org ready")
    only(looks_at_mail.relay_answers(at(plain)), "ok", "answers")
    only(looks_at_mail.relay_answers(at(plain, mode="production")), "warn", "unencrypted")
    no_tls = at(plain, mail_tls="starttls")
    only(looks_at_mail.relay_answers(no_tls), "fail", "does not answer")
    with socket.create_server(("127.0.0.1", 0)) as shut:
        nobody = shut.getsockname()[1]
    only(looks_at_mail.relay_answers(at(nobody)), "fail", "does not answer")
    slow = relay("220 mail.example.org ESMTP Exim 4.96 Sun, 01 Mar 2020 10:00:00 +0000")
    found = looks_at_mail.relay_answers(at(slow))
    assert "NTP" in only(found, "fail", "the mail server's").do


def test_mails_that_are_stuck_or_come_back(
    config: Config, app: Flask, session: Session, firm: Firm
) -> None:
    del app
    only(looks_at_mail.bounces(config), "ok", "0 of 0 mails")

    def mail(number: int, **columns: Any) -> Any:
        return {
            "kind": "digest", "to_address": "a@example.org", "subject": "x", "raw": b"x",
            "message_id": f"<{number}@b>", "state": "sent", **columns,
        }  # fmt: skip

    with scope(firm.id):
        for number in range(60):
            columns = {"bounced": "hard" if number < 2 else ""}
            session.add(FirmMail(**mail(number, once=str(number), **columns)))
        session.flush()
    only(looks_at_mail.bounces(config), "warn", "2 of 60 mails")
    with scope(firm.id):
        for number in range(60, 65):
            session.add(FirmMail(**mail(number, once=str(number), bounced="hard")))
        session.flush()
    session.add(AccountMail(**mail(90, state="in_doubt")))
    session.add(AccountMail(**mail(91, state="waiting", due_at=now() - dt.timedelta(hours=1))))
    session.flush()
    found = list(looks_at_mail.bounces(config))
    only(iter(found), "fail", "7 of 67 mails")
    only(iter(found), "fail", "1 mails should have left")
    only(iter(found), "warn", "Of 1 mails nobody knows")


def test_the_domains_that_mails_come_from(
    config: Config, app: Flask, session: Session, firm: Firm, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Empty:
        def texts(self, _name: str) -> list[str]:
            return []

    monkeypatch.setitem(app.extensions, resolver.KEY, Empty())
    only(looks_at_mail.senders(config), "ok", "0 firms")
    real = dataclasses.replace(config, mode="production")
    only(looks_at_mail.senders(real), "warn", "does not say who may send")
    slug = firm.slug
    with scope(firm.id):
        session.add(
            SenderKey(address="a@firm.example.org", selector="x", private_key="x", public_key="y")
        )
        session.flush()
    one = only(looks_at_mail.senders(config), "warn", f"/f/{slug}/")
    assert "DKIM" in one.words
