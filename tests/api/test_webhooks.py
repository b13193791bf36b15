"""Webhooks against a real server here: signed, told once, tried again, stopped, sent again."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterator
from email import message_from_bytes
from email.policy import default
from typing import Any

import pytest
import time_machine
from flask.testing import FlaskClient
from sqlalchemy import select
from sqlalchemy.orm import Session
from standardwebhooks import Webhook as Verifier
from standardwebhooks import WebhookVerificationError

from coachhub.api.webhooks import operations
from coachhub.api.webhooks.addresses import AddressError, place_of
from coachhub.api.webhooks.events import EVENTS
from coachhub.api.webhooks.jobs import deliver, deliver_due
from coachhub.api.webhooks.models import Delivery, Webhook
from coachhub.api.webhooks.operations import WAITS, WebhookDraft
from coachhub.core import audit, outgoing, outward
from coachhub.core.db import now
from coachhub.core.errors import DomainError
from coachhub.core.jobs import queue
from coachhub.core.outward import OutwardError, Place
from coachhub.core.tenancy import scope
from coachhub.firms import operations as firms
from coachhub.firms.models import Firm, Membership
from coachhub.mail.models import FirmMail
from fixtures_api import OFFER, Group, admin_actor
from plugins.chat_notify.service import Reply, Service

MADE_UP = "https://hooks.example.org/desk"


@pytest.fixture
def service() -> Iterator[Service]:
    made = Service()
    yield made
    made.close()


class Told:
    """One webhook of the group's firm, and what it was told."""

    def __init__(self, session: Session, group: Group, address: str) -> None:
        self.session, self.firm_id = session, group.firm_id
        with scope(self.firm_id):
            draft = WebhookDraft("Desk", address, tuple(EVENTS))
            self.id = operations.add(admin_actor(), draft).id
            session.commit()

    def now(self) -> dict[str, Any]:
        with scope(self.firm_id):
            row = self.session.get_one(Webhook, (self.firm_id, self.id), populate_existing=True)
            return {name: getattr(row, name) for name in ("state", "problem", "secret", "id")}

    def deliveries(self) -> list[dict[str, Any]]:
        with scope(self.firm_id):
            rows = self.session.scalars(
                select(Delivery).order_by(Delivery.id).execution_options(populate_existing=True)
            )
            names = ("id", "event", "state", "tries", "answered", "due_at", "data", "message")
            return [{name: getattr(row, name) for name in names} for row in rows]

    def run(self) -> None:
        for one in self.deliveries():
            deliver.run(self.firm_id, str(one["id"]))


def test_what_happens_is_told_signed_and_without_names(
    session: Session, group: Group, service: Service
) -> None:
    told = Told(session, group, service.address("/in"))
    made = group.member.post(f"{group.path}/offers", OFFER).json
    group.member.post(f"{group.path}/offers/{made['id']}/close")
    with scope(group.firm_id):
        otto = session.get_one(Membership, (group.firm_id, group.other_id))
        firms.suspend(admin_actor(), otto, "x")
        session.commit()
    queue().drain()
    assert [body["type"] for _path, body in service.sent] == [
        "post.created",
        "post.closed",
        "member.left",
    ]
    keys = Verifier(told.now()["secret"])
    for headers, body in service.raw:
        assert keys.verify(body, headers)["type"] in EVENTS
        for word in (b"Otto", b"Mona", b"Excel", b"Spring", b"Ada"):
            assert word not in body
    data = service.sent[0][1]["data"]
    assert data["url"] == f"http://hub.example.org/api/v1{group.path}/offers/{made['id']}"
    assert group.member.get(data["url"].partition(".org")[2]).json["id"] == made["id"]
    assert {one["state"] for one in told.deliveries()} == {"delivered"}
    with pytest.raises(WebhookVerificationError):
        keys.verify(service.raw[0][1] + b" ", service.raw[0][0])


