"""A member is erased: everything of theirs goes, and others' books stay without the name."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask
from sqlalchemy import select
from uuid_utils.compat import uuid7

from coachhub.accounts.models import Person
from coachhub.board.models import Ask
from coachhub.contacts.models import Contact
from coachhub.core import audit
from coachhub.core.access import platform
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.secrets import Encrypted
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership, Seat
from coachhub.introductions import promises, queries
from coachhub.introductions.models import Introduction
from coachhub.mail.models import FirmMail
from coachhub.moderation.operations import report
from coachhub.privacy import jobs, ledger, wishes
from coachhub.privacy.erasure import NAME, erase, pointing
from coachhub.privacy.models import Wish
from coachhub.privacy.sweep import firm_tables, readable
from fixtures_circle import CONTACT_MAIL, GIVER, Circle
from fixtures_group import Group

DESK = platform("test")


def everything_told(session: Any) -> str:
    """Return all that stands in the open firm's tables, decrypted and decoded, as one text."""
    told = []
    for table in firm_tables():
        for row in session.execute(select(table)).mappings():
            for column in table.columns:
                value = row[column.name]
                if isinstance(value, bytes) and not isinstance(column.type, Encrypted):
                    value = readable(value)
                told.append(str(value))
    people = session.scalars(select(Person))
    return "\n".join([*told, *(f"{one.name} {one.email}" for one in people)])


@pytest.fixture
def lived(circle: Circle, post: Callable[..., Any]) -> Circle:
    """Let the giver live in every room: an introduction made and thanked for, posts, a report."""
    with circle.scope():
        made = circle.at("introduced")
        promises.keep(circle.act("giver"), made)
        promises.thank(circle.act("receiver"), made, f"Thank you, {GIVER}, for the door.")
        ask = post(Ask, circle.receiver, title=f"A letter like {GIVER} wrote")
        post(Ask, circle.giver, title="Half an hour on shift rotas")
        report(circle.act("giver"), "ask", ask.id, "confidential", f"Signed {GIVER}")
    return circle


def test_nothing_says_who_it_was(lived: Circle) -> None:
    with lived.scope():
        person = lived.session.get_one(Person, lived.giver.person_id)
        address, giver_id, person_id = person.email, lived.giver.id, person.id
        before = everything_told(lived.session)
        assert GIVER in before
        assert address in before
    with lived.scope():
        erase(DESK, lived.giver)
    with lived.scope():
        after = everything_told(lived.session)
        for word in (GIVER, address):
            assert word.casefold() not in after.casefold()
        # Who was introduced said yes to it: the receiver knows them, and nothing else does.
        kept = lived.session.scalars(select(Introduction)).one()
        assert (kept.contact_email, kept.receiver_id) == (CONTACT_MAIL, lived.receiver.id)
        assert after.count(CONTACT_MAIL) == 1
        assert after.count("Contactworth") == 1
        assert audit.first_broken() is None
        assert lived.session.get(Person, person_id) is None
        husk = lived.session.scalars(select(Membership).where(Membership.id == giver_id)).one()
        assert (husk.name, husk.state, husk.person_id) == (NAME, "left", None)
        assert not lived.session.scalars(select(Contact).where(Contact.owner_id == giver_id)).all()


def test_the_other_keeps_their_book(lived: Circle, client: Any, sign_in: Any) -> None:
    with lived.scope():
        erase(DESK, lived.giver)
    with lived.scope():
        mine = queries.mine(lived.receiver.id)
        assert [(one.other.name, one.step, one.introduced_at is not None) for one in mine] == [
            (NAME, "kept", True)
        ]
        slug, introduction_id = lived.firm.slug, mine[0].id
        sign_in(client, lived.receiver)
    for page in (
        f"/f/{slug}/", f"/f/{slug}/introductions", f"/f/{slug}/introductions/{introduction_id}",
        f"/f/{slug}/your-data", f"/f/{slug}/c/{lived.cohort.slug}/board",
    ):  # fmt: skip
        answer = client.get(page, follow_redirects=True)
        assert answer.status_code == 200, page
        assert GIVER not in answer.text


def test_every_pointing_column_has_its_answer(lived: Circle) -> None:
    with lived.scope():
        giver_id = lived.giver.id
        gone = erase(DESK, lived.giver)
        lived.session.flush()
        answered = {(one.table, one.column): one for one in gone.fates}
        assert {(table.name, column.name) for table, column, _does in pointing()} <= set(answered)
        for table, column, _does in pointing():
            fate = answered[table.name, column.name]
            rows = lived.session.execute(select(table.c.id).where(column == giver_id)).all()
            assert fate.what == "kept" or not rows, fate
            assert (fate.what == "kept") == bool(fate.why)
        kept = {name for name, fate in answered.items() if fate.what == "kept"}
        assert kept == {
            ("introductions_introduction", "giver_id"),
            ("introductions_introduction", "receiver_id"),
            ("moderation_report", "reporter_id"),
        }


def test_what_names_a_membership_without_a_key_is_known(app: Flask) -> None:
    """A new such column asks for a new answer: here, in `erasure` or in a room's `ERASE`."""
    del app
    loose = {
        (table.name, column.name)
        for table in db.metadata.tables.values() or ()
        for column in table.columns
        if column.name.endswith(("membership_id", "owner_id", "member_id", "person_id"))
        and not column.info.get("points_to")
    }
    with_answer = {
        ("accounts_passkey", "person_id"),  # cascades with the person
        ("audit_entry", "actor_membership_id"),  # the id of a nameless membership
        ("firms_membership", "person_id"),  # emptied
        ("firms_seat", "person_id"),  # deleted
        ("introductions_book_change", "owner_id"),  # deleted by the room
        ("mail_firm_mail", "membership_id"),  # the mail is emptied
        ("mail_thread", "membership_id"),  # deleted
    }
    assert loose <= with_answer


