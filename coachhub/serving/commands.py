"""``coachhub run`` and ``coachhub worker``."""

from __future__ import annotations

import contextlib
import http.client
import itertools
import os
import socket
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import click

from coachhub.config import Config, ConfigError
from coachhub.core import schema
from coachhub.core.embedded import ClusterError
from coachhub.serving import letterbox, mailbox, trial
from coachhub.serving.supervisor import Child, Supervisor
from coachhub.serving.worker import work

_SECONDS_TO_ANSWER = 60
_TICKS_TO_WAIT = 20


@click.command()
def worker() -> None:
    """Do the background work until stopped. Any number of these may run, on any machine."""
    work()


@click.command()
def run() -> None:
    """Run CoachHub here: pages, background work and, for a trial, database and mail too.

    Reads the settings that `coachhub settings` lists, and where to listen: PORT (8000 or the next
    free one) and WEB_HOST (127.0.0.1). What is not set is filled in and kept in the folder that
    COACHHUB_HOME names, unless COACHHUB_MODE is production.
    """
    home = trial.Home.of(os.environ)
    slot: socket.socket | None = None
    with home.alone(), contextlib.ExitStack() as stack:
        door = stack.enter_context(trial.listen(os.environ))
        port: int = door.getsockname()[1]
        environment = dict(os.environ)
        if trial.is_trial(environment):
            if not environment.get("MAIL_HOST"):
                server = mailbox.serve(home.mailbox)
                stack.callback(server.stop)
                environment |= mailbox.settings(server)
            if not environment.get("INBOUND_LISTEN"):
                slot = stack.enter_context(letterbox.door(mailbox.PORTS))
                environment["INBOUND_LISTEN"] = f"smtp://{mailbox.HOST}:{slot.getsockname()[1]}"
            try:
                environment = trial.completed(home, environment, port)
            except ClusterError as error:
                raise click.ClickException(str(error)) from error
        config = Config.from_env(environment)
        _migrate(config)
        _erase_again(config, environment)
        home.announce(config.base_url)
        supervisor = Supervisor(_children(home, environment, door.fileno(), slot), click.echo)
        with supervisor.watching() as watch:
            try:
                supervisor.start()
                if _answers(port, watch):
                    click.echo(f"\nCoachHub is at {config.base_url}/  (stop with Ctrl-C)\n")
                    if config.mode == "trial":
                        _tell_sign_ins(home, environment, watch)
                while watch(1):
                    pass
                click.echo("Stopping.")
            finally:
                supervisor.stop()


def _migrate(config: Config) -> None:
    if not config.migration_database_url:
        if config.mode == "production":
            return
        raise ConfigError(
            "MIGRATION_DATABASE_URL is not set: with DATABASE_URL it names the role that owns"
            " the tables."
        )
    schema.upgrade(
        schema.config(config.migration_database_url, config.database_url, schema.plugin_folders())
    )


def _erase_again(config: Config, environment: Mapping[str, str]) -> None:
    """Before anybody sees a page: whoever was erased stays so, whatever backup was brought back."""
    if config.erasures and any(Path(config.erasures).glob("*.jsonl")):
        command = [sys.executable, "-m", "coachhub", "privacy", "replay"]
        subprocess.run(  # noqa: S603 - our own command
            command, env=dict(environment), check=True, stdout=subprocess.DEVNULL
        )


def _children(
    home: trial.Home, environment: Mapping[str, str], door: int, slot: socket.socket | None
) -> list[Child]:
    module = [sys.executable, "-m"]
    web = [*module, "coachhub.serving.web", f"fd://{door}"]
    work = [*module, "coachhub", "worker"]
    replies = [*module, "coachhub", "inbound"]
    slots = (slot.fileno(),) if slot else ()
    replies += [f"--handle={number}" for number in slots]
    return [
        Child("web server", web, environment, home.logs / "web.log", handles=(door,)),
        Child("worker", work, environment, home.logs / "worker.log"),
        Child("mail entrance", replies, environment, home.logs / "inbound.log", slots),
    ]


def _answers(port: int, watch: Callable[[float], bool]) -> bool:
    """Wait until the pages answer; returns False if it is time to stop before that."""
    for _ in range(_SECONDS_TO_ANSWER * 4):
        if not watch(0.25):
            return False
        connection = http.client.HTTPConnection(trial.HOST, port, timeout=1)
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request("GET", "/")
            connection.getresponse().read()
            return True
    click.echo("The pages do not answer yet; the log says why.")
    return True


def _tell_sign_ins(
    home: trial.Home, environment: Mapping[str, str], watch: Callable[[float], bool]
) -> None:
    """Fill an empty trial with made-up firms and tell who can sign in; ends early if asked to."""
    log, done = home.logs / "demo.log", home.folder / "demo.done"
    with log.open("wb") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "coachhub", "demo"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=said,
            start_new_session=True,
        )
    with process:
        for tick in itertools.count():
            if process.poll() is not None:
                break
            if tick == _TICKS_TO_WAIT and not done.exists():
                click.echo("Making up firms and people to try it with; this takes a minute.\n")
            if not watch(0.25):
                process.terminate()
                return
        told = process.stdout.read().decode() if process.stdout else ""
    if process.returncode == 0:
        done.touch()
    click.echo(told or f"The made-up firms could not be made: {log}")
