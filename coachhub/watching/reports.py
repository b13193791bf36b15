"""Errors told to Sentry, if a SENTRY_DSN is set: what broke and where, never whose it was."""

from __future__ import annotations

import importlib
from typing import Any

from coachhub.config import ConfigError
from coachhub.core import logs

# What of an event goes out; all else stays here.
_KEPT = {"event_id", "timestamp", "level", "platform", "logger", "release", "environment", "sdk"}
_KEPT_FRAME = {"filename", "function", "lineno", "module", "in_app", "abs_path"}


def init(dsn: str, mode: str, **more: Any) -> None:
    """Begin to tell Sentry.

    Raises:
        ConfigError: its package is not installed.
    """
    try:
        # Not one of our dependencies: who sets a DSN installs it.
        sdk = importlib.import_module("sentry_sdk")
    except ImportError as error:
        raise ConfigError(
            "SENTRY_DSN is set, but Sentry's package is not there: pip install 'coachhub[sentry]'."
        ) from error
    # It sends nothing personal unless asked to (send_default_pii); what is left is taken out below.
    sdk.init(
        dsn=dsn,
        environment=mode,
        include_local_variables=False,
        max_breadcrumbs=0,
        traces_sample_rate=0.0,
        before_send=scrubbed,
        **more,
    )


def scrubbed(event: dict[str, Any], _hint: dict[str, Any]) -> dict[str, Any]:
    """Return an event with types, places and ids alone: no message, address, header or value."""
    kept = {name: value for name, value in event.items() if name in _KEPT}
    values = event.get("exception", {}).get("values", [])
    kept["exception"] = {"values": [_error(one) for one in values]}
    method = event.get("request", {}).get("method")
    if method:
        kept["request"] = {"method": method}
    kept["tags"] = dict(logs.ids())
    incident = event.get("extra", {}).get("incident")
    if incident:
        kept["tags"]["incident"] = incident
    message = event.get("logentry", {}).get("message", "")
    if message:  # the words of our code, without what was put into them
        kept["logentry"] = {"message": message}
    return kept


def _error(value: dict[str, Any]) -> dict[str, Any]:
    frames = value.get("stacktrace", {}).get("frames", [])
    return {
        "type": value.get("type", ""),
        "module": value.get("module", ""),
        "stacktrace": {
            "frames": [
                {name: told for name, told in frame.items() if name in _KEPT_FRAME}
                for frame in frames
            ]
        },
    }
