"""Outside contacts are forgotten: when they ask, when their giver leaves, and in time."""

from __future__ import annotations

import datetime as dt

import pytest
import time_machine

from coachhub.board.models import Target
from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.introductions import erasure, joins, life, outsiders
from coachhub.introductions.answers import Answer
from coachhub.introductions.jobs import clock
from coachhub.introductions.models import Introduction
from fixtures_circle import CONTACT_MAIL, Circle


def remembered(made: Introduction) -> list[object]:
    return [one for one in (made.contact_id, made.contact_name, made.contact_email) if one]


@pytest.mark.parametrize(
    ("state", "after"),
    [
        ("receiver_asked", "withdrawn"),
        ("outsider_asked", "withdrawn"),
        ("introduced", "introduced"),
    ],
)
def test_whoever_asks_is_forgotten_everywhere(here: Circle, state: str, after: str) -> None:
    made = here.at(state)
    assert erasure.forget_contact(f" {CONTACT_MAIL.upper()} ") == 1
    assert made.state == after
    assert remembered(made) == []
    assert erasure.forget_contact(CONTACT_MAIL) == 0


def test_others_stay_as_they_are(here: Circle) -> None:
    made = here.at("outsider_asked")
    assert erasure.forget_contact("somebody.else@example.com") == 0
    assert made.state == "outsider_asked"
    assert made.contact_email == CONTACT_MAIL


def test_a_leavers_contacts_go_at_once(here: Circle) -> None:
    asked = here.at("outsider_asked")
    life.member_left(here.giver.id)
    assert asked.state == "withdrawn"
    assert remembered(asked) == []


def test_what_was_not_made_is_forgotten_after_a_while(here: Circle) -> None:
    with time_machine.travel(dt.datetime(2026, 3, 2, tzinfo=dt.UTC), tick=False) as traveller:
        made = here.at("outsider_asked")
        here.outsider(made, Answer("no", way="link"))
        traveller.shift(dt.timedelta(days=29))
        clock.function(here.firm.id)
        assert made.contact_email == CONTACT_MAIL
        traveller.shift(dt.timedelta(days=2))
        clock.function(here.firm.id)
        assert remembered(made) == []
        with pytest.raises(NotFoundError):
            outsiders.by_token("")


def test_nothing_goes_on_while_a_moderator_holds_the_post_back(here: Circle) -> None:
    made = here.at("receiver_asked")
    target = here.session.get_one(Target, (here.firm.id, here.target.id))
    target.moderation = "quarantined"
    here.session.flush()
    (mail,) = here.mails("receiver-asked")
    assert "moderator" in joins.questions_still_stand([mail])[0]
    here.receiver_yes(made)
    assert made.state == "withdrawn"
    assert not here.mails("outsider-asked")


def test_a_held_post_is_not_asked_about_again(here: Circle) -> None:
    made = here.asked()
    later = Answer("not_now", until=(now() + dt.timedelta(days=3)).date())
    life.answer(here.act("giver"), made, "giver", later)
    target = here.session.get_one(Target, (here.firm.id, here.target.id))
    target.moderation = "quarantined"
    made.not_before = now().date() - dt.timedelta(days=1)
    here.session.flush()
    life.ask_again(made)
    assert made.state == "withdrawn"
