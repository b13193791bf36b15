"""Whose door it is, and to whom it leads, shows nowhere: every page, from every side.

The same pages are read twice, with nothing changed but the secret (whose contact it is, how many
know somebody in a small cohort): whatever differs tells it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session
from werkzeug.routing import Rule

from coachhub.core.db import db
from coachhub.core.tenancy import scope
from contacts.pages.doors import COMPANY, SECRETS, SIDES, House, hand_on, secret

ASKED = ("", "?q=Zebulon&sort=doors&strength=3&page=1")
INSIDE = (
    frozenset({"member"}) if not os.environ.get("LONG") else frozenset({"member", "coach", "admin"})
)
# A coach who plans a round sees who could give to whom, since that is the plan.
PLANS = re.compile(r"/rounds(/|\?|$)")
# What is new in every answer: tokens, nonces, and how long ago something was.
CHANGING = re.compile(
    r'name="csrf_token"[^>]*value="[^"]*"|value="[^"]*"[^>]*name="csrf_token"|nonce="?[^"\s]*"?'
    r'|name="sent_once" value="[^"]*"|content="[\w.-]{60,}"'
    r'|X-CSRFToken[^}]*|_csrf=[^&"]*|\d+ (?:second|minute)s?'
)


def differences(before: dict[str, Any], after: dict[str, Any]) -> list[str]:
    """What tells the two readings apart: the address and the first words that differ."""
    found = []
    for address, (status, text, _) in before.items():
        status_now, text_now, _ = after[address]
        if (status, text) == (status_now, text_now):
            continue
        at = next((n for n, (a, b) in enumerate(zip(text, text_now, strict=False)) if a != b), 0)
        here = slice(max(at - 60, 0), at + 100)
        found.append(f"{address}: {status} {text[here]!r} | {status_now} {text_now[here]!r}")
    return found


def addresses(app: Flask, house: House, side: str) -> Iterator[str]:
    """Every page of the firm that can be asked for with what is known, plain and searched.

    A member searches, too; `make soak-long` has coach and admin search as well.
    """
    known = {"firm": house.firm, "cohort": house.cohort} | house.values
    rules: list[Rule] = [
        rule
        for rule in app.url_map.iter_rules()
        if "GET" in (rule.methods or ())
        and "firm" in rule.arguments
        and rule.arguments <= set(known)
    ]
    assert len(rules) >= 30
    urls = app.url_map.bind("localhost")
    for rule in sorted(rules, key=lambda one: one.endpoint):
        built = urls.build(rule.endpoint, {name: known[name] for name in rule.arguments})
        searched = side in INSIDE and "company_id" not in rule.arguments
        wanted = ASKED if searched else ASKED[:1]
        yield from (built + asked for asked in wanted)


def read(app: Flask, house: House, side: str) -> dict[str, tuple[int, str, int]]:
    """Each page as one side sees it: the status, the text, and how much the database was asked.

    -1 where the answer also carried the session on, which happens now and then.
    """
    sent = [0]

    def count(*_: object) -> None:
        sent[0] += 1

    with app.app_context():
        engine = db.engine
    event.listen(engine, "before_cursor_execute", count)
    found = {}
    try:
        for address in addresses(app, house, side):
            sent[0] = 0
            answer = house.clients[side].get(address)
            headers = sorted(set(answer.headers.keys()) - {"Set-Cookie"})
            text = CHANGING.sub("", answer.text + str(headers))
            asked = -1 if "Set-Cookie" in answer.headers else sent[0]
            found[address] = (answer.status_code, text, asked)
    finally:
        event.remove(engine, "before_cursor_execute", count)
    return found


@pytest.mark.parametrize("side", SIDES)
def test_whose_contact_it_is_changes_nothing(
    app: Flask, session: Session, house: Callable[[int], House], side: str
) -> None:
    made = house(6)
    read(app, made, side)  # what is new at the first visit is not new at the second
    before = read(app, made, side)
    hand_on(made, session)
    after = read(app, made, side)
    for address, answer in before.items():
        text = answer[1].replace("q=Zebulon", "").replace('value="Zebulon"', "")
        assert not any(word in text for word in SECRETS if word != "Zebulon"), address
        assert "Zebulon Q" not in text, address
    if side == "coach":
        before = {
            address: answer for address, answer in before.items() if not PLANS.search(address)
        }
    assert differences(before, after) == []
    # Nor does the work behind a page tell it, which is what its time would show.
    for address, (*_, asked) in before.items():
        if -1 not in {asked, after[address][2]}:
            assert asked == after[address][2], address
    if side in {"member", "coach"}:
        assert any("door" in text and COMPANY in text for _, text, _ in before.values())


@pytest.mark.parametrize("side", ["member", "coach"])
def test_a_small_cohort_never_shows_how_many(
    app: Flask, session: Session, house: Callable[[int], House], side: str
) -> None:
    made = house(4)
    read(app, made, side)
    before = read(app, made, side)
    with scope(made.firm_id):
        session.add(secret(made.owner_ids[1], made.values["company_id"]))
        session.commit()
    after = read(app, made, side)
    if side == "coach":
        before = {
            address: answer for address, answer in before.items() if not PLANS.search(address)
        }
    assert differences(before, after) == []
