"""Gifts and thanks: for the writer, for who is thanked, for nobody else."""

from __future__ import annotations

import email
import email.policy
import html
import re
from collections.abc import Callable
from dataclasses import dataclass
from email.message import EmailMessage
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select
from sqlalchemy.orm import Session

from coachhub.cohorts.models import Cohort
from coachhub.contacts.models import Contact
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.firms.plugins import enable_plugin
from coachhub.introductions.hooks import PROMISE_KEPT, THANKED
from coachhub.introductions.models import Introduction
from coachhub.mail.hooks import INBOUND
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import suppress, suppressed
from coachhub.moderation.hooks import find_reportable
from coachhub_gifts import joins
from coachhub_gifts.letters import LEAVE
from coachhub_gifts.models import Given, Note

DESK = Actor(label="Test")
THANKS = {
    "name": "Otto Carr",
    "words": "You called <b>them</b>.\nIt worked.",
    "gift": "Half a loaf",
}
OUTSIDE = "planner@example.com"


@dataclass
class Group:
    """Two members of a group and somebody who is in none; a contact of the first."""

    url: str
    session: Session
    firm_id: UUID
    ana: FlaskClient
    otto: FlaskClient
    stranger: FlaskClient
    people: dict[str, UUID]
    cohort_id: UUID
    contact_id: UUID

    def kept(self, make_introduction: Callable[..., Introduction]) -> None:
        """Let Otto make an introduction for Ana, and keep its promise."""
        with scope(self.firm_id):
            cohort = self.session.get_one(Cohort, (self.firm_id, self.cohort_id))
            otto, ana = (
                self.session.get_one(Membership, (self.firm_id, self.people[who]))
                for who in ("otto", "ana")
            )
            make_introduction(otto, ana, cohort, state="kept", promise="I write to them")
            self.session.commit()

    def write(self, whom: str = "", **typed: str) -> str:
        """Write a note as Ana; return its address."""
        answer = self.ana.post(f"{self.url}notes/new?{whom}", data=THANKS | typed)
        assert answer.status_code == 303, answer.text
        return str(answer.location)

    @property
    def to_otto(self) -> str:
        return f"member={self.people['otto']}"

    @property
    def to_contact(self) -> str:
        return f"contact={self.contact_id}"

    def all(self, table: Any) -> list[Any]:
        self.session.expire_all()
        with scope(self.firm_id):
            return list(self.session.scalars(select(table).order_by(table.created_at)))

    def mail(self) -> EmailMessage:
        [row] = self.all(FirmMail)
        message = email.message_from_bytes(row.raw, policy=email.policy.default)
        assert isinstance(message, EmailMessage)
        return message


@pytest.fixture
def group(
    firm: Firm,
    session: Session,
    client: FlaskClient,
    make_member: Callable[..., Membership],
    make_cohort: Callable[..., Cohort],
    sign_in: Callable[..., None],
) -> Group:
    cohort = make_cohort("Energy")
    ana = make_member("Ana Bell", cohorts=(cohort,), welcomed_at=now())
    otto = make_member("Otto Carr", cohorts=(cohort,), welcomed_at=now(), interests="Fishing, jazz")
    people = {"ana": ana, "otto": otto, "stranger": make_member("Sam Stone")}
    with scope(firm.id):
        enable_plugin(DESK, registry().plugins["gifts"])
        contact = Contact(
            owner_id=ana.id, fingerprint="x", first_name="Pat", last_name="Planner", email=OUTSIDE
        )
        session.add(contact)
        session.commit()
        ids = {name: one.id for name, one in people.items()}
        cohort_id, contact_id = cohort.id, contact.id
    clients = {}
    for name, one in people.items():
        clients[name] = client.application.test_client()
        sign_in(clients[name], one)
    return Group(
        f"/f/{firm.slug}/gifts/", session, firm.id, **clients,
        people=ids, cohort_id=cohort_id, contact_id=contact_id,
    )  # fmt: skip


def text_of(mail: EmailMessage) -> str:
    body = mail.get_body(("plain",))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n")


def test_ideas_follow_what_a_member_tells_the_group(group: Group) -> None:
    assert "ideas in all" in group.ana.get(group.url).text
    assert group.ana.get(group.url).text.count('class="row-item"') == 12
    assert group.ana.get(f"{group.url}?all=1").text.count('class="row-item"') >= 80
    shown = group.ana.get(f"{group.url}?for={group.people['otto']}&occasion=met").text
    assert "A list of waters within an hour of them" in shown
    assert "They like fishing" in shown
    assert group.stranger.get(f"{group.url}?for={group.people['otto']}").status_code == 404
    assert group.ana.get(f"{group.url}?for=nobody").status_code == 404
    odd = group.ana.get(f"{group.url}?likes=zzz&occasion=zzz").text
    assert "None of these words is in the catalogue" in odd