def test_what_was_rolled_back_is_not_told(session: Session, group: Group, service: Service) -> None:
    told = Told(session, group, service.address("/in"))
    with scope(group.firm_id):
        operations.announce("round.released", {"round_id": "x"})
        session.rollback()
    queue().drain()
    assert told.deliveries() == []
    assert service.sent == []


def test_both_secrets_sign_for_a_day(session: Session, group: Group, service: Service) -> None:
    told = Told(session, group, service.address("/in"))
    old = told.now()["secret"]
    with scope(group.firm_id):
        webhook = session.get_one(Webhook, (group.firm_id, told.id))
        operations.rotate(admin_actor(), webhook)
        operations.test(admin_actor(), webhook)
        session.commit()
    queue().drain()
    headers, body = service.raw[-1]
    for key in (old, told.now()["secret"]):
        Verifier(key).verify(body, headers)
    with time_machine.travel(now() + dt.timedelta(hours=25)):
        with scope(group.firm_id):
            webhook = session.get_one(Webhook, (group.firm_id, told.id))
            operations.test(admin_actor(), webhook)
            session.commit()
        told.run()
        headers, body = service.raw[-1]
        Verifier(told.now()["secret"]).verify(body, headers)
        with pytest.raises(WebhookVerificationError):
            Verifier(old).verify(body, headers)


def test_it_is_tried_again_over_days_under_one_id_and_then_given_up(
    session: Session, group: Group, service: Service
) -> None:
    service.replies = [Reply(500)]
    told = Told(session, group, service.address("/in"))
    with scope(group.firm_id):
        operations.announce("round.released", {"round_id": "x"})
        session.commit()
    began = now()
    queue().huey.flush()
    with time_machine.travel(began, tick=False) as clock:
        for _number in range(len(WAITS) + 1):
            told.run()
            told.run()
            [one] = told.deliveries()
            clock.move_to(max(one["due_at"], now()))
        [one] = told.deliveries()
        assert (one["state"], one["answered"], one["tries"]) == ("failed", 500, len(WAITS) + 1)
        assert now() - began > dt.timedelta(hours=72)
    assert len(service.raw) == len(WAITS) + 1
    assert {headers["webhook-id"] for headers, _body in service.raw} == {one["message"]}
    assert len({headers["webhook-timestamp"] for headers, _body in service.raw}) == len(WAITS) + 1


def test_after_five_days_it_stops_and_admins_read_it_until_a_test_is_taken(
    session: Session, group: Group, service: Service, client: FlaskClient,
    sign_in: Callable[[FlaskClient, Membership], None], make_member: Callable[..., Membership],
) -> None:  # fmt: skip
    service.replies = [Reply(503)]
    told = Told(session, group, service.address("/in"))
    with scope(group.firm_id):
        operations.announce("round.released", {"round_id": "x"})
        session.commit()
    told.run()
    assert mails(session, group) == []
    with time_machine.travel(now() + dt.timedelta(days=5, hours=1)):
        deliver_due.run(group.firm_id)
        queue().drain()
        assert told.now()["state"] == "stopped"
        assert len(mails(session, group)) == 1
        assert told.deliveries()[0]["state"] == "dropped"
        with scope(group.firm_id):
            operations.announce("round.released", {"round_id": "y"})
            session.commit()
        assert len(told.deliveries()) == 1
    slug = session.get_one(Firm, group.firm_id).slug
    sign_in(client, make_member("Abel", role="admin"))
    what_to_do = "Look at its address and at the program behind it, then send a test"
    for page in (f"/f/{slug}/", f"/f/{slug}/console/webhooks/{told.id}"):
        assert what_to_do in client.get(page).text
    [mail] = mails(session, group)
    assert what_to_do in mail
    assert "503" in mail
    assert f"/f/{slug}/console/webhooks/{told.id}" in mail
    service.replies = [Reply(200)]
    client.post(f"/f/{slug}/console/webhooks/{told.id}/test")
    queue().drain()
    assert told.now()["state"] == "on"


