"""``coachhub run`` and ``coachhub worker``."""

from __future__ import annotations

import contextlib
import http.client
import importlib.util
import os
import subprocess
import sys
from collections.abc import Callable, Mapping

import click

from coachhub.config import Config, ConfigError
from coachhub.core import schema
from coachhub.core.embedded import ClusterError
from coachhub.serving import mailbox, trial
from coachhub.serving.supervisor import Child, Supervisor
from coachhub.serving.worker import work

_SECONDS_TO_ANSWER = 60


@click.command()
def worker() -> None:
    """Do the background work until stopped. Any number of these may run, on any machine."""
    work()


@click.command()
def run() -> None:
    """Run CoachHub here: pages, background work and, for a trial, database and mail too.

    Reads the settings that `coachhub settings` lists, and PORT. What is not set is filled in and
    kept in the folder that COACHHUB_HOME names, unless COACHHUB_MODE is production.
    """
    home = trial.Home.of(os.environ)
    with home.alone(), contextlib.ExitStack() as stack:
        port = trial.chosen_port(os.environ)
        environment = dict(os.environ)
        if trial.is_trial(environment):
            try:
                environment = trial.completed(home, environment, port)
            except ClusterError as error:
                raise click.ClickException(str(error)) from error
        config = Config.from_env(environment)
        _migrate(config)
        if config.mailbox:
            server = mailbox.serve(home.mailbox, int(config.mail_port))
            stack.callback(server.stop)
        home.announce(config.base_url)
        supervisor = Supervisor(_children(home, environment, port), click.echo)
        with supervisor.watching() as watch:
            try:
                supervisor.start()
                if _answers(port, watch):
                    _welcome(config, environment)
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


def _children(home: trial.Home, environment: Mapping[str, str], port: int) -> list[Child]:
    module = [sys.executable, "-m"]
    bind = f"{environment.get('HOST', trial.HOST)}:{port}"
    return [
        Child(
            "web server",
            [*module, "coachhub.serving.web", bind],
            environment,
            home.logs / "web.log",
        ),
        Child("worker", [*module, "coachhub", "worker"], environment, home.logs / "worker.log"),
    ]


def _answers(port: int, watch: Callable[[float], bool]) -> bool:
    """Wait until the pages answer; returns False if it is time to stop before that."""
    for _ in range(_SECONDS_TO_ANSWER * 4):
        if not watch(0.25):
            return False
        connection = http.client.HTTPConnection(trial.HOST, port, timeout=10)
        with (
            contextlib.closing(connection),
            contextlib.suppress(OSError, http.client.HTTPException),
        ):
            connection.request("GET", "/")
            connection.getresponse().read()
            return True
    click.echo("The pages do not answer yet; the log says why.")
    return True


def _welcome(config: Config, environment: Mapping[str, str]) -> None:
    click.echo(f"\nCoachHub is at {config.base_url}/  (stop with Ctrl-C)\n")
    if config.mode == "trial" and importlib.util.find_spec("coachhub.commands.demo"):
        told = subprocess.run(
            [sys.executable, "-m", "coachhub", "demo"],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            text=True,
            check=False,
        )
        click.echo(told.stdout)
