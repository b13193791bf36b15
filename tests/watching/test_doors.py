"""Whom machines ask: alive, ready, how much; nothing of it is for everybody, and none is a name."""

from __future__ import annotations

import http.client
import json
import re
import socket
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session

from coachhub.app import create_app
from coachhub.config import Config, ConfigError
from coachhub.core import schema
from coachhub.core.jobs import let_go, queue
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.introductions.models import Round
from coachhub.mail.models import FirmMail
from coachhub.serving.worker import answer_at
from coachhub.watching import figures, tallies
from coachhub.watching.doors import Doors
from fixtures_app import config_for

TOKEN = "a token of some length"


@pytest.fixture
def make_app(database_urls: Any) -> Iterator[Callable[..., Flask]]:
    made: list[Flask] = []

    def make(**settings: str) -> Flask:
        made.append(create_app(config_for(database_urls, **settings)))
        return made[-1]

    yield make
    for app in made:
        let_go(app)


def test_alive_and_ready_whatever_the_host_is_called(make_app: Callable[..., Flask]) -> None:
    client = make_app().test_client()
    for path, told in (("/healthz", {"alive": True}), ("/readyz", {"ready": True})):
        answer = client.get(path, headers={"Host": "10.0.0.7:8000"})
        assert (answer.status_code, answer.get_json()) == (200, told)
        assert answer.headers["Cache-Control"] == "no-store"
        assert "Set-Cookie" not in answer.headers
        assert client.post(path).status_code == 405
        assert client.head(path).data == b""
    assert client.get("/", headers={"Host": "10.0.0.7:8000"}).status_code == 400


