"""`coachhub run`: everything a trial needs, kept up, and stopped together."""

import email
import http.client
import os
import signal
import smtplib
import socket
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from coachhub.core.embedded import Cluster
from coachhub.serving import mailbox, trial
from fixtures_database import DatabaseUrls
from fixtures_server import LiveServer, start_coachhub, stop_coachhub


def get(url: str, path: str) -> int:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def eventually(question: Callable[[], bool], seconds: float = 90) -> bool:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        if question():
            return True
        time.sleep(0.1)
    return False


def children(pid: int) -> list[int]:
    told = subprocess.run(
        ["/bin/ps", "-A", "-o", "pid=,ppid=,stat="], capture_output=True, text=True, check=True
    )
    rows = [line.split() for line in told.stdout.splitlines()]
    return [int(row[0]) for row in rows if int(row[1]) == pid and "Z" not in row[2]]


def lives(pid: int) -> bool:
    told = subprocess.run(  # noqa: S603 - a number
        ["/bin/ps", "-p", str(pid), "-o", "stat="], capture_output=True, text=True, check=False
    )
    return told.stdout.strip() != "" and "Z" not in told.stdout


def of_database(urls: DatabaseUrls, home: Path) -> dict[str, str]:
    return {
        "COACHHUB_HOME": str(home),
        "COACHHUB_MODE": "test",
        "DATABASE_URL": urls.app,
        "MIGRATION_DATABASE_URL": urls.owner,
    }


@pytest.fixture
def environment(fresh_database: Callable[..., DatabaseUrls], tmp_path: Path) -> dict[str, str]:
    return of_database(fresh_database(), tmp_path / "home")


def test_a_browser_sees_the_first_page(live_server: LiveServer, page: Page) -> None:
    page.goto(live_server.url)
    assert page.title().endswith("CoachHub")


def test_it_migrates_serves_alone_in_its_folder_and_stops_at_ctrl_c(
    fresh_database: Callable[..., DatabaseUrls], tmp_path: Path
) -> None:
    environment = of_database(fresh_database(migrated=False), tmp_path / "home")
    running = start_coachhub(environment)
    home = Path(environment["COACHHUB_HOME"])
    try:
        assert get(running.url, "/") < 400
        assert get(running.url, "/static/app.css") == 200
        kept = (home / "keys.json").read_text()
        assert (home / "keys.json").stat().st_mode & 0o777 == 0o600
        with pytest.raises(pytest.fail.Exception, match=f"runs already .* at {running.url}"):
            start_coachhub(environment)
        ours = children(running.process.pid)
        running.process.send_signal(signal.SIGINT)
        assert running.process.wait(60) == 0
        assert not any(lives(child) for child in ours)
        assert eventually(lambda: "Stopping." in running.text)
    finally:
        stop_coachhub(running)
    assert trial.Home(home).keys()["SECRET_KEY"] in kept
    with pytest.raises(ConnectionRefusedError):
        get(running.url, "/")


def test_a_child_that_dies_starts_again_and_none_outlives_the_parent(
    environment: dict[str, str],
) -> None:
    running = start_coachhub(environment)
    try:
        before = children(running.process.pid)
        assert len(before) == 3
        for child in before:
            os.kill(child, signal.SIGKILL)
        assert eventually(lambda: len(set(children(running.process.pid)) - set(before)) == 3)
        assert eventually(lambda: _answers(running.url))
        assert running.text.count("it starts again") == 3
        orphans = children(running.process.pid)
        running.process.kill()
        running.process.wait()
        assert eventually(lambda: not any(lives(child) for child in orphans))
    finally:
        stop_coachhub(running)


def test_without_a_database_it_brings_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    running = start_coachhub({"COACHHUB_HOME": str(home), "COACHHUB_MODE": "test"})
    cluster = Cluster(home / "pg")
    try:
        assert cluster.running()
        assert cluster.has_database(trial.DATABASE)
    finally:
        stop_coachhub(running)
    assert eventually(lambda: not cluster.running())


def test_the_mailbox_keeps_every_mail_in_order_of_arrival(tmp_path: Path) -> None:
    controller = mailbox.serve(tmp_path)
    settings = mailbox.settings(controller)
    try:
        for subject in ("First", "Second"):
            with smtplib.SMTP(settings["MAIL_HOST"], int(settings["MAIL_PORT"])) as client:
                content = f"Subject: {subject}\r\nTo: ann@example.com\r\n\r\nOpen.\r\n"
                client.sendmail("hub@example.org", ["ann@example.com"], content.encode())
    finally:
        controller.stop()
    kept = sorted(Path(settings["MAILBOX"]).iterdir())
    mails = [email.message_from_bytes(file.read_bytes()) for file in kept]
    assert [mail["Subject"] for mail in mails] == ["First", "Second"]
    assert {mail["X-Envelope-To"] for mail in mails} == {"ann@example.com"}
    assert {file.suffix for file in kept} == {".eml"}


def test_two_mailboxes_have_two_ports(tmp_path: Path) -> None:
    first, second = mailbox.serve(tmp_path / "a"), mailbox.serve(tmp_path / "b")
    try:
        assert first.port != second.port
    finally:
        first.stop()
        second.stop()


def test_a_database_without_its_owner_is_one_line(environment: dict[str, str]) -> None:
    with pytest.raises(pytest.fail.Exception, match="coachhub: MIGRATION_DATABASE_URL is not set"):
        start_coachhub(environment | {"MIGRATION_DATABASE_URL": ""})


def test_a_taken_port_is_one_line(environment: dict[str, str]) -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        taken = str(other.getsockname()[1])
        with pytest.raises(pytest.fail.Exception, match=f"coachhub: Port {taken} is taken"):
            start_coachhub(environment | {"PORT": taken})


def _answers(url: str) -> bool:
    try:
        return get(url, "/") < 400
    except OSError:
        return False
