"""Updates: drafted, chosen, looked at, sent, ended; and who learns what of them."""

from __future__ import annotations

import datetime as dt
import html
import re
from email.message import EmailMessage

import pytest
from sqlalchemy import func, select, update

from coachhub.board.operations import TargetDraft, post_target
from coachhub.cohorts.models import Cohort
from coachhub.contacts.models import Contact
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.digests.hooks import DIGEST_SECTION
from coachhub.firms.models import Membership
from coachhub.mail.hooks import INBOUND
from coachhub.mail.models import FirmMail
from coachhub.mail.outbox import suppress
from coachhub_progress import joins, operations
from coachhub_progress.letters import LEAVE
from coachhub_progress.models import Address, Group, Recipient, Update
from fixtures_progress import WORDS, World


@pytest.fixture
def world(progress_world: World) -> World:
    return progress_world


def text_of(mail: EmailMessage, kind: str = "plain") -> str:
    body = mail.get_body((kind,))
    assert body is not None
    return str(body.get_content()).replace("\r\n", "\n").strip()


def test_a_draft_is_made_from_what_happened_and_begun_once(world: World) -> None:
    assert "No update yet" in world.ana.get(world.url).text
    with scope(world.firm_id):
        cohort = world.session.scalars(select(Cohort)).one()
        actor = Actor(label="Ana", membership_id=world.people["ana"])
        post_target(actor, cohort, TargetDraft("Rail Europe", stage="talking"))
        world.session.commit()
    page = world.begin()
    assert "I am in talks with Rail Europe." in world.ana.get(page).text
    assert world.begin() == page
    assert "Your update waits to be sent" in world.ana.get(world.url.removesuffix("progress/")).text


def test_nobody_is_chosen_until_the_member_does(world: World) -> None:
    page = world.begin()
    world.ana.post(page, data=WORDS)
    assert "Nobody is chosen yet" in world.ana.get(f"{page}/to").text
    assert "Choose somebody first" in world.ana.get(f"{page}/look").text
    assert world.ana.get(f"{page}/preview").status_code == 404
    refused = world.ana.post(f"{page}/send", follow_redirects=True)
    assert "Choose at least one person" in refused.text
    assert [one.state for one in world.all(Update)] == ["draft"]


def test_contacts_are_found_and_chosen_page_by_page(world: World) -> None:
    page = world.ready("pat")
    found = world.ana.get(f"{page}/to?q=kim").text
    assert "Kim Keeper" in found
    assert "Pat Planner" not in found
    kim = str(world.contacts["kim"])
    world.ana.post(f"{page}/to?q=kim", data={"shown": [kim], "chosen": [kim]})
    assert len(world.all(Recipient)) == 2
    world.ana.post(f"{page}/to?q=kim", data={"shown": [kim]})
    assert [one.contact_id for one in world.all(Recipient)] == [world.contacts["pat"]]
    shown = world.ana.get(f"{page}/to").text
    assert "You keep your search from Old Mill" in shown
    assert "1 more have no mail address" in shown
    assert "Eve Nomail" not in shown


def test_others_contacts_and_those_without_address_are_passed_over(world: World) -> None:
    page = world.ready("own", "eve")
    world.ana.post(f"{page}/to", data={"chosen": ["nonsense", str(world.people["ana"])]})
    assert world.all(Recipient) == []
    assert world.otto.get(f"{page}/to").status_code == 404
    assert world.otto.post(f"{page}/to", data={}).status_code == 404


def test_a_group_is_remembered_and_added_again(world: World) -> None:
    page = world.ready("pat", "kim")
    world.ana.post(f"{page}/remember", data={"name": "Former colleagues"})
    world.ana.post(f"{page}/remember", data={"name": "former colleagues"})
    [group] = world.all(Group)
    shown = [str(one) for one in world.contacts.values()]
    world.ana.post(f"{page}/to", data={"shown": shown})
    assert world.all(Recipient) == []
    assert world.otto.post(f"{page}/add/{group.id}").status_code == 404
    world.ana.post(f"{page}/add/{group.id}")
    assert len(world.all(Recipient)) == 2
    raw = world.session.connection().exec_driver_sql("SELECT name FROM progress_group").all()
    assert all(b"olleagues" not in bytes(name) for (name,) in raw)
    assert world.otto.post(f"{world.url}groups/{group.id}/drop").status_code == 404
    world.ana.post(f"{world.url}groups/{group.id}/drop")
    assert world.all(Group) == []


def test_the_preview_is_what_is_sent(world: World) -> None:
    page = world.ready("pat")
    shown = world.ana.get(f"{page}/look").text
    assert "As Pat Planner would read it." in shown
    text = re.search(r'<pre class="mail-text">(.*?)</pre>', shown, re.DOTALL).group(1)
    preview = world.ana.get(f"{page}/preview").text
    assert world.all(FirmMail) == []
    world.ana.post(f"{page}/send")
    world.work()
    [mail] = world.mails()
    assert text_of(mail) == html.unescape(text).strip()
    assert text_of(mail, "html") == preview.replace("\r\n", "\n").strip()
    assert "I met <b>many</b>." in text_of(mail)
    assert "I met &lt;b&gt;many" in text_of(mail, "html")