def test_without_a_database_it_is_alive_and_not_ready(make_app: Callable[..., Flask]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        url = f"postgresql://someone:secret@127.0.0.1:{taken.getsockname()[1]}/c"
        client = make_app(database_url=url).test_client()
        assert client.get("/healthz").status_code == 200
        answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.get_json() == {
        "ready": False, "database": False, "tables": False, "queue": False,
    }  # fmt: skip
    assert "secret" not in answer.get_data(as_text=True)


def test_tables_of_older_code_are_not_ready_and_of_newer_code_are(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    newest = sorted(schema.heads())
    assert schema.standing(newest) == "current"
    assert schema.standing([*newest, "9999"]) == "ahead"
    assert schema.standing(["0001"]) == "behind"
    assert schema.standing([]) == "behind"
    monkeypatch.setattr(schema, "found_in", lambda _connection: ["0041"])
    answer = make_app().test_client().get("/readyz")
    assert answer.get_json() == {"ready": False, "database": True, "tables": False, "queue": True}


def test_a_queue_that_is_away_is_not_ready(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()

    def away() -> int:
        raise ConnectionError

    with app.app_context():
        monkeypatch.setattr(queue().huey, "pending_count", away)
    answer = app.test_client().get("/readyz")
    assert (answer.status_code, answer.get_json()["queue"]) == (503, False)


@pytest.mark.parametrize(
    ("setting", "headers", "address", "status"),
    [
        ("", {}, "127.0.0.1", 404),
        ("loopback", {}, "127.0.0.1", 200),
        ("loopback", {}, "::1", 200),
        ("loopback", {}, "203.0.113.7", 404),
        ("loopback", {"X-Forwarded-For": "203.0.113.7"}, "127.0.0.1", 404),
        (TOKEN, {}, "127.0.0.1", 404),
        (TOKEN, {"Authorization": "Bearer wrong"}, "127.0.0.1", 404),
        (TOKEN, {"Authorization": f"Bearer {TOKEN}"}, "203.0.113.7", 200),
    ],
)
def test_who_may_read_the_figures(
    make_app: Callable[..., Flask], setting: str, headers: Any, address: str, status: int
) -> None:
    client = make_app(metrics=setting).test_client()
    given = client.get("/metrics", headers=headers, environ_base={"REMOTE_ADDR": address})
    assert given.status_code == status


@pytest.mark.parametrize(
    ("setting", "value"),
    [("metrics", "short"), ("log_format", "xml"), ("metrics_listen", "here"), ("proxies", "one")],
)
def test_a_wrong_setting_is_refused(database_urls: Any, setting: str, value: str) -> None:
    config: Config = config_for(database_urls, **{setting: value})
    with pytest.raises(ConfigError, match=setting.upper()):
        config.check()


def test_figures_count_pages_jobs_mails_and_rounds_without_a_name(
    make_app: Callable[..., Flask],
    session: Session,
    firm: Firm,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Any],
    sign_in: Callable[..., None],
) -> None:
    app = make_app(metrics="loopback")
    client = app.test_client()
    firm.name, firm.slug = "Quillington Partners", f"quillington-{uuid.uuid4().hex[:6]}"
    member, cohort = make_member("Zorabel Quill"), make_cohort("Quill cohort")
    with scope(firm.id):
        session.add(
            Round(cohort_id=cohort.id, number=1, max_ring=4, max_chain=0, give_cap=2, receive_cap=2)
        )
        for number in range(3):
            session.add(
                FirmMail(
                    kind="digest", to_address="zorabel@quill.example.org", subject="x",
                    message_id=f"<{number}@b>", raw=b"x", once=str(number), state="sent",
                )
            )  # fmt: skip
        session.commit()
        firm_id, slug = firm.id, firm.slug
        tallies.COUNT.function(firm_id)
        session.commit()
    sign_in(client, member)
    assert client.get(f"/f/{slug}/").status_code == 200
    assert client.get("/no-such-page").status_code in {302, 404}
    queue().put("mail.deliver", str(firm_id), ())
    queue().drain()
    page = client.get("/metrics").get_data(as_text=True)
    for line in (
        r'coachhub_requests_total\{endpoint="firms\.\w+",method="GET",status="200"\} ',
        r'coachhub_requests_total\{endpoint="none",method="GET",status="(302|404)"\} ',
        r'coachhub_request_seconds_bucket\{endpoint="firms\.\w+",le="0\.01"\} ',
        r'coachhub_jobs_total\{job="mail\.deliver",outcome="done"\} ',
        r'coachhub_job_seconds_count\{job="mail\.deliver"\} ',
        r'coachhub_mails\{kind="digest",state="sent"\} 3\.0',
        r'coachhub_rounds\{state="draft"\} 1\.0',
        r"coachhub_queue_oldest_seconds ",
        r'coachhub_queue_jobs\{due="now"\} ',
        r"coachhub_worker_pulse_seconds ",
        r"coachhub_database_connections_in_use ",
    ):
        assert re.search(f"^{line}", page, re.MULTILINE), line
    number = tallies.firm_number(str(firm_id))
    assert number.isdigit()
    for work in ("pages", "jobs"):
        assert f'coachhub_firm_seconds_total{{firm="{number}",work="{work}"}}' in page
    told = page.casefold()
    for word in ("quill", "zorabel", slug, str(firm_id), "example.org"):
        assert word not in told


def test_the_number_of_series_is_bounded(
    make_app: Callable[..., Flask], monkeypatch: pytest.MonkeyPatch
) -> None:
    app = make_app()
    monkeypatch.setattr(figures, "MOST_FIRMS", 3)
    monkeypatch.setattr(figures, "_numbers", {})
    with app.app_context():
        labels = {figures._label(str(uuid.uuid4())) for _ in range(10)}
        assert len(labels) == 4
        assert "others" in labels
        figures.answered("x.y", "BREW", 418, 0.1, "")
    page = figures.page(lambda: iter(())).decode()
    assert 'endpoint="x.y",method="other",status="418"' in page


def test_a_request_keeps_a_good_id_and_gets_a_new_one_for_a_bad_one(
    make_app: Callable[..., Flask],
) -> None:
    client = make_app().test_client()
    given = client.get("/account/login", headers={"X-Request-ID": "from-the-proxy-1"})
    assert given.headers["X-Request-ID"] == "from-the-proxy-1"
    for bad in ("short", "x" * 65, 'a"b{}<script>xxxx', ""):
        made = client.get("/account/login", headers={"X-Request-ID": bad})
        assert re.fullmatch(r"[0-9a-f]{16}", made.headers["X-Request-ID"])


def test_a_worker_answers_the_doors_and_nothing_else(make_app: Callable[..., Flask]) -> None:
    app = make_app(metrics="loopback")
    port = answer_at(app, "127.0.0.1:0")
    found = {}
    for path in ("/healthz", "/readyz", "/metrics", "/", "/account/login"):
        connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", path)
        answer = connection.getresponse()
        found[path] = answer.status
        answer.read()
        connection.close()
    assert found == {"/healthz": 200, "/readyz": 200, "/metrics": 200, "/": 404,
                     "/account/login": 404}  # fmt: skip
    with pytest.raises(ConfigError, match="can't be listened on"):
        answer_at(app, f"127.0.0.1:{port}")


def test_the_doors_tell_json(make_app: Callable[..., Flask]) -> None:
    answer = make_app().test_client().get("/healthz")
    assert json.loads(answer.data) == {"alive": True}
    assert isinstance(make_app().wsgi_app, Doors)
