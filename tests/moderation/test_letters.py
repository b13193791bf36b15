"""What an author is told: every rule with every effect, and all of what must be said."""

from __future__ import annotations

import html
from email import message_from_bytes
from email.policy import default
from itertools import product

import pytest
import time_machine
from flask import current_app
from sqlalchemy import select
from uuid_utils.compat import uuid7

from coachhub.core.db import now
from coachhub.core.words import day
from coachhub.firms import operations as firms
from coachhub.mail.models import FirmMail
from coachhub.moderation import letters, queries, wording
from coachhub.moderation.models import EFFECTS, PENALTIES, Decision
from coachhub.moderation.operations import UNDO, tell_due
from coachhub.moderation.rules import RULES
from moderation.scene import PASSAGE, Scene, penalty

FOLLOWING = [effect for effect in EFFECTS if effect != "none"]
MESSAGE = "Please leave the bank out of it."


def test_every_reason_says_all_of_it(scene: Scene) -> None:
    """Rule, passage, how to mend it, whether a machine did it, what follows, how to appeal."""
    case, ada = scene.report(), firms.membership_of(scene.group.id("ada"))
    assert ada is not None
    common = {
        "firm": scene.group.firm,
        "name": "Ada",
        "label": "the offer",
        "url": "",
        "case": case,
    }
    template = current_app.jinja_env.get_template("letters/case-author/body.txt")
    for rule, effect, by_machine in product(RULES, FOLLOWING, (False, True)):
        decision = Decision(
            id=uuid7(),
            outcome="upheld",
            rule=rule.code,
            effect=effect,
            passage=PASSAGE,
            message=MESSAGE,
            by_machine=by_machine,
        )
        context = common | letters.facts_of(case, decision, ada)
        told = " ".join(template.render(context).split())
        who = "a machine" if by_machine else "Firm moderator"
        for words in (
            rule.title,
            rule.meaning,
            rule.advice,
            f"> {PASSAGE}",
            MESSAGE,
            wording.FOLLOWS[effect],
            "no person has looked at it" if by_machine else "A person decided this, no machine.",
            "ask for a second look within 180 days",
            "Somebody else decides then",
            f"{who} ({wording.ref(decision.id)})",
            "/my-texts",
        ):
            assert words in told, (rule.code, effect, words)
        if effect == "message":
            assert "no strike" in told


@pytest.mark.parametrize("kind", PENALTIES)
def test_what_else_follows_is_said_with_its_day(scene: Scene, kind: str) -> None:
    scene.decided("removed", strike=True, penalties=(penalty(kind, 5),))
    [given] = queries.penalties_of(scene.group.id("ada"))
    [strike] = queries.strikes_of(scene.group.id("ada"))
    told = letter(scene)
    assert "Ida" not in told
    assert "Ben" not in told
    assert day(given.ends_at) in told
    assert f"remembered as a strike until {day(strike.expires_at)}" in told


def letter(scene: Scene) -> str:
    """Return the author's letter about the decision, in one line, after its ten minutes."""
    with time_machine.travel(now() + UNDO, tick=False):
        tell_due()
    mail = scene.group.session.scalars(
        select(FirmMail).where(FirmMail.kind == "case-author").order_by(FirmMail.id.desc())
    ).first()
    assert mail is not None
    message = message_from_bytes(mail.raw, policy=default)
    said = {}
    for form in ("plain", "html"):
        part = message.get_body((form,))
        assert part is not None
        said[form] = " ".join(part.get_content().split())
    assert html.escape(MESSAGE, quote=False) in said["html"] or MESSAGE not in said["plain"]
    return said["plain"]
