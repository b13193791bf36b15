"""A mailbox looked into by IMAP instead of an entrance of our own, on a real IMAP server."""

from __future__ import annotations

import imaplib
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from email.message import EmailMessage
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import select
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.config import Config, ConfigError
from coachhub.core.db import db, now
from coachhub.core.jobs import JOBS
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm
from coachhub.mail import collecting, inbound
from coachhub.mail.addresses import address
from coachhub.mail.models import FirmIncoming, FirmMail, StrayMail, Thread
from coachhub.mail.outbox import address_hash
from coachhub.mail.suppression import suppressed
from fixtures_app import config_for
from fixtures_replies import written
from mail.real_notices import TO, standard

USER, WORD = "catch-all@example.org", "sea shells & sand"
MIA = "mia@example.org"


class Box:
    """The mailbox, as its owner sees it."""

    def __init__(self, port: int) -> None:
        self.port = port

    def connected(self) -> imaplib.IMAP4:
        box = imaplib.IMAP4("127.0.0.1", self.port, timeout=10)
        box.login(USER, WORD)
        box.select()
        return box

    def put(self, message: EmailMessage | bytes, **headers: str) -> None:
        raw = message if isinstance(message, bytes) else message.as_bytes()
        noted = "".join(f"{k.replace('_', '-')}: {v}\r\n" for k, v in headers.items())
        with self.connected() as box:
            raw = noted.encode() + raw.replace(b"\r\n", b"\n").replace(b"\n", b"\r\n")
            assert box.append("INBOX", "", imaplib.Time2Internaldate(time.time()), raw)[0] == "OK"

    def left(self) -> list[str]:
        """Return the subjects that are still there."""
        with self.connected() as box:
            _answer, found = box.search(None, "ALL")
            numbers = found[0].split()
            heads = [box.fetch(one, "(BODY.PEEK[HEADER.FIELDS (SUBJECT)])") for one in numbers]
            return [parts[0][1].decode().strip() for _answer, parts in heads]