def test_it_comes_from_the_firm_in_the_members_name_and_answers_reach_them(world: World) -> None:
    world.send("pat", "kim")
    mails = world.mails()
    assert {mail["To"].addresses[0].addr_spec for mail in mails} == {
        "pat@example.com", "kim@example.com",
    }  # fmt: skip
    for mail in mails:
        assert mail["From"].addresses[0].addr_spec == "hub@example.org"
        assert mail["From"].addresses[0].display_name.startswith("Ana Bell through ")
        assert re.fullmatch(r"person\d+@example\.org", str(mail["Reply-To"]))
        assert mail["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
        assert "pat@" not in str(mail["List-Unsubscribe"])


def test_writing_the_mails_again_adds_none(world: World) -> None:
    world.send("pat")
    world.work()
    with scope(world.firm_id):
        row = world.session.scalars(select(Update)).one()
        row.state = "sending"
        world.session.commit()
    world.work()
    assert len(world.all(FirmMail)) == 1


def test_the_counts_tell_how_it_fared(world: World) -> None:
    page = world.send("pat", "kim", "ben")
    with scope(world.firm_id):
        mails = {one.to_address[:3]: one for one in world.session.scalars(select(FirmMail))}
        mails["pat"].state = mails["kim"].state = "sent"
        mails["kim"].bounced = "hard"
        world.session.commit()
    shown = world.ana.get(world.url).text
    assert "1 sent · 1 on the way · 1 came back" in re.sub(r"\s+", " ", shown)
    detail = world.ana.get(page).text
    assert "Ben Buyer" in detail
    assert "opened" not in detail
    assert world.ana.post(page, data=WORDS).status_code == 200
    assert world.all(Update)[0].subject == "How it goes"


def test_one_click_ends_them_for_the_whole_firm(world: World) -> None:
    world.send("pat")
    [mail] = world.mails()
    link = re.search(r"<https?://[^/]+(/f/[^>]+)>", str(mail["List-Unsubscribe"])).group(1)
    visitor = world.ana.application.test_client()
    asks = link.removesuffix("/now")
    assert asks in text_of(mail)
    assert visitor.get(asks).status_code == 200
    assert visitor.head(asks).status_code == 200
    assert world.all(Address)[0].stopped_at is None
    assert visitor.post(link, data={"List-Unsubscribe": "One-Click"}).status_code == 200
    stopped = world.all(Address)[0].stopped_at
    assert stopped is not None
    assert visitor.post(link).status_code == 200
    assert world.all(Address)[0].stopped_at == stopped
    with scope(world.firm_id):
        assert audit.entries()[0].action == "progress.stopped"
        waiting = world.session.scalars(select(FirmMail)).one()
        assert joins.may_send(waiting) == joins.STOPPED
    page = world.begin(world.otto)
    world.otto.post(page, data=WORDS)
    own = str(world.contacts["own"])
    world.otto.post(f"{page}/to", data={"shown": [own], "chosen": [own]})
    assert "wants no updates" in world.otto.get(f"{page}/look").text
    world.otto.post(f"{page}/send")
    assert len(world.all(FirmMail)) == 1
    assert "1 wanted no more" in world.ana.get(world.url).text


def test_a_mail_program_may_end_them_by_mail(world: World) -> None:
    world.send("pat")
    [address] = world.all(Address)
    with scope(world.firm_id):
        assert [one for one in INBOUND.call(LEAVE, address.id, None, "leave") if one]
        assert joins.inbound("another", address.id, None, "") is None
    assert world.all(Address)[0].stopped_at is not None


def test_the_same_person_gets_one_a_month(world: World) -> None:
    world.send("pat")
    page = world.ready("pat", "kim")
    shown = world.ana.get(f"{page}/look").text
    assert "had one lately" in shown
    world.settings(days_between=7)
    with scope(world.firm_id):
        week = now() - dt.timedelta(days=8)
        world.session.execute(
            update(Update).where(Update.sent_at.is_not(None)).values(sent_at=week)
        )
        world.session.commit()
    assert "had one lately" not in world.ana.get(f"{page}/look").text


def test_blocked_addresses_and_too_many_are_left_out(world: World) -> None:
    with scope(world.firm_id):
        suppress("pat@example.com", "never")
        world.session.commit()
    page = world.ready("pat", "kim", "ben")
    assert "must not be written to" in world.ana.get(f"{page}/look").text
    world.settings(most=1)
    refused = world.ana.post(f"{page}/send", follow_redirects=True)
    assert "An update goes to at most 1." in refused.text
    world.settings(most=2)
    world.ana.post(f"{page}/send")
    world.work()
    assert len(world.all(FirmMail)) == 2


def test_whoever_stops_between_sending_and_writing_gets_none(world: World) -> None:
    page = world.ready("pat", "kim")
    world.ana.post(f"{page}/send")
    with scope(world.firm_id):
        suppress("pat@example.com", "never")
        world.session.delete(
            world.session.scalars(select(Contact).where(Contact.id == world.contacts["kim"])).one()
        )
        world.session.commit()
    world.work()
    assert world.all(FirmMail) == []
    assert {one.left_out for one in world.all(Recipient)} == {
        operations.BLOCKED, operations.GONE,
    }  # fmt: skip


def test_the_coach_sees_that_it_went_out_and_nothing_else(world: World) -> None:
    base = world.url.removesuffix("progress/")
    about = f"{base}c/{world.cohort}/people/{world.people['ana']}"
    assert "Updates to own contacts" not in world.coach.get(about).text
    page = world.send("pat")
    shown = world.coach.get(about).text
    assert "Updates to own contacts" in shown
    for secret in ("How it goes", "Pat", "I met"):
        assert secret not in shown
    assert "Updates to own contacts" not in world.otto.get(about).text
    assert world.coach.get(page).status_code == 404
    with scope(world.firm_id):
        sent = next(one for one in audit.entries() if one.action == "progress.sent")
        assert (sent.subject_label, sent.details) == ("", {})


def test_the_menu_leads_members_to_it_and_not_a_coach_at_work(world: World) -> None:
    base = world.url.removesuffix("progress/")
    assert f'href="{world.url}"' in world.ana.get(base).text
    board = f"{base}c/{world.cohort}/board"
    assert f'href="{world.url}"' in world.ana.get(board).text
    assert f'href="{world.url}"' not in world.coach.get(board).text


def test_a_reminder_comes_after_six_weeks_and_not_before(world: World) -> None:
    home = world.url.removesuffix("progress/")
    world.send("pat")
    assert "since your last update" not in world.ana.get(home).text
    with scope(world.firm_id):
        world.session.execute(update(Update).values(sent_at=now() - dt.timedelta(weeks=7)))
        world.session.commit()
    assert "7 weeks since your last update" in world.ana.get(home).text
    with scope(world.firm_id):
        members = {one.name: one for one in world.session.scalars(select(Membership))}
        told = [one for some in DIGEST_SECTION.call(members["Ana Bell"], now()) for one in some]
        assert [one.title for one in told if one.key.startswith("progress/")] == [
            "7 weeks since your last update"
        ]
        members["Ana Bell"].landed_on = now().date()
        assert joins.digest(members["Ana Bell"], now()) == []
        world.session.rollback()
    world.settings(nudge_weeks=0)
    assert "since your last update" not in world.ana.get(home).text


def test_what_is_held_is_taken_along_and_goes_with_a_leaver(world: World) -> None:
    page = world.send("pat")
    [mail] = world.mails()
    link = re.search(r"<https?://[^/]+(/f/[^>]+)>", str(mail["List-Unsubscribe"])).group(1)
    with scope(world.firm_id):
        members = {one.name: one for one in world.session.scalars(select(Membership))}
        held = {one.name: one.rows for one in joins.export(members["Ana Bell"])}
        assert [row["met"] for row in held["progress_updates"]] == ["I met <b>many</b>."]
        assert [row["chosen"] for row in held["progress_updates"]] == [1]
        members["Ana Bell"].state = "left"
        joins.member_left(members["Ana Bell"])
        world.session.commit()
        for table in (Update, Recipient, Group):
            assert world.session.scalar(select(func.count()).select_from(table)) == 0
        waiting = world.session.scalars(select(FirmMail)).one()
        assert joins.may_send(waiting) == joins.GONE
    assert world.ana.get(page).status_code == 404
    assert world.ana.application.test_client().post(link).status_code == 200
    assert world.all(Address)[0].stopped_at is not None


def test_words_are_encrypted_and_bad_input_is_kept(world: World) -> None:
    page = world.ready()
    raw = world.session.connection().exec_driver_sql("SELECT subject, met FROM progress_update")
    assert all(b"many" not in bytes(met) and b"goes" not in bytes(sub) for sub, met in raw.all())
    refused = world.ana.post(page, data=WORDS | {"subject": " ", "met": "Kept words"})
    assert refused.status_code == 422
    assert "A mail needs a subject." in refused.text
    assert "Kept words" in refused.text
    world.ana.post(page, data={"subject": "Empty", "met": "", "looking": "", "helps": ""})
    pat = str(world.contacts["pat"])
    world.ana.post(f"{page}/to", data={"shown": [pat], "chosen": [pat]})
    nothing = world.ana.post(f"{page}/send", follow_redirects=True)
    assert "Write at least one of the three parts first." in nothing.text