def mails(session: Session, group: Group) -> list[str]:
    """What the firm's admins were written about webhooks; members and coaches get nothing."""
    with scope(group.firm_id):
        query = select(FirmMail).where(FirmMail.kind == "webhook-stopped")
        found = session.scalars(query.order_by(FirmMail.id)).all()
        assert {one.membership_id for one in found} <= {group.admin_id}
        parts = [message_from_bytes(one.raw, policy=default).get_body(("plain",)) for one in found]
        return [" ".join(part.get_content().split()) for part in parts if part]


def test_each_stop_is_told_once(session: Session, group: Group, service: Service) -> None:
    told = Told(session, group, service.address("/in"))
    for stops, status in enumerate((410, 200, 410)):
        service.replies = [Reply(status)]
        with scope(group.firm_id):
            webhook = session.get_one(Webhook, (group.firm_id, told.id))
            operations.test(admin_actor(), webhook)
            operations.test(admin_actor(), webhook)
            session.commit()
        queue().drain()
        assert len(mails(session, group)) == (stops + 2) // 2


def test_gone_means_gone(session: Session, group: Group, service: Service) -> None:
    service.replies = [Reply(410)]
    told = Told(session, group, service.address("/in"))
    with scope(group.firm_id):
        operations.announce("round.released", {"round_id": "x"})
        session.commit()
    queue().drain()
    assert told.now()["state"] == "stopped"
    assert told.deliveries()[0]["state"] == "failed"


def test_no_redirect_is_followed(session: Session, group: Group, service: Service) -> None:
    service.replies = [Reply(307, {"Location": service.address("/elsewhere")})]
    told = Told(session, group, service.address("/in"))
    with scope(group.firm_id):
        operations.announce("round.released", {"round_id": "x"})
        session.commit()
    told.run()
    assert [path for path, _body in service.sent] == ["/in"]
    assert told.deliveries()[0]["answered"] == 307


def test_the_replay_page_shows_and_sends_again(
    session: Session, group: Group, service: Service, client: FlaskClient,
    sign_in: Callable[[FlaskClient, Membership], None], make_member: Callable[..., Membership],
) -> None:  # fmt: skip
    slug = session.get_one(Firm, group.firm_id).slug
    sign_in(client, make_member("Abel", role="admin"))
    there = f"/f/{slug}/console/webhooks"
    form = {"name": "Desk", "address": "http://10.0.0.1/x", "events": ["post.created"]}
    refused = client.post(f"{there}/new", data=form)
    assert refused.status_code == 422
    assert "must begin with https" in refused.text
    made = client.post(f"{there}/new", data=form | {"address": service.address("/in")})
    page = made.headers["Location"]
    assert client.post(f"{page}/test").status_code == 303
    queue().drain()
    assert "Taken (200)" in client.get(page).text
    [again] = re.findall(r'action="([^"]*/again[^"]*)"', client.get(page).text)
    assert client.post(again).status_code == 303
    queue().drain()
    assert len({headers["webhook-id"] for headers, _body in service.raw}) == 1
    assert len(service.raw) == 2
    secret = re.search(r"whsec_[^\"]+", client.post(f"{page}/secret").text)
    assert secret is not None
    Verifier(secret[0]).verify(service.raw[0][1], service.raw[0][0])
    assert secret[0] not in client.get(page).text
    assert client.post(f"{page}/off").status_code == 303
    assert client.post(f"{page}/remove").headers["Location"].endswith("/webhooks/")
    with scope(group.firm_id):
        actions = {one.action for one in audit.entries(action="webhook.")}
    assert {"webhook.added", "webhook.sent_again", "webhook.removed"} <= actions


