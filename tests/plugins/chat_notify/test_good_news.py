"""What a channel hears of people: that somebody came, met or got on; never who, never at once."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
import time_machine
from sqlalchemy import select, update

from coachhub.cohorts.models import Enrolment
from coachhub.cohorts.operations import enrol
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.introductions.hooks import INTRODUCED, OUTCOME_REPORTED
from coachhub.introductions.models import Introduction
from coachhub_chat_notify.jobs import deliver
from plugins.chat_notify.conftest import DESK, Group
from plugins.chat_notify.service import Service

NEWS = ["joined", "introduced", "outcome"]


def said(group: Group, service: Service, after: dt.timedelta) -> str:
    with time_machine.travel(now() + after, tick=False):
        for post in group.posts():
            with group.client.application.app_context():
                deliver.run(group.firm.id, str(post.id))
    return str([sent for _path, sent in service.sent])


@pytest.fixture
def met(
    group: Group,
    make_member: Callable[..., Membership],
    make_introduction: Callable[..., Introduction],
) -> Introduction:
    giver = make_member("Gerda Quackenbush", cohorts=(group.cohort,))
    return make_introduction(giver, group.ada, group.cohort, state="introduced")


def test_an_introduction_is_told_hours_later_without_names(
    group: Group, service: Service, met: Introduction
) -> None:
    group.channel(service.address(), events=NEWS)
    with scope(group.firm.id):
        INTRODUCED.call(met)
        INTRODUCED.call(met)
        group.session.commit()
    assert said(group, service, dt.timedelta(hours=1)) == "[]"
    text = said(group, service, dt.timedelta(hours=4))
    assert len(service.sent) == 1
    assert "An introduction was made" in text
    assert "Quackenbush" not in text
    assert "Ada" not in text


@pytest.mark.parametrize(
    ("kind", "words"),
    [("interview", "led to an interview"), ("offer", "led to an offer"), ("nothing_yet", "")],
)
def test_only_good_outcomes_are_told(
    group: Group, service: Service, met: Introduction, kind: str, words: str
) -> None:
    del met
    group.channel(service.address(), events=NEWS)
    with scope(group.firm.id):
        told = {"outcome_kind": kind, "outcome": "They liked Quackenbush", "outcome_at": now()}
        group.session.execute(update(Introduction).values(**told))
        OUTCOME_REPORTED.call(group.session.scalars(select(Introduction)).one())
        group.session.commit()
    text = said(group, service, dt.timedelta(hours=4))
    assert (words in text) if words else (text == "[]")
    assert "Quackenbush" not in text


def test_an_introduction_that_was_stopped_meanwhile_is_not_told(
    group: Group, service: Service, met: Introduction
) -> None:
    group.channel(service.address(), events=NEWS)
    with scope(group.firm.id):
        INTRODUCED.call(met)
        group.session.execute(update(Introduction).values(state="stopped"))
        group.session.commit()
    assert said(group, service, dt.timedelta(hours=4)) == "[]"


@pytest.mark.parametrize("stays", [True, False])
def test_somebody_new_is_told_if_they_are_still_there(
    group: Group, service: Service, make_member: Callable[..., Membership], stays: bool
) -> None:
    group.channel(service.address(), events=NEWS)
    with scope(group.firm.id):
        enrol(DESK, group.cohort, make_member("Nils Newcomer"))
        if not stays:
            group.session.execute(update(Enrolment).values(state="ended"))
        group.session.commit()
    text = said(group, service, dt.timedelta(hours=4))
    assert ("Somebody new is in the group" in text) == stays
    assert "Nils" not in text
