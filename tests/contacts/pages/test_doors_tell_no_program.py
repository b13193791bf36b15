"""Whose door it is shows no more to a program or in a mail than on a page.

As in `test_doors_tell_nobody`, everything is read twice, with nothing changed but the secret.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import event
from sqlalchemy.orm import Session

from coachhub.api.rest import ROUTES
from coachhub.core.db import db, now
from coachhub.core.tenancy import scope
from coachhub.digests.letters import digest_letter
from coachhub.digests.news import Sitting
from coachhub.digests.readers import Due, readers_of
from coachhub.digests.sections import content_for
from coachhub.firms.models import Firm, Membership
from coachhub.mail.outbox import composed
from contacts.pages.doors import COMPANY, SECRETS, House, hand_on, secret
from fixtures_api import Caller

ASKED = ("", "?q=Zebulon", "?a=Zebulon&b=Quillfeather")
CALLERS = ("member", "witness", "coach", "admin", "sibling", "foreign", "firm", "nobody")
READERS = ("member", "witness", "coach", "admin", "sibling", "foreign")
WHEN = re.compile(r"(?m)^(Date|Message-ID): .*$")


def person(house: House, side: str) -> Membership | None:
    return house.witness if side == "witness" else house.people.get(side)


def answers(house: House, caller: Caller) -> dict[str, tuple[Any, ...]]:
    """Each thing that can be read with what is known: what is said, and how much it asked."""
    sent = [0]

    def count(*_: object) -> None:
        sent[0] += 1

    with caller.app.app_context():
        engine = db.engine
    known = house.values | {"cohort_id": house.cohort_id, "post_id": house.values["target_id"]}
    found = {}
    for made in ROUTES:
        if made.method != "GET" or not set(made.arguments) <= set(known):
            continue
        address = made.address.format(**known)
        for asked in ASKED:
            sent[0] = 0
            event.listen(engine, "before_cursor_execute", count)
            try:
                answer = caller.get(address + asked)
            finally:
                event.remove(engine, "before_cursor_execute", count)
            text = re.sub(r'"(incident|instance)": *"[^"]*"', "", answer.text)
            length = answer.headers["Content-Length"]
            found[address + asked] = (answer.status_code, text, length, sent[0])
    return found


@pytest.mark.parametrize("side", CALLERS)
def test_the_api_tells_nobody_whose_contact_it_is(
    session: Session,
    firm: Firm,
    house: Callable[[int], House],
    make_caller: Callable[..., Caller],
    side: str,
) -> None:
    made = house(6)
    caller = make_caller(firm if side == "firm" else person(made, side))
    answers(made, caller)
    before = answers(made, caller)
    assert len(before) >= 3 * 20
    hand_on(made, session)
    after = answers(made, caller)
    assert [one for one in before if before[one] != after[one]] == []
    assert not any(word in text for _, text, *_ in before.values() for word in SECRETS[1:])
    if side == "member":
        assert any(COMPANY in text and "door" in text for _, text, *_ in before.values())


def digest(app: Flask, house: House, side: str) -> str:
    """Return somebody's digest of today as it would leave."""
    who, secret_key = person(house, side), app.config["SECRET_KEY"]
    with app.app_context(), scope(who.firm_id):
        [reader] = readers_of([Due(db.session.merge(who), now().date())], secret_key)
        sitting = Sitting()
        mail = composed(digest_letter(reader, content_for(reader, sitting), secret_key, sitting))
        db.session.rollback()
        return WHEN.sub("", mail.text + mail.html)


@pytest.mark.parametrize("side", READERS)
def test_no_digest_tells_whose_contact_it_is(
    app: Flask, session: Session, house: Callable[[int], House], side: str
) -> None:
    made = house(6)
    before = digest(app, made, side)
    assert before
    hand_on(made, session)
    assert digest(app, made, side) == before
    assert not any(word in before for word in SECRETS)


def test_nothing_of_a_small_cohort_shows_how_many(
    app: Flask,
    session: Session,
    house: Callable[[int], House],
    make_caller: Callable[..., Caller],
) -> None:
    made = house(4)
    caller = make_caller(made.people["member"])
    answers(made, caller)
    before, read = digest(app, made, "member"), answers(made, caller)
    assert COMPANY in before
    assert "door" in before
    with scope(made.firm_id):
        session.add(secret(made.owner_ids[1], made.values["company_id"]))
        session.commit()
    assert digest(app, made, "member") == before
    assert answers(made, caller) == read
