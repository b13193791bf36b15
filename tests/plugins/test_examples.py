"""Every hook has an example in `plugins/examples.md`, and every one of them works."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from flask import Flask
from sqlalchemy.orm import Session
from uuid_utils.compat import uuid7

from coachhub.board.models import Ask
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.hooks import HOOKS, ROOMS
from coachhub.core.plugins import Plugin, registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Invitation, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub.introductions.matching.match import Match
from coachhub.introductions.models import Introduction, Round
from coachhub.mail.models import FirmMail
from coachhub.moderation.hooks import Draft
from coachhub.permissions import Standing

PAGE = Path(__file__).parents[2] / "plugins" / "examples.md"
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE.read_text(), flags=re.DOTALL)
FOR_PLUGINS = sorted(hook.name for hook in HOOKS.values() if not hook.between_rooms)


@pytest.fixture(scope="module")
def examples() -> dict[str, Any]:
    """Return what the page defines, by name."""
    told: dict[str, Any] = {}
    for block in BLOCKS:
        exec(compile(block, str(PAGE), "exec"), told)  # noqa: S102 - our own page is what is tested
    return told


@pytest.fixture
def given(
    session: Session,
    firm: Firm,
    make_cohort: Callable[..., Cohort],
    make_member: Callable[..., Membership],
) -> dict[str, Any]:
    """Return something of each type that hooks hand over, by the type's name."""
    cohort = make_cohort("Spring")
    member = make_member(
        "Ada", cohorts=(cohort,), interests="Rivers", profile_url="https://example.org/ada"
    )
    with scope(firm.id):
        actor = Actor(
            label="Max",
            membership_id=make_member("Max").id,
            standings=frozenset({Standing.MEMBER, Standing.COHORT_MEMBER}),
        )
        enrolment = session.query(Enrolment).filter_by(membership_id=member.id).one()
        post = Ask(cohort_id=cohort.id, owner_id=member.id, kind="skill", title="Hear my pitch")
        introduction = Introduction(
            giver_id=member.id, receiver_id=member.id, thanks="Yes", outcome_kind="interview"
        )
        match = Match("k", member.id, member.id, "ask", uuid7(), "offer", uuid7(), uuid7(), 1, "R")
        for row in (post, introduction):
            row.id, row.firm_id = uuid7(), firm.id
        return {
            "Actor": actor,
            "Change": "closed",
            "Cohort": cohort,
            "Draft": Draft("offer", member.id, {"title": "How the butler did it"}),
            "Enrolment": enrolment,
            "FirmMail": FirmMail(kind="books-lent"),
            "Introduction": introduction,
            "Invitation": Invitation(email="ada@example.org"),
            "Membership": member,
            "Post": post,
            "Round": Round(number=1, firm_id=firm.id),
            "Sequence[Match]": [match],
            "Sequence[str]": ["Shell"],
            "UUID": member.id,
            "UUID | None": None,
            "dt.datetime": now(),
            "str": "books",
        }


@pytest.mark.parametrize("name", FOR_PLUGINS)
def test_its_example_works(
    app: Flask,
    session: Session,
    firm: Firm,
    examples: dict[str, Any],
    given: dict[str, Any],
    monkeypatch: pytest.MonkeyPatch,
    name: str,
) -> None:
    hook, function = HOOKS[name], examples[name]
    wanted = [str(one.annotation) for one in inspect.signature(function).parameters.values()]
    if name == "reportable":
        given["str"] = "books_interests"
    failed: list[str] = []
    monkeypatch.setattr(registry(), "report", lambda *told: failed.append(str(told)))
    example = Plugin("books", "Books", "1", on={hook: function})
    monkeypatch.setitem(registry().plugins, "books", example)
    monkeypatch.setitem(ROOMS, name, [])
    with scope(firm.id), app.test_request_context(f"/f/{firm.slug}/"):
        enable_plugin(Actor(label="Test"), example)
        [answer] = hook.call(*[given[one] for one in wanted])
        if hook.gives:
            assert answer
        session.rollback()
    assert failed == []


def test_the_page_shows_each_hook_once(examples: dict[str, Any]) -> None:
    shown = [name for name, one in examples.items() if inspect.isfunction(one) and name in HOOKS]
    assert sorted(shown) == FOR_PLUGINS
    assert len(re.findall(r"^def ", "".join(BLOCKS), flags=re.MULTILINE)) == len(FOR_PLUGINS)
