"""Workers are killed: at each named point of a mail's way, and at random moments."""

from __future__ import annotations

import os
import signal
import smtplib
import time
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from coachhub.core import schema
from coachhub.core.embedded import Cluster
from coachhub.core.tenancy import scope
from coachhub.mail import delivery, relay
from fixtures_database import DatabaseUrls
from mail.crash import Relay, Trial, fork, killing

KILLED = 9


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Relay]:
    made = Relay(tmp_path / "taken.log")
    made.start()
    yield made
    made.stop()


def die(*_args: Any, **_kwargs: Any) -> Any:
    os.kill(os.getpid(), KILLED)


def before_claim() -> None:
    delivery._take = die


def after_claim() -> None:
    relay.send = die


def in_the_middle_of_the_content() -> None:
    real = smtplib.SMTP.send

    def half(server: Any, content: Any) -> None:
        if isinstance(content, bytes) and content.endswith(b"\r\n.\r\n"):
            server.sock.sendall(content[: len(content) // 2])
            die()
        real(server, content)

    smtplib.SMTP.send = half


def after_the_final_dot() -> None:
    real = smtplib.SMTP.send

    def all_of_it(server: Any, content: Any) -> None:
        real(server, content)
        if isinstance(content, bytes) and content.endswith(b"\r\n.\r\n"):
            time.sleep(0.3)  # the server takes it
            die()

    smtplib.SMTP.send = all_of_it


def before_the_mark() -> None:
    delivery._note = die


POINTS = {
    before_claim: ("sent", "sent", 1, 1),
    after_claim: ("sent", "in_doubt", 1, 0),
    in_the_middle_of_the_content: ("sent", "in_doubt", 1, 0),
    after_the_final_dot: ("sent", "in_doubt", 2, 1),
    before_the_mark: ("sent", "in_doubt", 2, 1),
}


@pytest.mark.parametrize("askable", [True, False])
@pytest.mark.parametrize("point", POINTS, ids=lambda point: point.__name__)
def test_a_kill_at_a_named_point(
    fresh_database: Callable[..., Any], server: Relay, point: Callable[[], None], askable: bool
) -> None:
    trial = Trial.begin(fresh_database(), server, askable=askable)
    for kind in ("digest", "introduced"):
        trial.post(1, kind)

        def killed() -> None:
            point()
            with trial.app.app_context(), scope(trial.firm_id):
                delivery._deliver_all(delivery.FirmMail)

        _pid, status = os.waitpid(fork(killed), 0)
        assert os.WTERMSIG(status) == KILLED
    time.sleep(1.2)  # the lease
    trial.deliver()
    digest, parked, copies, taken = POINTS[point]
    states = trial.states()
    copied = Counter(name for name, _ in server.taken())
    if askable:
        assert set(states) == {("digest", "sent"), ("introduced", "sent")}
        assert set(copied.values()) == {1}
        return
    assert set(states) == {("digest", digest), ("introduced", parked)}
    assert copied["<0.digest@example.org>"] == copies
    assert copied["<0.introduced@example.org>"] == taken
    assert len(set(server.taken())) == len(copied)  # a copy is the same to the byte


@pytest.mark.parametrize("askable", [True, False])
def test_many_kills_at_random_moments(
    fresh_database: Callable[..., Any], tmp_path: Path, askable: bool
) -> None:
    """A small one of `make bench-mail`."""
    server = Relay(tmp_path / "taken.log", linger=0.004)
    server.start()
    try:
        trial = Trial.begin(fresh_database(), server, askable=askable)
        trial.post(300, "digest", "introduced")
        kills = killing(trial, workers=2, kills=15, mails=300, seed=7)
        taken = server.taken()
    finally:
        server.stop()
    states, copies = trial.states(), Counter(name for name, _ in taken)
    assert kills >= 15
    assert sum(states.values()) == 300
    if askable:
        assert states == {("digest", "sent"): 150, ("introduced", "sent"): 150}
        assert (len(copies), len(taken)) == (300, 300)
        return
    assert states[("digest", "sent")] == 150
    assert states[("introduced", "sent")] + states[("introduced", "in_doubt")] == 150
    assert sum("digest" in name for name in copies) == 150
    assert len(taken) - len(copies) <= kills
    assert len(set(taken)) == len(copies)
    assert all(number == 1 for name, number in copies.items() if "introduced" in name)


@pytest.fixture
def own_cluster(tmp_path: Path) -> Iterator[Cluster]:
    """A database server to lose, which waits for its disk as a real one does."""
    made = Cluster(tmp_path / "pg", {"max_connections": "40", "log_min_messages": "fatal"})
    made.start(tied=True)
    yield made
    made.stop()


@pytest.mark.parametrize("askable", [True, False])
def test_the_database_goes_down_in_the_middle(
    own_cluster: Cluster, server: Relay, askable: bool
) -> None:
    """What was not on its disk is lost; nobody is introduced twice, and no digest is missing."""
    own_cluster.create_database("trial")
    url = own_cluster.url
    urls = DatabaseUrls("trial", url("coachhub_owner", "trial"), url("coachhub_app", "trial"))
    schema.upgrade(schema.config(urls.owner, urls.app, schema.plugin_folders()))
    trial = Trial.begin(urls, server, askable=askable)
    for kind, after in {"introduced": 70, "digest": 170}.items():  # each is under way at one end
        trial.post(150, kind)
        running = fork(trial.work)
        begun = server.count()
        while server.count() - begun < 90 * after:
            time.sleep(0.002)
        os.kill(int((own_cluster.data / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        os.waitpid(running, 0)  # it does not work without a database
        own_cluster.start(tied=True)
    time.sleep(1.2)  # the lease
    while trial.open_mails():
        trial.deliver()
    states, taken = trial.states(), server.taken()
    copies = Counter(name for name, _ in taken)
    twice = {name for name, number in copies.items() if number > 1}
    assert sum(states.values()) == 300
    assert states["digest", "sent"] == 150
    assert trial.names("sent") <= set(copies)
    assert not any("introduced" in name for name in twice)
    assert states["introduced", "in_doubt"] <= (0 if askable else 1)  # the one under way
    assert len(set(taken)) == len(copies)  # a copy is the same to the byte
    if askable:
        assert twice == set()