def test_the_menu_leads_there(group: Group) -> None:
    assert f'href="{group.url}"' in group.ana.get(group.url.removesuffix("gifts/")).text


def test_the_members_page_shows_what_fits_them(group: Group) -> None:
    base = group.url.removesuffix("gifts/")
    [cohort] = group.all(Cohort)
    page = f"{base}c/{cohort.slug}/people/{group.people['otto']}"
    assert "A small gift that fits" in group.ana.get(page).text
    assert "A small gift that fits" not in group.otto.get(page).text


def test_the_rule_is_explained_and_answers_kindly(group: Group) -> None:
    page = f"{group.url}rule"
    assert "worth up to €15" in group.ana.get(page).text
    fine = group.ana.get(page, query_string={"gift": "Half a walnut loaf"}).text
    assert "That is fine" in fine
    wine = group.ana.get(page, query_string={"gift": "a bottle of wine for 40 euros"}).text
    assert "Better not" in wine
    assert wine.count('class="row-item"') == 5


def test_a_note_to_a_member_is_seen_as_it_is_sent(group: Group) -> None:
    page = group.write(group.to_otto)
    shown = group.ana.get(page).text
    assert group.all(FirmMail) == []
    text = re.search(r'<pre class="mail-text">(.*?)</pre>', shown, re.DOTALL).group(1)
    preview = group.ana.get(f"{page}/preview").text
    assert group.ana.post(f"{page}/send").status_code == 303
    mail = group.mail()
    assert text_of(mail).strip() == html.unescape(text).strip()
    body = mail.get_body(("html",))
    assert body is not None
    assert str(body.get_content()).replace("\r\n", "\n").strip() == preview.strip()
    assert mail["List-Unsubscribe"] is None
    assert mail["From"].addresses[0].display_name.startswith("Ana Bell through ")
    assert "Otto Carr" in str(mail["To"])
    assert "You called &lt;b&gt;them" in group.otto.get(f"{group.url}received").text
    assert [line.what for line in group.all(Given)] == ["Half a loaf"]
    assert "Half a loaf, for Otto Carr" in group.ana.get(f"{group.url}log").text
    assert group.ana.post(f"{page}/edit", data=THANKS).status_code == 409
    group.ana.post(f"{page}/send")
    assert len(group.all(FirmMail)) == 1


def test_a_note_outside_comes_from_the_firm_and_answers_reach_the_writer(group: Group) -> None:
    page = group.write(group.to_contact, name="Pat Planner")
    assert "Pat Planner" in group.ana.get(f"{page}/preview").text
    group.ana.post(f"{page}/send")
    mail = group.mail()
    assert mail["To"].addresses[0].addr_spec == OUTSIDE
    assert mail["From"].addresses[0].addr_spec == "hub@example.org"
    [writer] = [one for one in group.all(Membership) if one.name == "Ana Bell"]
    assert str(mail["Reply-To"]).startswith("person")
    assert writer.id == group.people["ana"]
    assert "List-Unsubscribe=One-Click" in mail["List-Unsubscribe-Post"]
    assert OUTSIDE not in str(mail["List-Unsubscribe"])


def test_whoever_asks_to_be_left_alone_is(group: Group) -> None:
    page = group.write(group.to_contact)
    group.ana.post(f"{page}/send")
    mail = group.mail()
    link = re.search(r"<https?://[^/]+(/f/[^>]+)>", str(mail["List-Unsubscribe"])).group(1)
    visitor = group.ana.application.test_client()
    shown = link.removesuffix("/now")
    assert shown in text_of(mail)
    assert visitor.get(shown).status_code == 200
    with scope(group.firm_id):
        assert suppressed(OUTSIDE) == ""
    assert visitor.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    assert visitor.post(link).status_code == 200
    with scope(group.firm_id):
        assert suppressed(OUTSIDE) == "never"
    again = group.write(group.to_contact)
    assert "We may not write to this address" in group.ana.get(again).text
    group.ana.post(f"{again}/send")
    assert len(group.all(FirmMail)) == 1


