"""Notes on a company, help without leaving the board, filters by company and person."""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from sqlalchemy import select

from coachhub.board.models import CompanyNote, Target
from coachhub.board.operations import AskDraft, TargetDraft
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from fixtures_group import Group


def company(group: Group) -> str:
    group.posted("ada", TargetDraft("Harbour Foods", roles="Planner"))
    with scope(group.firm.id):
        one = group.session.scalars(select(Target.company_id)).one()
    return f"{group.base}/companies/{one}"


def test_a_note_is_its_owners_alone_and_goes_when_they_say(group: Group) -> None:
    page = company(group)
    ada, ben = group.client("ada"), group.client("ben")
    told = {"text": "Their planners sit in Ghent"}
    assert ada.post(f"{page}/notes", data=told).status_code == 303
    assert "Their planners sit in Ghent" in ada.get(page).text
    assert "Their planners sit in Ghent" not in ben.get(page).text
    with scope(group.firm.id):
        note = group.session.scalars(select(CompanyNote.id)).one()
    assert ben.post(f"{page}/notes/{note}/drop").status_code == 404
    assert ada.post(f"{page}/notes/{uuid4()}/drop").status_code == 404
    assert ada.post(f"{page}/notes/{note}/drop").status_code == 303
    assert "Their planners sit in Ghent" not in ada.get(page).text


def test_an_empty_note_is_asked_for_again(group: Group) -> None:
    page = company(group)
    answer = group.client("ada").post(f"{page}/notes", data={"text": " "})
    assert answer.status_code == 422
    assert "Please write a few words." in answer.text


def test_help_is_asked_and_told_below_the_card(group: Group) -> None:
    ask = group.posted("ada", AskDraft("time", "Fifteen minutes with a plant planner"))
    ben = group.client("ben")
    url = f"/f/{group.firm.slug}/help/ask/{ask}"
    assert f'hx-target="#help-{ask}"' in ben.get(f"{group.base}/board").text
    assert f'id="help-{ask}"' in ben.get(url).text
    wrong = ben.post(url, data={"promise": "", "due_on": ""}, headers={"HX-Request": "true"})
    assert wrong.status_code == 422
    assert f'id="help-{ask}"' in wrong.text
    in_a_week = str(now().date() + dt.timedelta(days=7))
    told = ben.post(
        url,
        data={
            "promise": "I talk with you for fifteen minutes",
            "due_on": in_a_week,
        },
        headers={"HX-Request": "true"},
    )
    assert told.status_code == 200
    assert "See where it stands" in told.text
    assert f'id="help-{ask}"' in told.text


def test_the_board_is_filtered_by_company_and_by_person_without_telling_more(group: Group) -> None:
    page = company(group)
    group.posted("ada", AskDraft("time", "Fifteen minutes with a plant planner"))
    group.posted("ben", TargetDraft("Harbour Foods"))
    ben = group.client("ben")
    here = ben.get(f"{group.base}/board", query_string={"company": page.rpartition("/")[2]}).text
    assert "2 members want to reach it" in here
    assert "Fifteen minutes" not in here.partition('id="results"')[2]
    # Ben is after the same company: that Ada is, is not his to know, by any filter.
    hers = ben.get(f"{group.base}/board", query_string={"person": str(group.id("ada"))}).text
    assert "Fifteen minutes" in hers
    assert "want to reach it" not in hers.partition('id="results"')[2]
    assert ben.get(f"{group.base}/board?person=nonsense").status_code == 200
