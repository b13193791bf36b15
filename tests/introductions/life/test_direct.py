"""What begins without a round: help, leads, shortlists."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import Any

import pytest

from coachhub.board.models import Ask, Lead
from coachhub.cohorts.models import Enrolment
from coachhub.core.audit import entries
from coachhub.core.errors import NotFoundError
from coachhub.introductions import direct, life, shortlists, suiting
from coachhub.introductions.answers import Answer
from coachhub.introductions.direct import DirectError, Help
from coachhub.introductions.shortlists import ShortlistError
from fixtures_circle import GIVER, RECEIVER, Circle, words_of

YES = Answer("yes", promise="I read it on Thursday.")


def test_help_with_an_ask_goes_straight_to_the_one_who_asked(
    here: Circle, post: Callable[..., Any]
) -> None:
    ask = post(Ask, here.receiver)
    made = direct.help_with(here.act("giver"), Help("ask", ask.id, YES))
    assert (made.state, made.origin, made.asset) == ("receiver_asked", "help", "offer")
    assert [row.kind for row in here.mails()] == ["receiver-asked"]
    mail = words_of(here.mails()[0])
    assert f"{GIVER} can help: A second pair of eyes on my letter" in " ".join(mail.split())
    here.receiver_yes(made)
    assert made.state == "introduced"


def test_help_with_a_target_through_ones_own_contact_stays_blind(here: Circle) -> None:
    given = Answer("yes", promise="I ring them.", contact_id=here.contact.id)
    made = direct.help_with(here.act("giver"), Help("target", here.target.id, given, "door"))
    assert (made.state, made.asset) == ("receiver_asked", "door")
    assert GIVER not in words_of(here.mails()[0])


def test_help_is_refused_on_ones_own_post_twice_and_from_outside(
    here: Circle, post: Callable[..., Any], make_member: Any
) -> None:
    ask = post(Ask, here.receiver)
    with pytest.raises(DirectError):
        direct.help_with(here.act("receiver"), Help("ask", ask.id, YES))
    direct.help_with(here.act("giver"), Help("ask", ask.id, YES))
    with pytest.raises(life.AlreadyOpenError):
        direct.help_with(here.act("giver"), Help("ask", ask.id, YES))
    here.giver = make_member("Olga Outside")
    with pytest.raises(NotFoundError):
        direct.help_with(here.act("giver"), Help("ask", ask.id, YES))


@pytest.mark.parametrize(
    "columns",
    [
        {"moderation": "quarantined"},
        {"expires_on": dt.date(2020, 1, 1)},
        {"closed_at": dt.datetime(2026, 1, 1, tzinfo=dt.UTC)},
    ],
)
def test_a_post_that_is_held_back_or_over_takes_no_help(
    here: Circle, post: Callable[..., Any], columns: dict[str, Any]
) -> None:
    ask = post(Ask, here.receiver, **columns)
    with pytest.raises(NotFoundError):
        direct.help_with(here.act("giver"), Help("ask", ask.id, YES))


def test_this_lead_fits_me_asks_its_owner(here: Circle, post: Callable[..., Any]) -> None:
    lead = post(Lead, here.giver, title="Harbour master")
    given = Answer("yes", gift="Marmalade.", blurb="I know harbours.")
    made = direct.help_with(here.act("receiver"), Help("lead", lead.id, given))
    assert (made.state, made.giver_id) == ("giver_asked", here.giver.id)
    here.giver_yes(made)
    assert made.state == "introduced"
    assert [row.kind for row in here.mails()] == ["giver-asked", "introduced", "introduced"]


def test_a_lead_is_passed_on_and_its_source_stays_private(
    here: Circle, post: Callable[..., Any]
) -> None:
    lead = post(Lead, here.giver, title="Harbour master", source="Sibyl Sourceworth")
    suited = suiting.members_for(lead)
    assert [one.member_id for one in suited] == [here.receiver.id]
    made = direct.pass_on(here.act("giver"), lead, here.receiver.id, YES)
    assert made.state == "receiver_asked"
    assert suiting.members_for(lead) == []
    here.receiver_yes(made)
    assert made.state == "introduced"
    assert not [row for row in here.mails() if "Sourceworth" in words_of(row)]


def test_only_the_owner_passes_a_lead_on_and_within_the_group(
    here: Circle, post: Callable[..., Any], make_member: Any
) -> None:
    lead = post(Lead, here.giver)
    with pytest.raises(NotFoundError):
        direct.pass_on(here.act("giver"), lead, make_member("Sam Elsewhere").id, YES)
    with pytest.raises(NotFoundError):
        direct.pass_on(here.act("receiver"), lead, here.giver.id, YES)
    with pytest.raises(DirectError):
        direct.pass_on(here.act("giver"), lead, here.giver.id, YES)
    with pytest.raises(NotFoundError):
        shortlists.own_lead(here.act("receiver"), lead.id)


@pytest.fixture
def search(here: Circle, post: Callable[..., Any], make_member: Any) -> Any:
    """A recruiter's search with four willing members."""
    lead = post(Lead, here.giver, kind="recruiter", title="Head of harbour")
    rows = []
    for number in range(4):
        member = make_member(f"Willing {number}", headline="Ready")
        here.session.add(Enrolment(cohort_id=here.cohort.id, membership_id=member.id))
        here.session.flush()
        made = direct.pass_on(here.act("giver"), lead, member.id, YES)
        here.receiver = member
        rows.append(here.receiver_yes(made))
    return lead, rows


