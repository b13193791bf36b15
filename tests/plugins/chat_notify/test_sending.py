"""Posting to a real server here: taken, told to wait, broken, gone, and hanging."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from sqlalchemy import select

from coachhub.core import outward
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.introductions.models import Introduction, Round
from coachhub.introductions.rounds.hooks import ROUND_RELEASED
from coachhub.mail.models import FirmMail
from coachhub_chat_notify import operations, sending
from coachhub_chat_notify.jobs import deliver, look
from plugins.chat_notify.conftest import Group
from plugins.chat_notify.service import Reply, Service

START = dt.datetime(2026, 10, 14, 10, 0, tzinfo=dt.UTC)


@pytest.fixture
def clock() -> Any:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def released(
    clock: time_machine.Traveller,
    group: Group,
    service: Service,
    make_introduction: Callable[..., Introduction],
) -> Group:
    """Release a round of one introduction, and wait until it can't be taken back."""
    group.channel(service.address())
    with scope(group.firm.id):
        round_ = Round(
            cohort_id=group.cohort.id, number=4, state="released", released_at=now(),
            max_ring=4, max_chain=0, give_cap=2, receive_cap=2,
        )  # fmt: skip
        group.session.add(round_)
        group.session.flush()
        given = {"round_id": round_.id, "ring": 1, "reason": "Ada knows Harbour Foods"}
        make_introduction(group.ada, group.coach, group.cohort, **given)
        ROUND_RELEASED.call(round_)
        group.session.commit()
    clock.shift(dt.timedelta(minutes=13))
    return group


def run(group: Group) -> None:
    for post in group.posts():
        deliver.run(group.firm.id, str(post.id))


def mails(group: Group) -> list[FirmMail]:
    with scope(group.firm.id):
        return list(group.session.scalars(select(FirmMail)))


def test_a_released_round_is_told_once_with_nothing_private(
    released: Group, service: Service
) -> None:
    run(released)
    run(released)
    [(path, sent)] = service.sent
    assert path == "/services/T0/B0/secret1234"
    assert sent["text"] == "Round 4 is out"
    assert "1 introduction, and everybody" in str(sent)
    for private in ("Ada", "Cora", "Harbour"):
        assert private not in str(sent)
    [post] = released.posts()
    assert (post.state, post.tries) == ("posted", 1)
    assert released.channels()[0].posted_at == now()


def test_it_waits_until_it_cannot_be_taken_back(
    released: Group, service: Service, clock: time_machine.Traveller
) -> None:
    clock.shift(dt.timedelta(minutes=-5))
    run(released)
    assert service.sent == []
    with scope(released.firm.id):
        released.session.scalars(select(Round)).one().state = "draft"
        released.session.commit()
    clock.shift(dt.timedelta(minutes=5))
    run(released)
    assert service.sent == []
    assert released.posts()[0].state == "dropped"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("90", 90),
        ("1.5", 60),
        ("0", 60),
        ("Wed, 14 Oct 2026 10:23:00 GMT", 600),
        ("99999999", 21600),
        ("soon", 60),
        ("nan", 60),
        ("-5", 60),
    ],
)
def test_told_to_wait_it_waits_as_long_and_no_longer(
    released: Group, service: Service, header: str, seconds: int
) -> None:
    service.replies = [Reply(429, {"Retry-After": header})]
    run(released)
    [post] = released.posts()
    assert post.state == "waiting"
    assert post.due_at == now() + dt.timedelta(seconds=seconds)
    run(released)
    assert len(service.sent) == 1


def test_a_service_in_trouble_is_asked_again_further_and_further_apart(
    released: Group, service: Service, clock: time_machine.Traveller
) -> None:
    service.replies = [Reply(500), Reply(502), Reply(503), Reply(200)]
    waits = []
    while released.posts()[0].state == "waiting":
        look.run(released.firm.id)
        run(released)
        waits.append(released.posts()[0].due_at - now())
        clock.move_to(released.posts()[0].due_at)
    assert [one.total_seconds() / 60 for one in waits[:3]] == [1, 5, 15]
    assert len(service.sent) == 4
    [channel] = released.channels()
    assert (channel.state, channel.failures, channel.problem) == ("on", 0, "")


def test_given_up_after_six_tries_and_stopped_after_three_posts(
    released: Group, service: Service, clock: time_machine.Traveller
) -> None:
    service.replies = [Reply(500)]
    for number in (1, 2, 3):
        if number > 1:
            with scope(released.firm.id):
                about = released.posts()[0].about_id
                operations.announce(released.cohort.id, "round", f"again/{number}", about=about)
                released.session.commit()
        while (post := released.posts()[-1]).state == "waiting":
            deliver.run(released.firm.id, str(post.id))
            clock.move_to(max(now(), released.posts()[-1].due_at))
        assert (post.state, post.tries) == ("failed", 6)
        assert released.channels()[0].state == ("on" if number < 3 else "stopped")
    [mail] = mails(released)
    assert (mail.kind, mail.membership_id) == ("chat_notify-stopped", released.coach.id)
    assert b"trouble of its own" in mail.raw
    with scope(released.firm.id):
        assert operations.announce(released.cohort.id, "round", "later") == 0


@pytest.mark.parametrize(
    ("status", "word"), [(404, "deleted"), (410, "archived"), (403, "allow"), (302, "elsewhere")]
)
def test_an_address_that_is_gone_stops_at_once_and_says_how_to_mend_it(
    released: Group, service: Service, status: int, word: str
) -> None:
    service.replies = [Reply(status, {"Location": "http://127.0.0.1:1/"})]
    run(released)
    [channel] = released.channels()
    assert channel.state == "stopped"
    assert word in channel.problem
    assert len(service.sent) == 1
    coach = released.as_(released.coach)
    dashboard = coach.get(f"/f/{released.firm.slug}/c/{released.cohort.slug}/").text
    assert "Chat channels that hear nothing" in dashboard
    assert "hears nothing any more" in coach.get(f"/f/{released.firm.slug}/").text
    assert "It has stopped" in coach.get(released.page()).text


def test_a_message_that_is_not_taken_is_not_sent_again(released: Group, service: Service) -> None:
    service.replies = [Reply(400, body="invalid_payload")]
    run(released)
    run(released)
    [post] = released.posts()
    assert (post.state, len(service.sent)) == ("failed", 1)
    assert released.channels()[0].state == "on"


@pytest.mark.parametrize("reply", [Reply(hangs=True), Reply(drips=True)])
def test_a_service_that_hangs_holds_nobody_up(
    released: Group, service: Service, reply: Reply, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outward, "PATIENCE", 0.3)
    service.replies = [reply]
    run(released)
    [post] = released.posts()
    assert post.state == "waiting"
    assert post.problem == "127.0.0.1 took too long."


def test_nobody_listens(released: Group, service: Service) -> None:
    service.server.shutdown()
    service.server.server_close()
    run(released)
    assert released.posts()[0].problem == "127.0.0.1 could not be reached."


def test_two_workers_post_it_once(released: Group, service: Service) -> None:
    [post] = released.posts()
    with scope(released.firm.id):
        assert operations.claim(post.id) is not None
        assert operations.claim(post.id) is None
        released.session.commit()
    run(released)
    assert service.sent == []


def test_teams_says_200_to_what_it_did_not_take(group: Group, service: Service, app: Any) -> None:
    del group
    service.replies = [Reply(200, body="delivery failed with error: HTTP error 429")]
    with app.app_context():
        assert sending.post("teams", service.address(), {}).state == "later"
        assert sending.post("slack", service.address(), {}).state == "ok"
