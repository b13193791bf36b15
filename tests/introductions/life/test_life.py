"""The main life: asked in order, introduced, or quietly ended."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy.orm import Session

from coachhub.core.audit import entries
from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.core.hooks import ROOMS
from coachhub.introductions import life
from coachhub.introductions.answers import Answer, AnswerError
from coachhub.introductions.calendar import in_days, today
from coachhub.introductions.hooks import INTRODUCED
from coachhub.introductions.steps import AlreadyAnsweredError, IllegalStepError, consents
from fixtures_circle import CONTACT_MAIL, GIVER, RECEIVER, Circle, words_of


def kinds(circle: Circle) -> list[str]:
    return [row.kind for row in circle.mails()]


def test_a_door_opens_when_all_three_have_said_yes(here: Circle) -> None:
    made = here.asked()
    assert made.state == "giver_asked"
    assert kinds(here) == ["giver-asked"]
    here.giver_yes(made)
    assert made.state == "receiver_asked"
    assert kinds(here) == ["giver-asked", "receiver-asked"]
    here.receiver_yes(made)
    assert made.state == "outsider_asked"
    here.outsider(made, Answer("yes", way="link"))
    assert made.state == "introduced"
    assert {side: row.answer for side, row in consents(made).items()} == {
        "giver": "yes",
        "receiver": "yes",
        "outsider": "yes",
    }
    assert kinds(here)[3:] == ["introduced", "introduced", "introduced-contact"]
    assert {row.to_address for row in here.mails("introduced-contact")} == {CONTACT_MAIL}


def test_others_need_no_outsider(here: Circle) -> None:
    made = here.at("introduced", "insider")
    assert made.contact_name == ""
    assert kinds(here) == ["giver-asked", "receiver-asked", "introduced", "introduced"]


def test_gift_and_blurb_are_drafted_and_travel_with_the_ask(here: Circle) -> None:
    made = here.asked()
    assert made.gift == "In return I can offer: Two hours with your spreadsheet."
    assert made.blurb.startswith(f"{RECEIVER}: Supply chain lead. Looks for work as Head of supply")
    assert "how they plan their harvest" in made.blurb
    mail = words_of(here.mails("giver-asked")[0])
    assert "Two hours with your spreadsheet" in mail
    assert "how they plan their harvest" in " ".join(mail.split())


def test_receiver_can_rewrite_gift_and_blurb_when_answering(here: Circle) -> None:
    made = here.at("receiver_asked")
    given = Answer("yes", gift="A jar of marmalade.", blurb="I know harbours.")
    life.answer(here.act("receiver"), made, "receiver", given)
    mail = words_of(here.mails("outsider-asked")[0])
    assert "A jar of marmalade." in mail
    assert "I know harbours." in mail
    assert "spreadsheet" not in mail


def test_promise_clock_starts_with_the_introduction(here: Circle) -> None:
    made = here.asked("insider")
    given = Answer("yes", promise="I call.", due_on=in_days(5))
    life.answer(here.act("giver"), made, "giver", given)
    consents(made)["giver"].created_at = now() - dt.timedelta(days=4)
    made.due_on = today() + dt.timedelta(days=1)
    here.receiver_yes(made)
    assert made.due_on == in_days(5)


def test_every_showing_is_logged_without_the_names(here: Circle) -> None:
    here.at("introduced")
    shown = entries(action="contact.shown")
    assert sorted(entry.details["to"] for entry in shown) == ["giver", "outsider", "receiver"]
    text = " ".join(f"{entry.details} {entry.subject_label} {entry.actor_name}" for entry in shown)
    assert "Contactworth" not in text
    assert CONTACT_MAIL not in text


def test_hook_is_told_once(here: Circle) -> None:
    heard = []
    listener = INTRODUCED.from_room(lambda row: heard.append(row.id))
    try:
        made = here.at("introduced")
    finally:
        ROOMS[INTRODUCED.name].remove(listener)
    assert heard == [made.id]


@pytest.mark.parametrize(
    ("given", "words"),
    [
        (Answer("yes", promise=" "), "what you will do"),
        (Answer("yes", promise="I call.", contact_id=None), "which of your contacts"),
        (Answer("yes", promise="x" * 2001), "under 2000"),
        (Answer("not_now"), "choose a day"),
    ],
)
def test_what_is_missing_from_an_answer_is_said(here: Circle, given: Answer, words: str) -> None:
    made = here.asked()
    with pytest.raises(AnswerError, match=words):
        life.answer(here.act("giver"), made, "giver", given)
    assert made.state == "giver_asked"
    assert consents(made) == {}


@pytest.mark.parametrize("days", [-1, 0, 181])
def test_a_later_day_is_ahead_and_not_too_far(here: Circle, days: int) -> None:
    made = here.asked()
    with pytest.raises(AnswerError):
        life.answer(here.act("giver"), made, "giver", Answer("not_now", until=in_days(days)))


def test_nobody_answers_for_somebody_else(here: Circle) -> None:
    made = here.asked()
    for who, side in [("receiver", "giver"), ("coach", "giver"), ("giver", "receiver")]:
        with pytest.raises(NotFoundError):
            life.answer(here.act(who), made, side, Answer("no"))
    with pytest.raises(NotFoundError):
        life.answer(here.act("receiver"), made, "outsider", Answer("yes"))


def test_a_contact_of_somebody_else_cannot_be_chosen(here: Circle, session: Session) -> None:
    made = here.asked()
    here.contact.owner_id = here.coach.id
    session.merge(here.contact)
    session.flush()
    with pytest.raises(AnswerError, match="which of your contacts"):
        here.giver_yes(made)


def test_second_answer_hears_what_happened_and_changes_nothing(here: Circle) -> None:
    made = here.at("receiver_asked")
    with pytest.raises(AlreadyAnsweredError, match="answered already: yes"):
        life.answer(here.act("giver"), made, "giver", Answer("no"))
    assert made.state == "receiver_asked"
    here.receiver_yes(made)
    with pytest.raises(AlreadyAnsweredError, match="answered already: yes"):
        here.receiver_yes(made)


def test_withdrawing_is_open_to_both_until_they_have_met(here: Circle) -> None:
    for who in ("giver", "receiver"):
        made = here.at("receiver_asked")
        life.withdraw(here.act(who), made)
        assert made.state == "withdrawn"
    made = here.at("introduced")
    with pytest.raises(IllegalStepError):
        life.withdraw(here.act("giver"), made)


def test_receiver_cannot_withdraw_from_what_they_have_not_heard_of(here: Circle) -> None:
    made = here.asked()
    with pytest.raises(NotFoundError):
        life.withdraw(here.act("receiver"), made)


def test_stepping_back_from_what_ended_quietly_tells_nothing(here: Circle) -> None:
    made = here.at("outsider_asked")
    here.outsider(made, Answer("no", way="link"))
    life.withdraw(here.act("receiver"), made)
    assert made.state == "declined"
    assert consents(made)["receiver"].answer == "no"


def test_one_open_introduction_for_a_pair_and_a_need(here: Circle) -> None:
    first = here.asked()
    with pytest.raises(life.AlreadyOpenError):
        here.asked()
    life.stop(here.act("coach"), first)
    assert here.asked().state == "giver_asked"


def test_a_leaver_ends_what_is_open_and_lets_promises_go(here: Circle) -> None:
    met = here.at("introduced", "insider")
    asked = here.asked(need_id=here.company.id)
    life.member_left(here.giver.id)
    assert (met.state, asked.state) == ("let_go", "withdrawn")


def test_whoever_is_gone_is_not_asked(here: Circle, session: Session) -> None:
    made = here.propose()
    here.giver.state = "left"
    session.merge(here.giver)
    session.flush()
    assert life.ask_giver(here.act("coach"), made).state == "withdrawn"
    assert here.mails() == []


def test_breaking_one_step_leaves_the_others_of_its_ring(here: Circle) -> None:
    first = here.asked(ring=1, position=0)
    second = here.asked(
        "insider", ring=1, position=1, giver_id=here.receiver.id, receiver_id=here.giver.id
    )
    life.answer(here.act("giver"), first, "giver", Answer("no"))
    assert (first.state, second.state) == ("declined", "giver_asked")


def test_receiver_mail_for_a_door_names_no_giver(here: Circle) -> None:
    here.at("receiver_asked")
    mail = words_of(here.mails("receiver-asked")[0])
    assert GIVER not in mail
    assert "Contactworth" not in mail
