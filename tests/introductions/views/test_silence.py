"""Nobody learns a name too early, and nobody ever learns who said no."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine

from coachhub.core.audit import entries
from coachhub.introductions import life
from coachhub.introductions.answers import Answer
from coachhub.introductions.calendar import in_days
from coachhub.introductions.models import Introduction
from fixtures_circle import CONTACT_MAIL, GIVER, RECEIVER, Circle, words_of

OUTSIDE = ("Corwin", "Contactworth", CONTACT_MAIL)
ASKED = ("giver_asked", "receiver_asked", "outsider_asked")
BREAKS = ("no", "not_now", "expired", "withdrawn_by_giver", "withdrawn_by_receiver", "stopped")


def brought_to(circle: Circle, state: str, how: str = "") -> Introduction:
    """Bring a door to a state, and break it there by one of BREAKS."""
    made = circle.at(state) if state != "proposed" else circle.propose()
    side = state.removesuffix("_asked")
    if how in {"no", "not_now"}:
        given = Answer(how, "link" if side == "outsider" else "page", in_days(20))
        if side == "outsider":
            circle.outsider(made, given)
        else:
            life.answer(circle.act(side), made, side, given)
    elif how == "expired":
        life.expire(made)
    elif how == "stopped":
        life.stop(circle.act("coach"), made)
    elif how:
        life.withdraw(circle.act(how.removeprefix("withdrawn_by_")), made)
    return made


CASES = [("proposed", ""), *((state, "") for state in ASKED)]
CASES += [
    (state, how)
    for state in ASKED
    for how in BREAKS
    # A receiver who was not asked yet knows of nothing to step back from.
    if (state, how) != ("giver_asked", "withdrawn_by_receiver")
]


def pages_of(circle: Circle, made: Introduction) -> list[str]:
    firm = f"/f/{circle.firm.slug}"
    cohort = f"{firm}/c/{circle.cohort.slug}/introductions"
    mine = f"{firm}/introductions"
    return [
        f"{firm}/",
        mine,
        f"{mine}?show=done",
        f"{mine}/{made.id}",
        cohort,
        f"{cohort}?show=done",
    ]


@pytest.mark.parametrize(("state", "how"), CASES)
def test_no_name_before_all_have_said_yes(
    circle: Circle, browse: Callable[..., Any], make_member: Any, state: str, how: str
) -> None:
    with circle.scope():
        made = brought_to(circle, state, how)
    bystander = make_member("Bert Bystander", cohorts=(circle.cohort,))
    admin = make_member("Ada Admin", role="admin")
    circle.session.commit()
    for who, hidden in {
        "receiver": (*OUTSIDE, GIVER),
        "coach": OUTSIDE,
        bystander: (*OUTSIDE, GIVER, RECEIVER),
        admin: OUTSIDE,
        None: (*OUTSIDE, GIVER, RECEIVER),
    }.items():
        client = browse(who)
        for address in pages_of(circle, made):
            page = client.get(address).text
            assert not [name for name in hidden if name in page], (who, address)
        for word in ("yes", "no", "later", "report", "withdraw", "kept", "thanks", "outcome"):
            if who in {"receiver", "coach"} or how:
                continue  # theirs to answer, or tried below; of one that broke, the pages are read
            said = client.post(f"/f/{circle.firm.slug}/introductions/{made.id}/{word}")
            assert said.status_code in {302, 404}
            assert not [name for name in hidden if name in said.text]
    with circle.scope():
        for mail in circle.mails():
            hidden = {circle.receiver.id: (*OUTSIDE, GIVER), circle.giver.id: OUTSIDE}
            text = words_of(mail)
            assert not [name for name in hidden.get(mail.membership_id, ()) if name in text]


@pytest.mark.parametrize("state", [*ASKED, "introduced"])
def test_only_the_two_sides_have_a_page(
    circle: Circle, browse: Callable[..., Any], make_member: Any, make_firm: Any, state: str
) -> None:
    with circle.scope():
        made = circle.at(state)
    other = make_firm()
    stranger = make_member("Stella Stranger", firm=other)
    circle.session.commit()
    address = f"/f/{circle.firm.slug}/introductions/{made.id}"
    assert browse("coach").get(address).status_code == 404
    assert browse(stranger).get(address).status_code == 404
    foreign = f"/f/{other.slug}/introductions/{made.id}"
    assert browse(stranger).get(foreign).status_code == 404
    for word in ("yes", "no", "later", "withdraw", "kept", "let-go", "thanks", "report"):
        assert browse(stranger).post(f"{foreign}/{word}").status_code == 404
        assert browse("coach").post(f"{address}/{word}").status_code == 404
    assert browse("receiver").get(address).status_code == (404 if state == "giver_asked" else 200)


def test_everybody_knows_everybody_in_the_end_and_each_look_is_logged(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    with circle.scope():
        made = circle.at("introduced")
        before = len(entries(action="contact.shown"))
    page = browse("receiver").get(f"/f/{circle.firm.slug}/introductions/{made.id}").text
    assert all(name in page for name in ("Corwin Contactworth", CONTACT_MAIL, GIVER))
    assert "Corwin" not in browse("coach").get(pages_of(circle, made)[4]).text
    with circle.scope():
        assert len(entries(action="contact.shown")) == before + 1


def seen_by(circle: Circle, browse: Callable[..., Any], who: str, made: Introduction) -> list[str]:
    client = browse(who)
    return [plain(client.get(address).text) for address in pages_of(circle, made)[:4]]


def plain(page: str) -> str:
    """Return a page without the form tokens, which differ each time."""
    return re.sub(r"[\w-]+\.[\w-]{6}\.[\w-]{27}", "", page)


@pytest.mark.parametrize("how", ["no", "not_now", "expired", "withdrawn_by_giver"])
def test_after_a_yes_the_receivers_pages_are_the_same_whatever_the_others_say(
    circle: Circle, browse: Callable[..., Any], how: str
) -> None:
    with circle.scope():
        made = circle.at("outsider_asked")
    waiting = seen_by(circle, browse, "receiver", made)
    assert "The others are asked now" in waiting[3]
    with circle.scope():
        row = circle.session.query(Introduction).filter_by(id=made.id).one()
        if how in {"no", "not_now"}:
            circle.outsider(row, Answer(how, "link", in_days(20)))
        elif how == "expired":
            life.expire(row)
        else:
            life.withdraw(circle.act("giver"), row)
        assert row.state in {"declined", "not_now", "expired", "withdrawn"}
    assert seen_by(circle, browse, "receiver", made) == waiting


@pytest.mark.parametrize("how", ["no", "not_now", "expired", "withdrawn_by_receiver"])
def test_after_a_yes_the_givers_pages_are_the_same_whatever_the_receiver_says(
    circle: Circle, browse: Callable[..., Any], how: str
) -> None:
    with circle.scope():
        made = circle.at("receiver_asked")
    waiting = seen_by(circle, browse, "giver", made)
    with circle.scope():
        row = circle.session.query(Introduction).filter_by(id=made.id).one()
        if how in {"no", "not_now"}:
            life.answer(circle.act("receiver"), row, "receiver", Answer(how, until=in_days(20)))
        elif how == "expired":
            life.expire(row)
        else:
            life.withdraw(circle.act("receiver"), row)
    assert seen_by(circle, browse, "giver", made) == waiting


def test_when_the_time_is_over_a_no_and_a_silence_look_the_same(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    start = dt.datetime(2026, 3, 2, 12, tzinfo=dt.UTC)
    seen = []
    for number, how in enumerate(("no", "not_now", "expired", "withdrawn_by_giver")):
        with time_machine.travel(start + dt.timedelta(days=30 * number), tick=False) as traveller:
            with circle.scope():
                made = brought_to(circle, "outsider_asked", how)
            traveller.shift(dt.timedelta(days=8))
            page = browse("receiver").get(f"/f/{circle.firm.slug}/introductions/{made.id}").text
            seen.append(plain(page).replace(str(made.id), ""))
    assert "No agreement came about this time." in seen[0]
    assert len(set(seen)) == 1


def test_buddies_learn_of_each_other_together(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        made = circle.asked("buddy")
        circle.giver_yes(made)
        for mail in circle.mails_to(circle.giver):
            assert RECEIVER not in words_of(mail)
        for mail in circle.mails_to(circle.receiver):
            assert GIVER not in words_of(mail)
    address = f"/f/{circle.firm.slug}/introductions/{made.id}"
    assert RECEIVER not in browse("giver").get(address).text
    assert GIVER not in browse("receiver").get(address).text
    browse("receiver").post(f"{address}/yes", data={"gift": "Tea.", "blurb": "Me."})
    assert RECEIVER in browse("giver").get(address).text
    assert GIVER in browse("receiver").get(address).text