def test_somebody_called_the_same_keeps_their_name(
    group: Group, make_member: Callable[..., Membership]
) -> None:
    twin = make_member("Ada Osei")
    with scope(group.firm.id):
        audit.record(group.actor("ida"), "member.note_sent", kind="membership", label="Ada Osei")
        erase(DESK, group.people["ada"])
        assert group.session.scalar(select(Membership.name).where(Membership.id == twin.id)) == (
            "Ada Osei"
        )
        assert audit.first_broken() is None


def test_whoever_is_in_another_firm_keeps_the_account(
    group: Group, make_firm: Callable[..., Any]
) -> None:
    other = make_firm()
    person_id = group.people["ada"].person_id
    group.session.add(Seat(firm_id=other.id, person_id=person_id))
    group.session.flush()
    with scope(group.firm.id):
        erase(DESK, group.people["ada"])
    assert group.session.get(Person, person_id) is not None


def test_a_wish_can_be_taken_back_and_is_done_within_a_day(group: Group) -> None:
    base = f"/f/{group.firm.slug}/your-data"
    ada, firm_id = group.client("ada"), group.firm.id
    assert "twelve hours" in ada.get(f"{base}/erase").text
    wrong = ada.post(f"{base}/erase", data={"name": "Ada"})
    assert wrong.status_code == 422
    assert "Ada Osei" in wrong.text
    assert ada.post(f"{base}/erase", data={"name": "ada  osei"}).status_code == 303
    assert "Keep everything" in ada.get(base).text
    jobs.ERASE_DUE.run(firm_id)
    assert ada.get(base).status_code == 200
    assert ada.post(f"{base}/keep").status_code == 303
    assert ada.post(f"{base}/keep").status_code == 404
    ada.post(f"{base}/erase", data={"name": "Ada Osei", "sent_once": "x"})
    with time_machine.travel(now() + dt.timedelta(hours=13), tick=False):
        jobs.ERASE_DUE.run(firm_id)
    assert ada.get(base).status_code in {302, 404}
    with scope(firm_id):
        assert not group.session.scalars(select(Wish)).all()
        assert "Ada Osei" not in everything_told(group.session)
        entry = audit.entries(action="member.erased")[0]
        assert entry.subject_label == ""


def test_the_wish_is_told_by_mail_and_an_admin_may_ask_for_a_member(
    group: Group, make_member: Callable[..., Membership], sign_in: Any
) -> None:
    admin = make_member("Max Admin", role="admin")
    desk = group.clients()
    with scope(group.firm.id):
        sign_in(desk, admin)
        page = f"/f/{group.firm.slug}/console/people/{group.people['ada'].id}"
    assert "at their request" in desk.get(page).text
    assert desk.post(f"{page}/erase", data={"name": "Ada Osei"}).status_code == 303
    assert group.client("ben").get(f"{page}/erase").status_code == 403
    with scope(group.firm.id):
        mail = group.session.scalars(select(FirmMail).where(FirmMail.kind == "erasing")).one()
        assert "in your name" in readable(mail.raw)
        assert group.session.scalars(select(Wish)).one().asked_by == "admin"
    assert desk.post(f"{page}/keep").status_code == 303


def test_nobody_is_erased_at_anybodys_wish_but_their_own_and_an_admins(group: Group) -> None:
    with scope(group.firm.id):
        ada = group.people["ada"]
        for who in ("ben", "ida"):
            with pytest.raises(NotFoundError):
                wishes.ask(group.actor(who), ada, ada.name)
        assert wishes.wish_of(ada) is None
        assert wishes.ask(group.actor("ada"), ada, ada.name).asked_by == "member"
        for who in ("ben", "ida"):
            with pytest.raises(NotFoundError):
                wishes.take_back(group.actor(who), ada)
        assert wishes.wish_of(ada) is not None


def test_whoever_was_erased_cannot_be_erased_again(
    group: Group, make_member: Callable[..., Membership]
) -> None:
    group.people["max"] = make_member("Max Admin", role="admin")
    desk = group.client("max")
    ada_id = group.id("ada")
    path = f"/f/{group.firm.slug}/console/people/{ada_id}/erase"
    assert desk.get(path).status_code == 200
    with scope(group.firm.id):
        ada = group.session.get_one(Membership, (group.firm.id, ada_id))
        erase(DESK, ada)
        group.session.commit()
        for typed in (ada.name, "Ada Osei"):
            with pytest.raises(NotFoundError):
                wishes.ask(group.actor("ada"), ada, typed)
    assert desk.get(path).status_code == 404
    assert desk.post(path, data={"name": "Ada Osei"}).status_code == 404


def test_a_firm_keeps_its_last_admin(group: Group, make_member: Callable[..., Membership]) -> None:
    admin = make_member("Max Admin", role="admin")
    with scope(group.firm.id), pytest.raises(DomainError, match="at least one admin"):
        wishes.ask(DESK.__class__("Max", membership_id=admin.id), admin, "Max Admin")


def test_it_stands_in_the_ledger_by_hash_alone(group: Group) -> None:
    with scope(group.firm.id):
        member_id = group.people["ada"].id
        erase(DESK, group.people["ada"])
        assert ledger.holds("membership", str(member_id))
        assert not ledger.holds("membership", str(uuid7()))
