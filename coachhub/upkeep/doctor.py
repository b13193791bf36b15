"""The doctor: looks at one thing after the other, and says what to do about each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from flask import Flask
from sqlalchemy.exc import SQLAlchemyError

from coachhub.app import create_app
from coachhub.config import Config, ConfigError
from coachhub.core.db import db
from coachhub.core.jobs import let_go
from coachhub.core.plugins import PluginError
from coachhub.upkeep import looks_at_data, looks_at_door, looks_at_machine, looks_at_mail
from coachhub.upkeep.findings import Finding, fail, ok, warn

_ONE = "1"


def examined(environ: Mapping[str, str]) -> Iterator[Finding]:
    """Yield every finding about the installation of these settings, the gravest causes first."""
    yield from looks_at_machine.encodings()
    yield from looks_at_machine.zones()
    try:
        config = Config.from_env(environ)
        app = create_app(config)
    except (ConfigError, PluginError, OSError, ValueError) as error:
        yield fail("settings", _line(error), "Set it in the environment of every process.")
        return
    yield from settings(config, environ)
    yield from looks_at_machine.disk(config)
    yield from looks_at_machine.keys(config)
    yield from looks_at_machine.backups(config)
    yield from looks_at_door.front_door(config)
    try:
        yield from _inside(app, config)
    finally:
        let_go(app)


def _inside(app: Flask, config: Config) -> Iterator[Finding]:
    with app.app_context():
        found = list(looks_at_data.database())
        yield from found
        if any(one.level == "fail" for one in found):
            return
        for look in (
            looks_at_data.policies,
            looks_at_data.migrations,
            looks_at_data.queue_moves,
            looks_at_data.clock,
            looks_at_data.keys_in_use,
            looks_at_mail.relay_answers,
            looks_at_mail.bounces,
            looks_at_mail.senders,
        ):
            try:
                yield from look(config)
            except SQLAlchemyError as error:
                db.session.rollback()
                what = look.__name__.replace("_", " ")
                words = f"It could not be looked at: {_line(error)}"
                yield fail(what, words, "Mend what stands above, and ask again.")


def settings(config: Config, environ: Mapping[str, str]) -> Iterator[Finding]:
    """Look at settings that are allowed, and not wise."""
    real = config.mode == "production"
    found = []
    if not real:
        do = "Set COACHHUB_MODE=production where real people are."
        found.append(warn("settings", f"The mode is {config.mode}.", do))
    many = environ.get("WEB_PROCESSES", _ONE) != _ONE
    if many and config.limits_url.startswith("memory:"):
        words = "Sign-in tries are counted in each web process for itself."
        found.append(warn("settings", words, "Set LIMITS_URL to a Redis that all of them share."))
    if many and config.metrics and not config.metrics_folder:
        words = "Each web process tells figures of its own."
        found.append(warn("settings", words, "Set PROMETHEUS_MULTIPROC_DIR to an empty folder."))
    if not config.erasures:
        words = "Erasures are written down nowhere outside the database."
        do = "Set ERASURES to a folder that is kept apart from the backups."
        found.append(fail("settings", words, do) if real else warn("settings", words, do))
    if not config.backup_database_url:
        words = "No role is named that can back everything up."
        found.append(
            warn("settings", words, "Set BACKUP_DATABASE_URL; docs/operations.md says how.")
        )
    yield from found or [ok("settings", "Every setting is there and safe.")]


def worst(findings: list[Finding]) -> int:
    """Return the exit code: 0 if all is well, 1 for a warning, 2 for a failure."""
    levels = {one.level for one in findings}
    return 2 if "fail" in levels else 1 if "warn" in levels else 0


def _line(error: Exception) -> str:
    return (str(error).strip().splitlines() or [type(error).__name__])[0]