def test_a_shortlist_of_three_goes_to_the_recruiter_in_one_mail(here: Circle, search: Any) -> None:
    lead, rows = search
    before = len(entries(action="contact.shown"))
    chosen = [row.id for row in rows[:3]]
    sent = shortlists.send_shortlist(
        here.act("giver"), lead, chosen, "recruiter@example.com", "As we said."
    )
    assert sent == 3
    (mail,) = here.mails("shortlist")
    assert mail.to_address == "recruiter@example.com"
    text = words_of(mail)
    assert all(f"Willing {number}" in text for number in range(3))
    assert "Willing 3" not in text
    assert "As we said." in text
    assert [row.state for row in rows] == ["kept", "kept", "kept", "introduced"]
    assert len(entries(action="contact.shown")) == before + 3
    with pytest.raises(ShortlistError, match="sent already"):
        shortlists.send_shortlist(here.act("giver"), lead, chosen, "recruiter@example.com")


def test_a_shortlist_without_an_address_goes_to_its_maker(here: Circle, search: Any) -> None:
    lead, rows = search
    shortlists.send_shortlist(here.act("giver"), lead, [rows[0].id])
    assert here.mails("shortlist")[0].membership_id == here.giver.id


@pytest.mark.parametrize("number", [0, 4])
def test_a_shortlist_holds_one_to_three(here: Circle, search: Any, number: int) -> None:
    lead, rows = search
    with pytest.raises(ShortlistError):
        shortlists.send_shortlist(here.act("giver"), lead, [row.id for row in rows[:number]])


def test_a_shortlist_needs_a_real_address_and_the_leads_owner(here: Circle, search: Any) -> None:
    lead, rows = search
    with pytest.raises(ShortlistError, match="does not look right"):
        shortlists.send_shortlist(here.act("giver"), lead, [rows[0].id], "recruiter at example")
    with pytest.raises(NotFoundError):
        shortlists.send_shortlist(here.act("coach"), lead, [rows[0].id])


def test_a_receiver_of_a_recruiters_lead_is_told_where_their_name_goes(
    here: Circle, post: Callable[..., Any]
) -> None:
    lead = post(Lead, here.giver, kind="recruiter", title="Head of harbour")
    direct.pass_on(here.act("giver"), lead, here.receiver.id, YES)
    mail = " ".join(words_of(here.mails("receiver-asked")[0]).split())
    assert "shortlist of at most three people" in mail
    assert RECEIVER in mail
