"""Homework: set, handed in, looked at, and from there onto the board by its owner's own click."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from flask.testing import FlaskClient
from sqlalchemy import func, select

from coachhub.board.models import Offer, Target
from coachhub.companies.models import Company
from coachhub.core.db import now
from coachhub.core.errors import NotFoundError
from coachhub.core.tenancy import scope
from coachhub.mail.models import FirmMail
from coachhub_huddle import guesses
from coachhub_huddle.models import Draft, HandIn, Homework
from coachhub_huddle.operations import homework as operations
from plugins.huddle.weekly import Group

ASSETS = """- I will look into any food maker in the Benelux: owners and plants
2) treat: Walnut bread on Mondays for whoever has an interview

I worked at Harbour Foods for six years, ask me how they hire
Excel"""
FORM = {"kind": "assets", "title": "Ten things", "text": "Begin small.", "due_on": "2026-10-19"}


def set_homework(group: Group, **more: str) -> str:
    """Set homework as the coach; return its page."""
    group.as_(group.coach).post(group.page("homework/new"), data=FORM | more)
    with scope(group.firm.id):
        newest = group.session.scalars(select(Homework.id).order_by(Homework.id.desc())).first()
    return group.page(f"homework/{newest}")


def drafts(group: Group) -> dict[str, Draft]:
    with scope(group.firm.id):
        return {one.line: one for one in group.session.scalars(select(Draft))}


def letters(group: Group, kind: str) -> list[FirmMail]:
    with scope(group.firm.id):
        return list(group.session.scalars(select(FirmMail).where(FirmMail.kind == kind)))


def counted(group: Group, model: Any) -> int:
    with scope(group.firm.id):
        return group.session.scalar(select(func.count()).select_from(model)) or 0


@pytest.fixture
def ada(group: Group) -> FlaskClient:
    return group.as_(group.ada)


def test_every_member_gets_it_by_mail_and_the_coach_does_not(group: Group) -> None:
    set_homework(group)
    told = letters(group, "huddle-homework")
    assert {mail.membership_id for mail in told} == {group.ada.id, group.ben.id}
    assert told[0].subject == "Until 19 October 2026: Ten things"


def test_what_is_wrong_is_said_and_kept(group: Group) -> None:
    coach = group.as_(group.coach)
    refused = coach.post(group.page("homework/new"), data=FORM | {"title": "", "due_on": "soon"})
    assert refused.status_code == 422
    assert "What is to be done?" in refused.text
    assert "Begin small." in refused.text
    assert counted(group, Homework) == 0
    assert group.as_(group.ada).get(group.page("homework/new")).status_code == 403


def test_an_asset_list_becomes_drafts_and_nothing_is_posted_by_itself(
    group: Group, ada: FlaskClient
) -> None:
    page = set_homework(group)
    assert ada.post(f"{page}/hand-in", data={"text": ""}).status_code == 422
    answer = ada.post(f"{page}/hand-in", data={"text": ASSETS}, follow_redirects=True)
    assert answer.text.count("Post it") == 4
    found = drafts(group)
    assert [one.kind for one in found.values()] == ["research", "treat", "insider", "skill"]
    worked = found["I worked at Harbour Foods for six years, ask me how they hire"]
    assert worked.company == "Harbour Foods"
    assert counted(group, Offer) == 0


def test_a_click_puts_a_line_on_the_board_once(group: Group, ada: FlaskClient) -> None:
    page = set_homework(group)
    ada.post(f"{page}/hand-in", data={"text": ASSETS})
    line = drafts(group)["treat: Walnut bread on Mondays for whoever has an interview"]
    assert ada.post(f"{page}/lines/{line.id}/post").status_code == 303
    assert ada.post(f"{page}/lines/{line.id}/post").status_code == 409
    with scope(group.firm.id):
        [offer] = group.session.scalars(select(Offer))
        assert (offer.owner_id, offer.kind) == (group.ada.id, "treat")
        assert offer.title == "Walnut bread on Mondays for whoever has an interview"
    shown = ada.get(page).text
    assert "On the board" in shown
    assert (
        offer.title
        in group.as_(group.ben).get(f"/f/{group.firm.slug}/c/{group.cohort.slug}/board").text
    )


def test_a_vague_line_is_asked_about_at_its_field_and_kept(group: Group, ada: FlaskClient) -> None:
    page = set_homework(group)
    ada.post(f"{page}/hand-in", data={"text": ASSETS})
    line = drafts(group)["Excel"]
    asked = ada.post(f"{page}/lines/{line.id}/post")
    assert asked.status_code == 422
    assert 'aria-invalid="true"' in asked.text
    typed = {"kind": "skill", "title": "Excel stuff", "body": "", "company": "", "do": "post"}
    refused = ada.post(f"{page}/lines/{line.id}", data=typed)
    assert refused.status_code == 422
    assert 'value="Excel stuff"' in refused.text
    assert counted(group, Offer) == 0
    better = typed | {"title": "I check one Excel model for you, or show pivots in half an hour"}
    assert ada.post(f"{page}/lines/{line.id}", data=better | {"do": "keep"}).status_code == 303
    assert counted(group, Offer) == 0
    assert ada.post(f"{page}/lines/{line.id}", data=better).status_code == 303
    assert counted(group, Offer) == 1


def test_targets_go_on_the_list_and_one_that_is_there_already_is_said(
    group: Group, ada: FlaskClient
) -> None:
    page = set_homework(group, kind="targets")
    text = "Harbour Foods, plant manager\nNordlicht Energy: controller\nHarbour Foods Ltd"
    ada.post(f"{page}/hand-in", data={"text": text})
    found = drafts(group)
    for line in found.values():
        ada.post(f"{page}/lines/{line.id}/post")
    with scope(group.firm.id):
        rows = group.session.execute(
            select(Company.name, Target.roles).join(Target, Target.company_id == Company.id)
        )
        assert {tuple(row) for row in rows} == {
            ("Harbour Foods", "plant manager"),
            ("Nordlicht Energy", "controller"),
        }
    again = ada.post(f"{page}/lines/{found['Harbour Foods Ltd'].id}/post")
    assert again.status_code == 422
    assert "is on your list already" in again.text


def test_handing_in_again_keeps_what_is_posted_and_edited(group: Group, ada: FlaskClient) -> None:
    page = set_homework(group)
    ada.post(f"{page}/hand-in", data={"text": ASSETS})
    bread = drafts(group)["treat: Walnut bread on Mondays for whoever has an interview"]
    ada.post(f"{page}/lines/{bread.id}/post")
    ada.post(f"{page}/hand-in", data={"text": "I teach pivots in half an hour\nExcel"})
    lines = drafts(group)
    assert set(lines) == {bread.line, "I teach pivots in half an hour", "Excel"}
    assert lines[bread.line].post_id is not None


def test_another_members_line_is_not_there(group: Group, ada: FlaskClient) -> None:
    page = set_homework(group)
    ada.post(f"{page}/hand-in", data={"text": ASSETS})
    line = drafts(group)["Excel"]
    ben = group.as_(group.ben)
    assert ben.post(f"{page}/lines/{line.id}/post").status_code == 404
    ben.post(f"{page}/hand-in", data={"text": "Bread on Mondays for interviews"})
    assert ben.get(f"{page}/lines/{line.id}").status_code == 404
    with scope(group.firm.id), pytest.raises(NotFoundError):
        operations.post_draft(group.actor(group.ben), group.cohort, _row(group), line)
    assert "Excel" not in ben.get(page).text


def _row(group: Group) -> HandIn:
    return group.session.scalars(select(HandIn).where(HandIn.owner_id == group.ada.id)).one()


def test_it_comes_back_with_a_word_and_is_done_the_second_time(
    group: Group, ada: FlaskClient
) -> None:
    page = set_homework(group, kind="pitch")
    typed = {"hook": "I make old plants run quietly", "text": "For twelve years I have kept…"}
    assert ada.post(f"{page}/hand-in", data=typed | {"hook": " "}).status_code == 422
    ada.post(f"{page}/hand-in", data=typed)
    coach = group.as_(group.coach)
    listed = coach.get(page).text
    assert "To read" in listed
    with scope(group.firm.id):
        where = group.page(f"handed-in/{_row(group).id}")
    assert "I make old plants run quietly" in coach.get(where).text
    silent = coach.post(where, data={"text": "", "verdict": "back"})
    assert silent.status_code == 422
    assert "Say what to look at again" in silent.text
    coach.post(where, data={"text": "Say for whom.", "verdict": "back"})
    seen = ada.get(page).text
    assert "Say for whom." in seen
    assert "Another look" in seen
    ada.post(f"{page}/hand-in", data=typed | {"text": "For food makers."})
    coach.post(where, data={"text": "", "verdict": "reviewed"})
    assert "Done, thank you." in ada.get(page).text
    subjects = {mail.subject for mail in letters(group, "huddle-reviewed")}
    assert subjects == {"Another look: Ten things", "Done: Ten things"}
    assert {mail.membership_id for mail in letters(group, "huddle-reviewed")} == {group.ada.id}


def test_what_is_handed_in_is_between_a_member_and_the_coach(
    group: Group, ada: FlaskClient
) -> None:
    page = set_homework(group, kind="free")
    ada.post(f"{page}/hand-in", data={"text": "Only for Cora"})
    with scope(group.firm.id):
        where = group.page(f"handed-in/{_row(group).id}")
    ben = group.as_(group.ben)
    assert ben.get(where).status_code == 403
    assert "Only for Cora" not in ben.get(page).text
    assert group.as_(group.coach).post(f"{page}/hand-in", data={"text": "x"}).status_code == 409


def test_late_is_welcome_and_only_counted(group: Group, ada: FlaskClient) -> None:
    page = set_homework(group, kind="free")
    group.clock.move_to(now() + dt.timedelta(days=8))
    assert "It is still welcome" in ada.get(page).text
    ada.post(f"{page}/hand-in", data={"text": "Here it is"})
    with scope(group.firm.id):
        assert _row(group).late_days == 3
    assert "late" not in ada.get(page).text.casefold().replace("related", "")


def test_withdrawn_homework_asks_nobody_and_keeps_what_was_said(
    group: Group, ada: FlaskClient
) -> None:
    page = set_homework(group, kind="free")
    ada.post(f"{page}/hand-in", data={"text": "Here it is"})
    coach = group.as_(group.coach)
    refused = coach.post(f"{page}/edit", data=FORM | {"kind": "targets"})
    assert refused.status_code == 422
    assert "its kind stays as it is" in refused.text
    assert (
        coach.post(f"{page}/edit", data=FORM | {"kind": "free", "title": "Two"}).status_code == 303
    )
    coach.post(f"{page}/withdraw")
    assert "Two" not in group.as_(group.ben).get(group.page()).text
    assert "taken this homework back" in ada.get(page).text
    assert ada.post(f"{page}/hand-in", data={"text": "More"}).status_code == 409


@pytest.mark.parametrize(
    ("line", "kind", "company"),
    [
        ("I know somebody at Harbour Foods in maintenance", "door", "Harbour Foods"),
        ("Market or salary data: pay bands for controllers", "market", ""),
        ("A mock interview on Thursdays", "time", ""),
        ("A recruiter for finance leads who calls back", "recruiter", ""),
        ("Notes: from the fair", "skill", ""),
        ("My template for keeping track", "tools", ""),
    ],
)
def test_a_line_is_guessed_as_a_kind(line: str, kind: str, company: str) -> None:
    kinds = {
        "door": "Door", "insider": "Insider", "recruiter": "Recruiter", "time": "Time",
        "market": "Market or salary data", "skill": "Skill", "tools": "Tools",
    }  # fmt: skip
    found = guesses.offer_from(line, kinds)
    assert (found.kind, found.company) == (kind, company)


def test_only_the_first_twenty_lines_become_drafts(group: Group, ada: FlaskClient) -> None:
    page = set_homework(group)
    lines = [f"{one}. Tea, and an ear for plan {chr(64 + one)}" for one in range(1, 27)]
    ada.post(f"{page}/hand-in", data={"text": "\n".join(lines)})
    assert counted(group, Draft) == guesses.MOST_LINES
