"""A member's page: who looked at their details, by role and time, and never by name."""

from __future__ import annotations

import datetime as dt

import time_machine

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.permissions import Standing
from fixtures_circle import Circle
from fixtures_group import Group


def looked(group: Group) -> None:
    ada = group.people["ada"]
    with scope(group.firm.id):
        audit.seen(group.actor("ida"), "private_note", kind="membership", whose=[ada.id])
        staff = Actor("Stella Staff", standings=frozenset({Standing.STAFF}))
        audit.seen(staff, "break_glass", kind="firm", whose=[ada.id], reason="A lost address book")
        with time_machine.travel(now() - dt.timedelta(days=40), tick=False):
            audit.seen(group.actor("ida"), "reporter", kind="case", whose=[ada.id])
        group.session.commit()


def test_it_tells_roles_and_never_names(group: Group) -> None:
    looked(group)
    page = group.client("ada").get(f"/f/{group.firm.slug}/your-data/who-looked").text
    for told in ("A coach", "A private note", "desk", "A lost address book", "you had reported"):
        assert told in page
    assert "Ida Coach" not in page
    assert "Stella" not in page
    empty = group.client("ben").get(f"/f/{group.firm.slug}/your-data/who-looked").text
    assert "Nobody has looked" in empty


def test_it_is_searched_by_time(group: Group) -> None:
    looked(group)
    ada, base = group.client("ada"), f"/f/{group.firm.slug}/your-data/who-looked"
    since = (now() - dt.timedelta(days=7)).date().isoformat()
    recent = ada.get(f"{base}?since={since}").text
    assert "A private note" in recent
    assert "you had reported" not in recent
    older = ada.get(f"{base}?until={since}").text
    assert "you had reported" in older
    assert "A private note" not in older
    assert ada.get(f"{base}?since=whenever").status_code == 422


def test_each_showing_of_an_introduction_is_one_row_for_the_other(circle: Circle) -> None:
    with circle.scope():
        made = circle.at("introduced", "insider")
        before = len(circle.session.scalars(audit.readings_of(circle.giver.id)).all())
        assert before >= 1  # the mail to the receiver names the giver
        entry = audit.entries(action="contact.shown")[0]
        assert entry.subject_id == made.id
        assert str(circle.giver.id) in entry.details["whose"] or entry.details["to"] == "giver"