def test_a_mail_program_may_ask_by_mail_to_be_left_alone(group: Group) -> None:
    group.ana.post(f"{group.write(group.to_contact)}/send")
    [note] = group.all(Note)
    with scope(group.firm_id):
        assert [one for one in INBOUND.call(LEAVE, note.id, None, "leave") if one]
        assert suppressed(OUTSIDE) == "never"
        assert joins.inbound("another", note.id, None, "") is None


def test_one_note_a_week_and_a_few_a_day_go_outside(group: Group) -> None:
    group.ana.post(f"{group.write(group.to_contact)}/send")
    second = group.write(group.to_contact)
    assert "They have had a note from you this week" in group.ana.get(second).text
    with scope(group.firm_id):
        settings = {"limit": 10, "currency": "USD", "outside": 0}
        enable_plugin(DESK, registry().plugins["gifts"], settings)
        group.session.commit()
    assert "Your firm sends no notes to people outside" in group.ana.get(second).text
    assert "worth up to US$10" in group.ana.get(f"{group.url}rule").text


def test_a_gift_against_the_rule_gets_a_word_and_then_a_moderators_look(group: Group) -> None:
    new = f"{group.url}notes/new?{group.to_otto}"
    typed = THANKS | {"gift": "A bottle of wine"}
    nudged = group.ana.post(new, data=typed)
    assert nudged.status_code == 422
    assert "What would do as well" in html.unescape(nudged.text)
    page = group.ana.post(new, data=typed | {"all_the_same": "gift_rule"}).location
    group.ana.post(f"{page}/send")
    [note] = group.all(Note)
    assert (note.state, group.all(FirmMail)) == ("held", [])
    assert "A moderator looks at it first" in group.ana.get(page).text
    with scope(group.firm_id):
        thing = find_reportable("gift_note", note.id)
        assert thing is not None
        assert "A bottle of wine" in thing.text
        thing.move("visible")
        group.session.commit()
    assert [one.kind for one in group.all(FirmMail)] == ["gifts-member"]


def test_a_treat_on_the_board_gets_the_same_word(group: Group) -> None:
    [cohort] = group.all(Cohort)
    board = f"{group.url.removesuffix('gifts/')}c/{cohort.slug}/new/offer?kind=treat"
    typed = {"kind": "treat", "title": "A box of chocolates for each interview", "topics": ""}
    answer = group.ana.post(board, data=typed)
    assert answer.status_code == 422
    assert "It comes from a shop" in answer.text
    fine = {"kind": "treat", "title": "Walnut bread on Mondays for interviews", "topics": "bread"}
    assert group.ana.post(board, data=fine).status_code == 303
    skill = typed | {"kind": "skill", "title": "I explain wine labels in half an hour"}
    assert group.ana.post(board, data=skill).status_code == 303


def test_what_waits_is_not_sent_once_it_is_taken_down(group: Group) -> None:
    group.ana.post(f"{group.write(group.to_otto)}/send")
    with scope(group.firm_id):
        note = group.session.scalars(select(Note)).one()
        mail = group.session.scalars(select(FirmMail)).one()
        assert joins.may_send(mail) == ""
        for step in ("quarantined", "removed"):
            note.moderation = step
            group.session.flush()
            assert joins.may_send(mail) == joins.HELD
        note.moderation = "quarantined"
        group.session.flush()
        note.moderation = "visible"
        group.session.get_one(Membership, (group.firm_id, group.people["ana"])).state = "suspended"
        group.session.flush()
        assert joins.may_send(mail) == joins.GONE


def test_a_card_is_for_anybody_and_needs_no_address(group: Group) -> None:
    page = group.write(name="Grandma Rose", words="For <i>the</i> soup.")
    shown = group.ana.get(page).text
    assert "By mail" not in shown
    for size in ("a6", "a4"):
        card = group.ana.get(f"{page}/card?size={size}").text
        assert "For &lt;i&gt;the&lt;/i&gt; soup." in card
        assert f"card-{size}.css" in card
        assert group.ana.get(f"{group.url}card-{size}.css").mimetype == "text/css"
    assert group.ana.get(f"{page}/preview").status_code == 404
    assert "There is no mail address" not in shown