@pytest.fixture(scope="module")
def server() -> Iterator[int]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    who = ["dict", "--demo-user", USER, "--demo-password", WORD]
    start = f"import sys; from pymap.main import main; sys.argv[1:] = {_quiet(port) + who}; main()"
    process = subprocess.Popen(  # noqa: S603 - our own words
        [sys.executable, "-c", start],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    with process:
        try:
            _wait_for(process, port)
            yield port
        finally:
            process.terminate()


def _quiet(port: int) -> list[str]:
    return ["--host=127.0.0.1", f"--port={port}", "--no-tls", "--no-service=managesieve"]


def _wait_for(process: subprocess.Popen[bytes], port: int) -> None:
    for _ in range(300):
        assert process.poll() is None, "The IMAP server has stopped."
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
        except OSError:
            time.sleep(0.1)
        else:
            return
    pytest.fail("The IMAP server did not start.")


@pytest.fixture
def box(server: int, app: Flask, session: Session, monkeypatch: pytest.MonkeyPatch) -> Box:
    del session
    word = WORD.replace(" ", "%20").replace("&", "%26")
    where = f"imap://{USER.replace('@', '%40')}:{word}@127.0.0.1:{server}/INBOX"
    config = app.extensions["coachhub.config"]
    changed = type(config)(**vars(config) | {"inbound_mailbox": where})
    monkeypatch.setitem(app.extensions, "coachhub.config", changed)
    made = Box(server)
    with made.connected() as connection:
        _answer, found = connection.search(None, "ALL")
        for number in found[0].split():
            connection.store(number, "+FLAGS", r"(\Deleted)")
        connection.expunge()
    return made


@pytest.fixture
def thread_address(firm: Firm, app: Flask, session: Session) -> str:
    del app
    with scope(firm.id):
        row = Thread(kind="try-out", subject_id=uuid7(), address_hash=address_hash(MIA))
        session.add(row)
        session.commit()
        return address("reply", firm.id, row.id)


def kept(firm: Firm) -> list[tuple[str, str, str]]:
    with scope(firm.id):
        rows = db.session.scalars(select(FirmIncoming).order_by(FirmIncoming.created_at))
        return [(row.purpose, row.sender, row.state) for row in rows]


def test_answers_are_taken_and_leave_the_mailbox_and_other_mail_stays(
    box: Box, firm: Firm, thread_address: str
) -> None:
    box.put(written(MIA, thread_address, "Yes"), Return_Path=f"<{MIA}>")
    box.put(written(MIA, "shop@example.org", "Where is my parcel?"))
    for _ in range(2):
        collecting.collect.run(None)
    assert kept(firm) == [("reply", MIA, "new")]
    with box.connected() as connection:
        assert connection.search(None, "UNSEEN")[1] == [b""]
        assert len(connection.search(None, "ALL")[1][0].split()) == 1
    inbound.take.run(firm.id)
    assert [state for *_rest, state in kept(firm)] == ["handled"]


def test_what_the_envelope_said_goes_before_what_was_written(
    box: Box, firm: Firm, thread_address: str
) -> None:
    box.put(written(MIA, "Acme <hub@example.org>", "Yes"), Delivered_To=thread_address)
    collecting.collect.run(None)
    assert kept(firm) == [("reply", MIA, "new")]
    assert box.left() == []


def test_a_bounce_by_way_of_the_mailbox_stops_the_address(
    box: Box, firm: Firm, session: Session
) -> None:
    with scope(firm.id):
        mail = FirmMail(
            kind="digest", to_address=TO, subject="x", message_id="<x@example.org>", raw=b"x",
            once="x", state="sent", sent_at=now(), first_tried_at=now(),
        )  # fmt: skip
        session.add(mail)
        session.commit()
        back = address("bounce", firm.id, mail.id)
    notice = standard("mail.example.org", str(uuid7()), "5.1.1", f"<{TO}>: user unknown")
    box.put(notice, Return_Path="<>", Delivered_To=back)
    collecting.collect.run(None)
    inbound.take.run(firm.id)
    assert suppressed(TO) == "bounced"
    assert box.left() == []


def test_stopped_between_keeping_and_removing_it_counts_once(
    box: Box, firm: Firm, thread_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(written(MIA, thread_address, "Yes"))
    real = collecting.keep

    def keep_and_break(*args: Any) -> None:
        real(*args)
        raise ConnectionResetError

    with monkeypatch.context() as patch:
        patch.setattr(collecting, "keep", keep_and_break)
        collecting.collect.run(None)
    assert len(box.left()) == 1
    collecting.collect.run(None)
    assert len(kept(firm)) == 1
    assert box.left() == []


def test_a_mail_to_the_platform_is_kept_and_a_large_one_left(
    box: Box, session: Session, firm: Firm, thread_address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    box.put(written(MIA, "hub@example.org", "Is anybody there?"))
    monkeypatch.setattr(collecting, "LARGEST", 2000)
    box.put(written(MIA, thread_address, "long " * 1000))
    collecting.collect.run(None)
    assert session.scalars(select(StrayMail.purpose)).all() == ["stray"]
    assert kept(firm) == []
    assert len(box.left()) == 2


@pytest.mark.parametrize("fault", ["word", "folder", "port"])
def test_a_mailbox_that_does_not_open_is_told_and_nothing_breaks(
    box: Box, app: Flask, caplog: pytest.LogCaptureFixture, fault: str
) -> None:
    config = app.extensions["coachhub.config"]
    swaps = {"word": ("sea", "sky"), "folder": ("/INBOX", "/Nowhere"), "port": (str(box.port), "1")}
    wrong = config.inbound_mailbox.replace(*swaps[fault])
    app.extensions["coachhub.config"] = type(config)(**vars(config) | {"inbound_mailbox": wrong})
    collecting.collect.run(None)
    assert "could not be read" in caplog.text
    assert "shells" not in caplog.text


def test_without_a_mailbox_nothing_is_looked_for(app: Flask, session: Session) -> None:
    del session
    assert app.extensions["coachhub.config"].inbound_mailbox == ""
    collecting.collect.run(None)
    assert JOBS["mail.collect"].every_minutes == 1


@pytest.mark.parametrize("where", ["pop3://a:b@h/", "imaps://host/INBOX", "imaps://", "INBOX"])
def test_a_mailbox_that_cannot_be_one_is_refused_at_the_start(
    database_urls: Callable[..., Any], where: str
) -> None:
    config: Config = config_for(database_urls, inbound_mailbox=where)
    with pytest.raises(ConfigError, match="INBOUND_MAILBOX"):
        config.check()
