"""The pages of an introduction, from the first question to the thanks."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from typing import Any

from coachhub.core.db import now
from coachhub.introductions import life
from coachhub.introductions.answers import Answer
from coachhub.introductions.calendar import in_days
from coachhub.introductions.models import Introduction
from coachhub.mail.models import FirmMail
from fixtures_circle import CONTACT_MAIL, GIVER, RECEIVER, Circle


def state_of(circle: Circle, made: Any) -> str:
    with circle.scope():
        return circle.session.query(Introduction).filter_by(id=made.id).one().state


def link_in(mail: FirmMail) -> str:
    raw = mail.raw.decode().replace("=\r\n", "").replace("=3D", "=")
    return re.search(r"http://hub\.example\.org(/f/[^\s\"<>]+)", raw)[1]


def test_from_the_first_question_to_the_thanks(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        made = circle.asked()
        asked = link_in(circle.mails("giver-asked")[0])
    giver, receiver = browse("giver"), browse("receiver")
    page = giver.get(asked)
    assert page.status_code == 200
    assert f"{RECEIVER} would like to reach Shellfish Works" in page.text
    assert "Corwin Contactworth, Works manager, you know them well" in page.text
    assert receiver.get(asked).status_code == 404

    said = giver.post(
        f"{asked}/yes",
        data={
            "contact": str(circle.contact.id),
            "how": "write",
            "promise": "I write to Corwin today.",
            "due_on": in_days_of(circle, 7),
        },
        follow_redirects=True,
    )
    assert "Thank you. We take it from here." in said.text
    assert state_of(circle, made) == "receiver_asked"

    page = receiver.get(asked)
    assert "A door at Shellfish Works" in page.text
    assert GIVER not in page.text
    assert "Corwin" not in page.text
    receiver.post(f"{asked}/yes", data={"gift": "Marmalade.", "blurb": "I know harbours."})
    assert state_of(circle, made) == "outsider_asked"

    with circle.scope():
        hello = link_in(circle.mails("outsider-asked")[0])
    outside = browse()
    page = outside.get(hello)
    assert page.status_code == 200
    assert f"{GIVER} would like to introduce you" in page.text
    assert "Marmalade." in page.text
    assert "Thank you" in outside.post(f"{hello}/yes", follow_redirects=True).text
    assert state_of(circle, made) == "introduced"

    page = receiver.get(asked)
    assert CONTACT_MAIL in page.text
    assert GIVER in page.text
    assert giver.post(f"{asked}/kept").status_code == 303
    receiver.post(f"{asked}/thanks", data={"thanks-text": "You are a lighthouse."})
    receiver.post(f"{asked}/outcome", data={"outcome-kind": "meeting", "outcome-text": "Tea."})
    assert "You are a lighthouse." in giver.get(asked).text
    assert "Tea." in receiver.get(asked).text
    assert "You are a lighthouse." in giver.get("/".join(asked.split("/")[:-1])).text


def in_days_of(circle: Circle, days: int) -> str:
    with circle.scope():
        return in_days(days).isoformat()


def test_looking_changes_nothing(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        made = circle.at("outsider_asked")
        hello = link_in(circle.mails("outsider-asked")[0])
    client = browse()
    for address in [hello, *(f"{hello}/{word}" for word in ("yes", "later", "no", "never"))]:
        for method in ("get", "head", "options"):
            getattr(client, method)(address)
    assert state_of(circle, made) == "outsider_asked"


def test_a_link_that_never_was_and_one_that_is_over(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    with circle.scope():
        made = circle.at("outsider_asked")
        hello = link_in(circle.mails("outsider-asked")[0])
        life.withdraw(circle.act("giver"), made)
    client = browse()
    page = client.get(hello)
    assert page.status_code == 200
    assert "This has ended" in page.text
    for name in (GIVER, RECEIVER, "Shellfish", "Corwin"):
        assert name not in page.text
    assert "ended in the meantime" in client.post(f"{hello}/yes", follow_redirects=True).text
    assert client.get(hello[:-1] + ("x" if hello[-1] != "x" else "y")).status_code == 404


def test_never_again_holds_for_every_firm(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        made = circle.at("outsider_asked")
        hello = link_in(circle.mails("outsider-asked")[0])
    said = browse().post(f"{hello}/never", follow_redirects=True)
    assert "never write to you again" in said.text
    assert state_of(circle, made) == "declined"
    with circle.scope():
        again = circle.at("outsider_asked")
        assert len(circle.mails("outsider-asked")) == 1
        assert [row.membership_id for row in circle.mails("ask-in-person")] == [circle.giver.id]
        assert again.state == "outsider_asked"


def test_giver_asks_in_person_and_reports(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        made = circle.at("outsider_asked", email="")
        assert circle.mails("outsider-asked") == []
        asked = link_in(circle.mails("ask-in-person")[0])
    giver = browse("giver")
    assert "Corwin Contactworth said yes" in giver.get(asked).text
    giver.post(f"{asked}/report", data={"email": ""})
    assert state_of(circle, made) == "introduced"
    page = browse("receiver").get(asked)
    assert "Corwin Contactworth" in page.text
    assert f"Through {GIVER}" in page.text


def test_a_failed_answer_keeps_what_was_typed(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        made = circle.asked()
        asked = link_in(circle.mails("giver-asked")[0])
    giver = browse("giver")
    data = {
        "contact": str(circle.contact.id),
        "how": "write",
        "promise": "",
        "due_on": "2020-01-01",
    }
    page = giver.post(f"{asked}/yes", data=data | {"email": "not an address"})
    assert page.status_code == 422
    assert "not an address" in page.text
    assert 'value="2020-01-01"' in page.text
    assert "Please say in a few words." in page.text
    page = giver.post(f"{asked}/later", data={"later-until": "2020-01-01"})
    assert page.status_code == 422
    assert state_of(circle, made) == "giver_asked"


def test_second_tab_is_told_kindly(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        made = circle.asked()
        asked = link_in(circle.mails("giver-asked")[0])
    first, second = browse("giver"), browse("giver")
    first.post(f"{asked}/no")
    for word in ("no", "later", "yes"):
        data = {"later-until": in_days_of(circle, 3), "promise": "x"}
        page = second.post(f"{asked}/{word}", data=data, follow_redirects=True)
        assert "This has been answered already: no. Nothing was changed." in page.text
    assert state_of(circle, made) == "declined"


def test_lists_say_what_is_next_and_what_is_done(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    with circle.scope():
        made = circle.asked()
        base = link_in(circle.mails("giver-asked")[0]).rsplit("/", 1)[0]
    giver, receiver = browse("giver"), browse("receiver")
    page = giver.get(base)
    assert "Your answer: yes, not now or no." in page.text
    assert "Nothing is open" in receiver.get(base).text
    with circle.scope():
        life.answer(circle.act("giver"), made, "giver", Answer("no"))
    assert "Nothing is open" in giver.get(base).text
    assert "You said no. Nobody is told." in giver.get(f"{base}?show=done").text
    assert "Nothing is done yet" in receiver.get(f"{base}?show=done").text


def test_home_and_menu_show_what_waits(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        circle.asked()
        home = "/".join(link_in(circle.mails("giver-asked")[0]).split("/")[:3]) + "/"
    page = browse("giver").get(home)
    assert f"{RECEIVER} would like to reach Shellfish Works" in page.text
    assert RECEIVER not in browse("coach").get(home).text


def test_coach_sees_where_it_stands_reminds_and_stops(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    with circle.scope():
        made = circle.at("outsider_asked")
    coach = browse("coach")
    base = f"/f/{circle.firm.slug}/c/{circle.cohort.slug}/introductions"
    page = coach.get(base)
    assert page.status_code == 200
    assert GIVER in page.text
    assert RECEIVER in page.text
    assert "Outside contact is asked" in page.text
    for word in ("Corwin", "Contactworth", CONTACT_MAIL):
        assert word not in page.text
    said = coach.post(f"{base}/{made.id}/nudge", follow_redirects=True)
    assert "one mail only" in said.text
    assert (
        "The others of the ring go on."
        in coach.post(f"{base}/{made.id}/stop", follow_redirects=True).text
    )
    assert state_of(circle, made) == "stopped"
    assert browse("giver").get(base).status_code == 403


def test_coach_reminds_once_a_day(circle: Circle, browse: Callable[..., Any]) -> None:
    with circle.scope():
        made = circle.asked()
    coach = browse("coach")
    base = f"/f/{circle.firm.slug}/c/{circle.cohort.slug}/introductions"
    assert "on its way" in coach.post(f"{base}/{made.id}/nudge", follow_redirects=True).text
    assert "reminder today" in coach.post(f"{base}/{made.id}/nudge", follow_redirects=True).text
    with circle.scope():
        assert len(circle.mails("expired-reminder")) == 1


def test_a_yes_without_a_gift_is_asked_for_one_and_keeps_what_was_typed(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    with circle.scope():
        made = circle.at("receiver_asked", "insider")
    address = f"/f/{circle.firm.slug}/introductions/{made.id}/yes"
    failed = browse("receiver").post(address, data={"gift": " ", "blurb": "I know harbours."})
    assert failed.status_code == 422
    assert "something small is fine" in failed.text
    assert "I know harbours." in failed.text
    assert state_of(circle, made) == "receiver_asked"


def test_a_day_to_talk_is_set_moved_and_cancelled(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    with circle.scope():
        made = circle.at("introduced")
    address = f"/f/{circle.firm.slug}/introductions/{made.id}"
    receiver, giver = browse("receiver"), browse("giver")
    assert "A day to talk" in receiver.get(address).text
    assert "A day to talk" not in giver.get(address).text
    typed = {
        "meeting-day": in_days_of(circle, 3),
        "meeting-time": "14:30",
        "meeting-minutes": "45",
        "meeting-place": "Pier 4",
    }
    said = receiver.post(f"{address}/meeting", data=typed, follow_redirects=True)
    assert "into both calendars" in said.text
    assert "14:30, 45 minutes: Pier 4" in said.text
    file = receiver.get(f"{address}/meeting.ics")
    assert file.mimetype == "text/calendar"
    assert b"LOCATION:Pier 4" in file.data
    assert giver.get(f"{address}/meeting.ics").status_code == 404
    assert giver.post(f"{address}/meeting", data=typed).status_code == 404
    failed = receiver.post(f"{address}/meeting", data=typed | {"meeting-day": "9999-01-01"})
    assert failed.status_code == 422
    assert "Please choose a day between" in failed.text
    # As the form counts days: wherever the firm is, that is over.
    passed = (now() - dt.timedelta(days=1)).date().isoformat()
    failed = receiver.post(f"{address}/meeting", data=typed | {"meeting-day": passed})
    assert "Please choose a time ahead" in failed.text
    said = receiver.post(f"{address}/meeting/cancel", follow_redirects=True)
    assert "leaves both calendars" in said.text
    assert receiver.get(f"{address}/meeting.ics").status_code == 404


def test_what_came_of_it_flows_back_to_the_giver(
    circle: Circle, browse: Callable[..., Any]
) -> None:
    with circle.scope():
        made = circle.at("introduced", "insider")
    address = f"/f/{circle.firm.slug}/introductions/{made.id}"
    told = {"outcome-kind": "interview", "outcome-text": "Two hours and a tour."}
    for _ in range(2):
        assert browse("receiver").post(f"{address}/outcome", data=told).status_code == 303
    page = browse("giver").get(address).text
    assert "It led to an interview" in page
    assert "Two hours and a tour." in page
    with circle.scope():
        (mail,) = circle.mails("outcome")
        assert mail.membership_id == circle.giver.id
