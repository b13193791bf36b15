"""What Sentry is told: types and places, never whose it was."""

from __future__ import annotations

import json
import sys
from typing import Any

import pytest
import sentry_sdk
from sentry_sdk.transport import Transport

from coachhub.config import ConfigError
from coachhub.core.logs import about
from coachhub.watching import reports

DSN = "http://key@127.0.0.1:9/1"


class Kept(Transport):
    """Keeps what would be sent."""

    def __init__(self) -> None:
        super().__init__()
        self.told: list[Any] = []

    def capture_envelope(self, envelope: Any) -> None:
        self.told += [json.loads(item.get_bytes()) for item in envelope.items]


def test_an_error_is_told_without_a_person() -> None:
    kept = Kept()
    with sentry_sdk.isolation_scope():
        reports.init(DSN, "test", transport=kept, default_integrations=False)
        try:
            sentry_sdk.set_user({"email": "zorabel@quill.example.com", "ip_address": "203.0.113.7"})
            sentry_sdk.set_extra("typed", "Zorabel Quillington")
            sentry_sdk.add_breadcrumb(message="Zorabel wrote to quill")
            with about(request_id="0123456789abcdef", job="mail.deliver"):
                try:
                    int("zorabel@quill.example.com")
                except ValueError:
                    sentry_sdk.capture_exception()
                sentry_sdk.capture_message("Zorabel wrote")
        finally:
            sentry_sdk.get_client().close()
            sentry_sdk.Scope.get_global_scope().set_client(None)
    [event, message] = kept.told
    told = json.dumps(kept.told).casefold()
    assert [word for word in ("zorabel", "quill", "203.0.113") if word in told] == []
    [error] = event["exception"]["values"]
    assert error["type"] == "ValueError"
    assert error["stacktrace"]["frames"][-1]["function"] == "test_an_error_is_told_without_a_person"
    assert event["tags"]["request_id"] == "0123456789abcdef"
    assert "message" not in message


def test_nothing_of_a_request_but_its_method_goes_out() -> None:
    event = {
        "event_id": "1", "level": "error", "user": {"id": 1}, "extra": {"incident": "ab12", "x": 1},
        "request": {"url": "https://x/f/y?q=Ann", "method": "POST", "data": {"name": "Ann"},
                    "headers": {"Cookie": "a"}},
        "breadcrumbs": {"values": [{"message": "Ann"}]}, "server_name": "host",
        "logentry": {"message": "Job %s failed.", "params": ["Ann"], "formatted": "Ann"},
    }  # fmt: skip
    told = reports.scrubbed(event, {})
    assert told["request"] == {"method": "POST"}
    assert told["tags"] == {"incident": "ab12"}
    assert told["logentry"] == {"message": "Job %s failed."}
    assert not {"user", "extra", "breadcrumbs", "server_name"} & told.keys()
    assert "Ann" not in json.dumps(told)


def test_a_dsn_without_the_package_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sentry_sdk", None)
    with pytest.raises(ConfigError, match=r"pip install 'coachhub\[sentry\]'"):
        reports.init(DSN, "test")
