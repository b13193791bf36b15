"""Introductions to test with, brought to any point of their life by legal steps."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.cohorts.models import Cohort
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.introductions.models import Consent, Introduction
from coachhub.introductions.steps import sides

_ASKED = ("giver_asked", "receiver_asked", "outsider_asked")


@pytest.fixture
def make_introduction(session: Session) -> Callable[..., Introduction]:
    """Make an introduction in `state`, with the consents that belong to it; no mails are written.

    The database lets none begin anywhere but as proposed, so this walks there.
    """

    def make(
        giver: Membership,
        receiver: Membership,
        cohort: Cohort,
        *,
        state: str = "proposed",
        **columns: Any,
    ) -> Introduction:
        given = {
            "need": "target",
            "need_id": uuid7(),
            "asset": "offer",
            "reason": "They fit.",
            "key": str(uuid7()),
            "state_since": now(),
        } | columns
        with scope(cohort.firm_id):
            made = Introduction(
                cohort_id=cohort.id, giver_id=giver.id, receiver_id=receiver.id, **given
            )
            session.add(made)
            session.flush()
            for step in _way_to(made, state):
                _walk(session, made, step)
            session.refresh(made)
        return made

    return make


def _way_to(introduction: Introduction, state: str) -> list[str]:
    asked = [f"{side}_asked" for side in sides(introduction)]
    if state == "proposed":
        return []
    if state in asked:
        return asked[: asked.index(state) + 1]
    if state == "introduced":
        return [*asked, "introduced"]
    if state in {"kept", "let_go"}:
        return [*asked, "introduced", state]
    return [asked[0], state]


def _walk(session: Session, introduction: Introduction, state: str) -> None:
    moment = now()
    before = introduction.state
    if before in _ASKED:
        word = {"declined": "no", "not_now": "not_now"}.get(state, "yes")
        if state not in {"expired", "withdrawn", "stopped"}:
            side = before.removesuffix("_asked")
            session.add(
                Consent(introduction_id=introduction.id, side=side, answer=word, way="page")
            )
            session.flush()
    introduction.state = state
    introduction.state_since = moment
    if state in {"giver_asked", "receiver_asked"}:
        setattr(introduction, f"{state}_at", moment)
    if state == "introduced":
        introduction.introduced_at = moment
        introduction.due_on = introduction.due_on or moment.date() + dt.timedelta(days=7)
    if state == "not_now":
        introduction.not_before = introduction.not_before or moment.date() + dt.timedelta(days=7)
    if state == "kept":
        introduction.kept_at = moment
    session.flush()
