"""A hundred people report one text: one case, one decision, and each of them hears of it once."""

from __future__ import annotations

import os
import random
import re
import signal
import threading
from collections.abc import Callable
from email import message_from_bytes
from email.policy import default
from typing import Any
from uuid import UUID

import time_machine
from sqlalchemy import func, select

from coachhub.core.db import db, now
from coachhub.core.jobs import JOBS
from coachhub.core.tenancy import scope
from coachhub.firms.joins import members_are_here
from coachhub.mail.models import FirmMail
from coachhub.moderation import operations, queries
from coachhub.moderation.models import Decision, Notice
from coachhub.moderation.operations import UNDO
from mail.crash import fork
from moderation.crowd import Crowd
from moderation.scene import Scene, penalty, ruling

FEW = (("REPORTERS", "30"), ("KILLS", "6"))
# `make soak-moderation`: 100 reporters, 20 kills.
REPORTERS, KILLS = (int(os.environ.get(f"MODERATION_{what}", few)) for what, few in FEW)
TELL = JOBS["moderation.tell"]


def test_each_reporter_hears_once_however_often_the_worker_is_killed(crowd: Crowd) -> None:
    case_id = crowd.reported(REPORTERS)
    [moderator] = crowd.moderators(1)
    here(crowd, lambda: _one_row_then_decide(moderator, case_id))
    chance = random.Random(7)  # noqa: S311 - no secret
    killed = 0
    while killed < KILLS:
        assert here(crowd, _untold) > 0, f"All told after {killed} kills."
        child = fork(lambda: _tell(crowd))
        threading.Event().wait(chance.uniform(0.01, 0.25))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        killed += 1
    workers = [fork(lambda: _tell(crowd)) for _worker in range(2)]
    for worker in workers:
        os.waitpid(worker, 0)
    _tell(crowd)  # and once more
    assert here(crowd, _untold) == 0
    told = here(crowd, lambda: _letters("case-reporter"))
    assert (len(told), len(set(told))) == (REPORTERS, REPORTERS)
    assert len(here(crowd, lambda: _letters("case-author"))) == 1


def here(crowd: Crowd, look: Callable[[], Any]) -> Any:
    """Do something in the firm, and leave no connection open for a child to inherit."""
    with crowd.app.app_context():
        with scope(crowd.firm_id):
            found = look()
            db.session.commit()
        db.session.remove()
        db.engine.dispose()
    return found


def _tell(crowd: Crowd) -> None:
    with crowd.app.app_context():
        TELL.run(crowd.firm_id)
        db.session.remove()
        db.engine.dispose()


def _one_row_then_decide(moderator: Any, case_id: UUID) -> None:
    [line] = queries.queue(None)
    assert (line.case.id, line.reports) == (case_id, REPORTERS)
    made = operations.decide(moderator, line.case, line.case.version, ruling("removed"))
    made.undo_until = now()
    db.session.query(Notice).update({"due_at": now()})
    assert db.session.scalar(select(func.count()).select_from(Decision)) == 1


def _untold() -> int:
    query = select(func.count()).select_from(Notice).where(Notice.told_at.is_(None))
    return db.session.scalar(query) or 0


def _letters(kind: str) -> list[UUID]:
    return list(db.session.scalars(select(FirmMail.membership_id).where(FirmMail.kind == kind)))


def mails(scene: Scene, kind: str) -> list[FirmMail]:
    query = select(FirmMail).where(FirmMail.kind == kind).order_by(FirmMail.id)
    return list(scene.group.session.scalars(query))


def test_nobody_is_told_before_it_can_no_longer_be_undone(scene: Scene) -> None:
    case = scene.report()
    scene.decide(case)
    scene.tell()
    assert [mail.kind for mail in scene.group.session.scalars(select(FirmMail))] == ["case-held"]
    with time_machine.travel(now() + UNDO, tick=False):
        scene.tell()
        scene.tell()
    assert len(mails(scene, "case-author")) == len(mails(scene, "case-reporter")) == 1


def test_who_reported_is_told_of_the_decision_that_stands(scene: Scene) -> None:
    case = scene.report()
    scene.decide(case)
    operations.undo(scene.actor("ida"), case)
    scene.decide(case, "none")
    with time_machine.travel(now() + UNDO, tick=False):
        scene.tell()
    [mail] = mails(scene, "case-reporter")
    assert b"keeps the" in mail.raw
    assert mails(scene, "case-author") == []
    assert len(mails(scene, "case-restored")) == 1


def test_the_author_hears_of_the_second_look_and_reporters_do_not(scene: Scene) -> None:
    case = scene.report()
    decision = scene.decide(case)
    with time_machine.travel(now() + UNDO, tick=False):
        scene.tell()
        scene.answer(scene.appeal(decision), "overturned")
        scene.tell()
    [mail] = mails(scene, "case-appeal")
    assert b"taken back" in mail.raw
    assert len(mails(scene, "case-restored")) == 1
    assert len(mails(scene, "case-reporter")) == 1


def test_whom_the_firm_is_closed_to_asks_for_a_second_look_by_a_link(scene: Scene) -> None:
    session, ada = scene.group.session, scene.group.id("ada")
    case = scene.report()
    scene.decide(case, penalties=(penalty("suspended", 30),))
    with time_machine.travel(now() + UNDO, tick=False):
        scene.tell()
        [mail] = mails(scene, "case-author")
        assert members_are_here([mail]) == [""]
        text = message_from_bytes(mail.raw, policy=default).get_body(("plain",)).get_content()
        link = re.search(r"http://hub.example.org(/f/\S+/second-look/\S+)", text)
        assert link is not None, text
        session.commit()
        stranger = scene.group.clients()
        page = stranger.get(link[1])
        assert page.status_code == 200
        assert "The firm is closed to you until" in page.text
        assert "Ida" not in page.text
        assert stranger.post(link[1], data={"text": ""}).status_code == 422
        assert stranger.post(link[1], data={"text": "It was a joke."}).status_code == 303
        [line] = queries.appeals_waiting(None)
        assert (line.appeal.text, line.appeal.author_id) == ("It was a joke.", ada)
        assert "It was a joke." in stranger.get(link[1]).text
        assert stranger.get(link[1][:-3] + "xyz").status_code == 404
        scene.answer(line.appeal, "overturned")
        assert scene.standing("ada") == "active"
