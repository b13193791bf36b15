"""Answers by replying to a mail: done as on the page, and never more said than there."""

from __future__ import annotations

from collections.abc import Callable
from email import message_from_bytes, policy
from typing import Any
from uuid import uuid4

import pytest

from coachhub.contacts.models import Contact
from coachhub.core.db import now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.introductions import life
from coachhub.introductions.answers import Answer
from coachhub.introductions.by_mail import NotUnderstoodError, from_mail
from coachhub.introductions.calendar import LATER_DAYS, in_days
from coachhub.introductions.models import Introduction
from coachhub.introductions.steps import AlreadyAnsweredError, consents
from coachhub.mail.hooks import INBOUND
from coachhub.mail.models import Thread
from coachhub.mail.outbox import suppressed
from fixtures_circle import CONTACT_MAIL, GIVER, RECEIVER, Circle, words_of

TRAP = (
    "We hire her at once. Registration costs 90 euros, please pay it by gift card and send a copy"
    " of your passport and your bank login to our Telegram."
)


def reply(here: Circle, made: Introduction, who: str, text: str) -> str:
    """Answer as one of the circle, through the hook as the mail room calls it."""
    member_id = None if who == "outsider" else getattr(here, who).id
    said = INBOUND.call("introduction", made.id, member_id, text)
    (words,) = [one for one in said if one is not None]
    return words


def test_a_door_opens_by_mail_alone(here: Circle) -> None:
    made = here.asked()
    assert "We take it from here" in reply(here, made, "giver", "Yes, I speak with him.")
    assert (made.state, made.promise) == ("receiver_asked", "I speak with him")
    assert (made.contact_id, made.contact_email) == (here.contact.id, "")
    reply(here, made, "receiver", "Gerne!")
    assert made.state == "outsider_asked"
    assert not here.mails("outsider-asked")
    assert "you are introduced" in reply(here, made, "giver", "Yes")
    assert made.state == "introduced"
    assert {row.way for row in consents(made).values()} == {"mail"}
    assert "We have told them" in reply(here, made, "giver", "Done.")
    assert made.state == "kept"


def test_no_is_as_silent_as_on_the_page(here: Circle) -> None:
    made = here.asked()
    assert reply(here, made, "giver", "No, thanks") == "That is fine. Nobody is told."
    assert made.state == "declined"
    assert here.mails_to(here.receiver) == []


def test_not_now_with_a_day_and_without(here: Circle) -> None:
    made = here.at("receiver_asked", "insider")
    assert "We ask again on" in reply(here, made, "receiver", "Not now, in three weeks")
    assert (made.state, made.not_before) == ("not_now", in_days(21))
    other = here.asked("insider", need_id=here.company.id)
    reply(here, other, "giver", "later")
    assert other.not_before == in_days(LATER_DAYS)


@pytest.mark.parametrize("days", ["in 300 days", "1 January 2019"])
def test_a_day_out_of_range_is_refused_in_words(here: Circle, days: str) -> None:
    made = here.asked()
    with pytest.raises(DomainError, match="choose a day from tomorrow on"):
        reply(here, made, "giver", f"Not now, {days}")
    assert made.state == "giver_asked"


def test_more_time_moves_the_promise(here: Circle) -> None:
    made = here.at("introduced", "insider")
    assert "The new day is" in reply(here, made, "giver", "I need more time, in two weeks")
    assert made.due_on == in_days(14)


@pytest.mark.parametrize("text", ["Yes, but not yet", "Who is this?", "", "Yes?", "> yes"])
def test_doubt_changes_nothing_and_is_answered(here: Circle, text: str) -> None:
    made = here.asked()
    with pytest.raises(NotUnderstoodError, match="begin your mail with"):
        reply(here, made, "giver", text)
    assert made.state == "giver_asked"
    assert consents(made) == {}


def test_a_second_reply_hears_what_happened(here: Circle) -> None:
    made = here.asked("insider")
    reply(here, made, "giver", "Yes")
    assert "answered already: yes" in reply(here, made, "giver", "Yes")
    with pytest.raises(NotFoundError):
        reply(here, made, "coach", "Yes")


def test_a_yes_can_be_taken_back_by_mail_until_all_have_agreed(here: Circle) -> None:
    made = here.asked("insider")
    reply(here, made, "giver", "Yes")
    assert "Nobody is told who did" in reply(here, made, "giver", "No")
    assert made.state == "withdrawn"


@pytest.mark.parametrize("how", ["wait", "no", "not_now", "withdrawn", "expired"])
def test_replies_after_a_yes_tell_nothing_of_the_others(here: Circle, how: str) -> None:
    made = here.at("receiver_asked", "insider")
    if how in {"no", "not_now"}:
        life.answer(here.act("receiver"), made, "receiver", Answer(how, until=in_days(9)))
    elif how == "withdrawn":
        life.withdraw(here.act("receiver"), made)
    elif how == "expired":
        life.expire(made)
    assert reply(here, made, "giver", "Yes") == (
        "This has been answered already: yes. Nothing was changed."
    )
    assert reply(here, made, "giver", "No") == "You stepped back. Nobody is told who did."


