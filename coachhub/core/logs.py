"""What the processes say: lines for people, or one JSON object a line for machines.

A JSON line carries ids (request, firm, job, incident) and nothing of a person: no parameters of
statements, no message of an error (what somebody typed may stand in it), no address of a page.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import logging
import re
import secrets
import sys
import traceback
from collections.abc import Iterator, Mapping
from contextvars import ContextVar
from types import TracebackType

from coachhub.core.tenancy import open_firm_id

PLAIN = "%(asctime)s %(levelname)s %(name)s: %(message)s"
_IDS = ("request_id", "firm_id", "incident", "job", "job_id", "endpoint", "method", "status", "ms")
_GIVEN = re.compile(r"[A-Za-z0-9._-]{8,64}")
_ADDRESS = re.compile(r"[^\s<>\"'@,;:()]+@[^\s<>\"'@,;:()]+\.[^\s<>\"'@,;:()]+")
_DEEPEST = 30  # frames of a trace

_about: ContextVar[Mapping[str, str]] = ContextVar("coachhub_about", default={})  # noqa: B039 - it is never changed in place


@contextlib.contextmanager
def about(**ids: str) -> Iterator[None]:
    """Let every line that is written inside the block carry these ids; empty ones are left out."""
    token = _about.set({**_about.get(), **{name: value for name, value in ids.items() if value}})
    try:
        yield
    finally:
        _about.reset(token)


def request_id(given: str | None) -> str:
    """Return the id that a proxy gave a request, or a new one if it gave none or nonsense."""
    return given if given and _GIVEN.fullmatch(given) else secrets.token_hex(8)


def ids() -> Mapping[str, str]:
    """Return the ids that lines carry at this moment."""
    return _about.get()


def without_addresses(text: str) -> str:
    """Return a text with every mail address in it taken out."""
    return _ADDRESS.sub("(address)", text)


class Lines(logging.Formatter):
    """One JSON object a line."""

    def format(self, record: logging.LogRecord) -> str:
        """Write a record as JSON, with the ids that are open."""
        at = dt.datetime.fromtimestamp(record.created, dt.UTC)
        told: dict[str, object] = {
            "time": at.isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": without_addresses(_message(record)),
        }
        firm_id = open_firm_id()
        known = {"firm_id": str(firm_id)} if firm_id else {}
        extra = {name: getattr(record, name) for name in _IDS if hasattr(record, name)}
        told |= {name: value for name, value in {**_about.get(), **known, **extra}.items() if value}
        if record.exc_info and record.exc_info[0] is not None:
            told["error"] = record.exc_info[0].__qualname__
            told["trace"] = _frames(record.exc_info[2])
        return json.dumps(told, ensure_ascii=False, default=str)


def _message(record: logging.LogRecord) -> str:
    """Return the message, with errors among its arguments told by their names alone."""
    if isinstance(record.args, tuple) and any(isinstance(one, Exception) for one in record.args):
        named = (type(one).__name__ if isinstance(one, Exception) else one for one in record.args)
        return str(record.msg) % tuple(named)
    return record.getMessage()


def _frames(trace: TracebackType | None) -> list[str]:
    return [
        f"{frame.filename.rpartition('site-packages/')[2]}:{frame.lineno} {frame.name}"
        for frame in traceback.extract_tb(trace)[-_DEEPEST:]
    ]


def init(form: str) -> None:
    """Write to standard error from now on, as ``text`` or ``json``."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(Lines() if form == "json" else logging.Formatter(PLAIN))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    if form == "json":
        logging.getLogger("coachhub").setLevel(logging.INFO)
        logging.captureWarnings(capture=True)
