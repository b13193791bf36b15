"""`coachhub run`: everything a trial needs, kept up, and stopped together."""

import http.client
import os
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page

from coachhub.core.embedded import Cluster
from coachhub.serving import trial
from fixtures_database import DatabaseUrls
from fixtures_server import LiveServer, start_coachhub, stop_coachhub, unused_port


def get(url: str, path: str) -> int:
    address = urlsplit(url)
    connection = http.client.HTTPConnection(address.hostname, address.port, timeout=20)
    try:
        connection.request("GET", path)
        return connection.getresponse().status
    finally:
        connection.close()


def eventually(question: Callable[[], bool], seconds: float = 30) -> bool:
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


@pytest.fixture
def environment(fresh_database: Callable[..., DatabaseUrls], tmp_path: Path) -> dict[str, str]:
    urls = fresh_database(migrated=False)
    return {
        "COACHHUB_HOME": str(tmp_path / "home"),
        "COACHHUB_MODE": "test",
        "DATABASE_URL": urls.app,
        "MIGRATION_DATABASE_URL": urls.owner,
        "PORT": str(unused_port()),
    }


def test_a_browser_sees_the_first_page(live_server: LiveServer, page: Page) -> None:
    page.goto(live_server.url)
    assert page.title().endswith("CoachHub")


def test_it_migrates_serves_and_keeps_its_keys(environment: dict[str, str]) -> None:
    process, said = start_coachhub(environment)
    home = Path(environment["COACHHUB_HOME"])
    url = f"http://127.0.0.1:{environment['PORT']}"
    try:
        assert get(url, "/") < 400
        assert get(url, "/static/app.css") == 200
        assert f"CoachHub is at {url}/" in "".join(said)
        kept = (home / "keys.json").read_text()
        assert (home / "keys.json").stat().st_mode & 0o777 == 0o600
    finally:
        code = stop_coachhub(process)
    assert code == 0
    assert trial.Home(home).keys()["SECRET_KEY"] in kept
    with pytest.raises(ConnectionRefusedError):
        get(url, "/")


def test_only_one_runs_from_a_folder(environment: dict[str, str]) -> None:
    process, _ = start_coachhub(environment)
    try:
        with pytest.raises(pytest.fail.Exception, match="runs already"):
            start_coachhub(environment | {"PORT": str(unused_port())})
    finally:
        stop_coachhub(process)


def test_a_child_that_dies_starts_again_and_none_outlives_the_parent(
    environment: dict[str, str],
) -> None:
    process, said = start_coachhub(environment)
    url = f"http://127.0.0.1:{environment['PORT']}"
    try:
        before = children(process.pid)
        assert len(before) == 2
        for child in before:
            os.kill(child, signal.SIGKILL)
        assert eventually(lambda: len(set(children(process.pid)) - set(before)) == 2)
        assert eventually(lambda: _answers(url))
        assert "".join(said).count("it starts again") == 2
        orphans = children(process.pid)
        process.kill()
        process.wait()
        assert eventually(lambda: not any(lives(child) for child in orphans))
    finally:
        stop_coachhub(process)


def test_ctrl_c_stops_everything(environment: dict[str, str]) -> None:
    process, said = start_coachhub(environment)
    ours = children(process.pid)
    process.send_signal(signal.SIGINT)
    assert process.wait(60) == 0
    assert not any(lives(child) for child in ours)
    assert "Stopping." in "".join(said)
    stop_coachhub(process)


def test_without_a_database_it_brings_its_own(tmp_path: Path) -> None:
    home = tmp_path / "home"
    environment = {"COACHHUB_HOME": str(home), "COACHHUB_MODE": "test", "DATABASE_URL": ""}
    process, _ = start_coachhub(environment | {"PORT": str(unused_port())})
    cluster = Cluster(home / "pg")
    try:
        assert cluster.running()
        assert cluster.has_database(trial.DATABASE)
    finally:
        stop_coachhub(process)
    assert eventually(lambda: not cluster.running())


def test_a_database_without_its_owner_is_one_line(environment: dict[str, str]) -> None:
    with pytest.raises(pytest.fail.Exception, match="coachhub: MIGRATION_DATABASE_URL is not set"):
        start_coachhub(environment | {"MIGRATION_DATABASE_URL": ""})


def test_a_taken_port_is_one_line(environment: dict[str, str], live_server: LiveServer) -> None:
    taken = str(urlsplit(live_server.url).port)
    with pytest.raises(pytest.fail.Exception, match=f"coachhub: Port {taken} is taken"):
        start_coachhub(environment | {"PORT": taken})


def _answers(url: str) -> bool:
    try:
        return get(url, "/") < 400
    except OSError:
        return False