def test_a_promise_that_a_guard_would_stop_is_not_passed_on(here: Circle) -> None:
    made = here.asked()
    with pytest.raises(NotUnderstoodError, match="nobody else has seen your words") as answer:
        reply(here, made, "giver", "Yes, write to me at nina.vogt@example.com or 030 555 0142.")
    assert "address or number" in str(answer.value)
    assert (made.state, made.promise) == ("giver_asked", "")
    assert "We take it from here" in reply(here, made, "giver", "Yes, I call him on Monday.")
    assert made.promise == "I call him on Monday"


def test_a_trap_from_outside_reaches_its_reader_with_a_word_beside_it(here: Circle) -> None:
    made = here.at("outsider_asked")
    reply(here, made, "outsider", "Who is she, and where did you meet?")
    [plain] = here.mails("contact-wrote")
    assert "often a trap" not in " ".join(words_of(plain).split())
    reply(here, made, "outsider", TRAP)
    [_first, second] = here.mails("contact-wrote")
    assert "Registration costs 90 euros" in " ".join(words_of(second).split())
    assert "often a trap" in " ".join(words_of(second).split())


def test_of_several_contacts_the_one_that_is_named(here: Circle) -> None:
    other = Contact(
        owner_id=here.giver.id,
        fingerprint="f2",
        first_name="Dora",
        last_name="Dockhand",
        company_id=here.company.id,
        company_name=here.company.name,
    )
    here.session.add(other)
    here.session.flush()
    made = here.asked()
    with pytest.raises(NotUnderstoodError, match="more than one person"):
        reply(here, made, "giver", "Yes")
    reply(here, made, "giver", "Yes, I ask Dora Dockhand")
    assert made.contact_id == other.id


def test_a_receiver_without_a_gift_is_asked_for_one(here: Circle) -> None:
    made = here.asked("insider")
    made.gift = ""
    reply(here, made, "giver", "Yes")
    with pytest.raises(DomainError, match="what you give in return"):
        reply(here, made, "receiver", "Yes")
    assert made.state == "receiver_asked"


@pytest.mark.parametrize(
    ("text", "state", "words"),
    [
        ("Yes, with pleasure", "introduced", "brought you together"),
        ("No thank you", "declined", "nobody is told"),
        ("Later, in two weeks", "not_now", "We ask once more on"),
        ("Stop", "declined", "never write to you again"),
    ],
)
def test_the_outside_contact_can_answer_by_mail(
    here: Circle, text: str, state: str, words: str
) -> None:
    made = here.at("outsider_asked")
    assert words in reply(here, made, "outsider", text)
    assert made.state == state
    assert bool(suppressed(CONTACT_MAIL)) == (text == "Stop")


def test_what_the_contact_writes_freely_goes_to_the_giver_alone(here: Circle) -> None:
    made = here.at("outsider_asked")
    said = reply(here, made, "outsider", "How are the children? Tell me more of her.")
    assert "passed your words on" in said
    assert GIVER not in said
    assert RECEIVER not in said
    (mail,) = here.mails("contact-wrote")
    assert mail.membership_id == here.giver.id
    assert "How are the children?" in words_of(mail)
    assert made.state == "outsider_asked"


def test_somebody_who_left_answers_nothing(here: Circle) -> None:
    made = here.asked()
    here.giver.state = "left"
    here.session.merge(here.giver)
    here.session.flush()
    with pytest.raises(NotFoundError, match="could not match"):
        reply(here, made, "giver", "Yes")


def test_letters_of_other_rooms_are_left_alone(here: Circle) -> None:
    assert from_mail("digest", here.company.id, here.giver.id, "Yes") is None


def test_every_question_can_be_answered_by_reply(here: Circle, post: Callable[..., Any]) -> None:
    del post
    made = here.asked()
    life.remind(made, once="now")
    here.giver_yes(made, "")
    here.receiver_yes(made)
    here.outsider(made, Answer("yes", way="mail"))
    life.nudge(here.act("coach"), made)
    for kind in ("giver-asked", "expired-reminder", "receiver-asked", "ask-in-person"):
        (mail,) = here.mails(kind)
        message = message_from_bytes(mail.raw, policy=policy.default)
        assert message["Reply-To"].addresses[0].domain == "example.org"
        assert "answer this mail" in " ".join(words_of(mail).split())
    assert "begin with done" in " ".join(words_of(here.mails("promise-reminder")[0]).split())
    threads = here.session.query(Thread).all()
    assert {(row.kind, row.subject_id) for row in threads} == {("introduction", made.id)}
    assert {row.membership_id for row in threads} == {here.giver.id, here.receiver.id}


def test_a_late_answer_to_an_old_question_is_told_so(here: Circle) -> None:
    made = here.asked("insider")
    life.expire(made)
    assert "has ended in the meantime" in reply(here, made, "giver", "Yes")
    assert made.state_since <= now()


def test_page_and_mail_at_once_count_once(here: Circle) -> None:
    made = here.asked("insider")
    here.giver_yes(made)
    with pytest.raises(AlreadyAnsweredError):
        here.giver_yes(made)
    assert "answered already" in reply(here, made, "giver", "Yes")


def test_a_reply_to_an_introduction_that_is_gone_is_told_so(here: Circle) -> None:
    for who in (None, here.giver.id):
        with pytest.raises(NotFoundError):
            from_mail("introduction", uuid4(), who, "Yes")