def test_a_program_looks_after_them(group: Group, service: Service) -> None:
    body = {"name": "Desk", "url": service.address("/in"), "events": ["post.created"]}
    made = group.firm.post("/webhooks", body)
    assert made.status_code == 201
    there = f"/webhooks/{made.json['id']}"
    assert "secret" not in group.firm.get(there).json
    assert group.firm.post(f"{there}/test").status_code == 204
    queue().drain()
    Verifier(made.json["secret"]).verify(service.raw[0][1], service.raw[0][0])
    [one] = group.firm.get(f"{there}/deliveries").json["items"]
    assert (one["state"], one["answered"]) == ("delivered", 200)
    assert group.firm.post(f"{there}/deliveries/{one['id']}/again").json["state"] == "waiting"
    assert group.firm.post(f"{there}/secret").json["secret"] != made.json["secret"]
    assert group.firm.put(there, {**body, "name": "Other"}).json["name"] == "Other"
    bad = group.firm.put(there, {**body, "url": "http://169.254.169.254/latest"})
    assert bad.status_code == 422
    assert group.firm.ask("DELETE", there).status_code == 204
    assert group.firm.get(there).status_code == 404
    assert group.admin.get("/webhooks").status_code == 403


@pytest.mark.parametrize(
    "address",
    ["http://example.org/x", "https://user:pw@example.org/", "https://example.org:22/",
     "https://intranet/x", "ftp://example.org/", "https://", "file:///etc/passwd",
     "https://example.org/ä", "https://example.org/x y", "gopher://127.0.0.1/", ""],
)  # fmt: skip
def test_other_addresses_are_refused_when_they_are_typed(
    group: Group, session: Session, address: str
) -> None:
    with scope(group.firm_id), pytest.raises((AddressError, DomainError)):
        operations.add(admin_actor(), WebhookDraft("x", address, ("post.created",)))
    del session


@pytest.mark.parametrize(
    "found",
    ["127.0.0.1", "10.1.2.3", "172.16.0.1", "192.168.1.1", "169.254.169.254", "100.64.0.1",
     "0.0.0.0", "::1",  # noqa: S104 - nothing is bound, it must not be called
     "fd00::1", "fe80::1%eth0", "::ffff:127.0.0.1", "224.0.0.1",
     "2002:7f00:1::", "64:ff9b::7f00:1", "2001:0:1::80ff:fffe"],
)  # fmt: skip
def test_a_name_that_leads_inside_is_not_called(
    monkeypatch: pytest.MonkeyPatch, found: str
) -> None:
    opened: list[object] = []
    monkeypatch.setattr(
        outward.socket, "getaddrinfo", lambda *_a, **_k: [(2, 1, 6, "", (found, 443))]
    )
    monkeypatch.setattr(outward.socket, "create_connection", lambda *a, **_k: opened.append(a))
    with pytest.raises(OutwardError):
        outward.post(Place("rebound.example.org", 443, "/"), b"{}", {})
    assert opened == []


def test_the_address_that_was_looked_at_is_the_one_called(monkeypatch: pytest.MonkeyPatch) -> None:
    """A name that says one thing first and another later gets one look only."""
    looks = iter([[(2, 1, 6, "", ("93.184.216.34", 443))]])
    opened: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], _patience: float) -> object:
        opened.append(address)
        raise OSError

    monkeypatch.setattr(outward.socket, "getaddrinfo", lambda *_a, **_k: next(looks))
    monkeypatch.setattr(outward.socket, "create_connection", connect)
    with pytest.raises(OutwardError):
        outward.post(Place("rebound.example.org", 443, "/"), b"{}", {})
    assert opened == [("93.184.216.34", 443)]


def test_in_production_only_https_counts(
    app: Any, session: Session, monkeypatch: pytest.MonkeyPatch
) -> None:
    del session
    assert place_of("http://127.0.0.1:8080/x").ours
    monkeypatch.setitem(app.config, outgoing.PRIVATE, value=False)  # as production sets it
    with pytest.raises(AddressError):
        place_of("http://127.0.0.1:8080/x")