def test_notes_and_log_are_the_writers_alone(group: Group) -> None:
    page = group.write(group.to_otto)
    for path in (page, f"{page}/edit", f"{page}/card", f"{page}/preview"):
        assert group.otto.get(path).status_code == 404
    assert group.otto.post(f"{page}/send").status_code == 404
    assert group.stranger.get(f"{group.url}notes/new?{group.to_otto}").status_code == 404
    assert group.otto.get(f"{group.url}notes/new?{group.to_contact}").status_code == 404
    typed = {"name": "Rose", "what": "Jam", "given_on": str(now().date())}
    assert group.ana.post(f"{group.url}log", data=typed).status_code == 303
    [line] = group.all(Given)
    assert group.otto.get(f"{group.url}log/{line.id}").status_code == 404
    assert group.otto.post(f"{group.url}log/{line.id}/forget").status_code == 404
    raw = group.session.connection().exec_driver_sql("SELECT name, what FROM gifts_given").all()
    assert all(b"Rose" not in bytes(name) and b"Jam" not in bytes(what) for name, what in raw)


def test_what_came_back_stands_in_the_log(group: Group) -> None:
    early = {"name": "Rose", "what": "Jam", "given_on": "1990-01-01"}
    assert group.ana.post(f"{group.url}log", data=early).status_code == 422
    group.ana.post(f"{group.url}log", data=early | {"given_on": str(now().date())})
    [line] = group.all(Given)
    assert group.ana.post(f"{group.url}log/{line.id}", data={"back": ""}).status_code == 422
    group.ana.post(f"{group.url}log/{line.id}", data={"back": "She called her nephew"})
    assert "She called her nephew" in group.ana.get(f"{group.url}log").text
    group.ana.post(f"{group.url}log/{line.id}/forget")
    assert "Nothing in your log yet" in group.ana.get(f"{group.url}log").text


def test_whom_to_write_to_is_searched_among_members_and_own_contacts(group: Group) -> None:
    assert "Otto Carr" in group.ana.get(f"{group.url}notes/for").text
    found = group.ana.get(f"{group.url}notes/for?q=pat+pl").text
    assert "Pat Planner" in found
    assert "Otto Carr" not in found
    assert "Pat Planner" not in group.otto.get(f"{group.url}notes/for?q=pat").text


def test_whoever_kept_a_promise_is_to_be_thanked_until_they_are(
    group: Group, make_introduction: Callable[..., Introduction]
) -> None:
    home = group.url.removesuffix("gifts/")
    assert "Thank Otto" not in group.ana.get(home).text
    group.kept(make_introduction)
    assert "Thank Otto with two lines" in group.ana.get(home).text
    group.write(group.to_otto)
    assert "Thank Otto" not in group.ana.get(home).text


def test_what_is_held_is_taken_along_and_goes_with_a_leaver(group: Group) -> None:
    group.ana.post(f"{group.write(group.to_otto)}/send")
    with scope(group.firm_id):
        people = {one.name: one for one in group.session.scalars(select(Membership))}
        ana = {one.name: one.rows for one in joins.export(people["Ana Bell"])}
        otto = {one.name: one.rows for one in joins.export(people["Otto Carr"])}
        assert [row["name"] for row in ana["thank_you_notes"]] == ["Otto Carr"]
        assert [row["what"] for row in ana["gifts_given"]] == ["Half a loaf"]
        assert [row["from"] for row in otto["thank_you_notes_got"]] == ["Ana Bell"]
        assert otto["thank_you_notes"] == []
        people["Ana Bell"].state = "left"
        joins.member_left(people["Ana Bell"])
        for table in (Note, Given):
            assert group.session.scalar(select(func.count()).select_from(table)) == 0


def test_a_bounced_address_is_not_written_to(group: Group) -> None:
    with scope(group.firm_id):
        suppress(OUTSIDE, "bounced")
        group.session.commit()
    assert "We may not write to this address" in group.ana.get(group.write(group.to_contact)).text


def test_a_kept_promise_and_its_thanks_stand_in_the_givers_log_by_themselves(
    group: Group, make_introduction: Callable[..., Introduction]
) -> None:
    group.kept(make_introduction)
    with scope(group.firm_id):
        kept = group.session.scalars(select(Introduction)).one()
        for _twice in range(2):
            PROMISE_KEPT.call(kept)
        for words in ("It worked.", "Once more."):
            kept.thanks = words
            THANKED.call(kept)
        [line] = group.session.scalars(select(Given))
        assert (line.name, line.what, line.back) == ("Ana Bell", "I write to them", "It worked.")
        group.session.commit()
    assert "I write to them" in group.otto.get(f"{group.url}log").text
    assert "I write to them" not in group.ana.get(f"{group.url}log").text
