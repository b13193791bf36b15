"""The first visit: four steps, left and taken up at any point, ending with something posted."""

from __future__ import annotations

import pytest
from sqlalchemy import select, update

from coachhub.accounts.models import Person
from coachhub.board.models import FirstVisit, Offer, Target
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from fixtures_group import Group

GIVES = {
    "worked-0": "Old Mill Bakeries",
    "worked_as-0": "Head of planning",
    "reads": "two shipping weeklies\nthe food trade press",
    "can": "I check an Excel model with you",
}


@pytest.fixture
def newcomer(group: Group) -> Group:
    with scope(group.firm.id):
        group.session.execute(update(Membership).values(welcomed_at=None, interests="Chess"))
        group.session.commit()
    return group


def drafts_sent(*titles: str, keep: tuple[int, ...] = (0, 1, 2, 3)) -> dict[str, str]:
    data: dict[str, str] = {}
    for number, title in enumerate(titles):
        data |= {f"titles-{number}": title, f"kinds-{number}": "skill"}
        data |= {f"companies-{number}": "", f"bodies-{number}": "", f"fields-{number}": ""}
        if number in keep:
            data[f"keep-{number}"] = "y"
    return data


def test_a_new_member_is_led_there_once_and_may_look_round_first(newcomer: Group) -> None:
    ada = newcomer.client("ada")
    answer = ada.get(f"{newcomer.base}/board")
    assert answer.status_code == 302
    assert answer.location.endswith("/welcome")
    assert "Four short steps to begin" in ada.get(f"/f/{newcomer.firm.slug}/").text
    assert ada.post(f"{newcomer.base}/welcome/skip").status_code == 303
    assert ada.get(f"{newcomer.base}/board").status_code == 200
    assert "Go on where you left" in ada.get(f"/f/{newcomer.firm.slug}/").text
    assert newcomer.client("ida").get(f"{newcomer.base}/board").status_code == 200


def test_from_the_first_answer_to_the_number_of_people(newcomer: Group) -> None:
    ada = newcomer.client("ada")
    answer = ada.post(
        f"{newcomer.base}/welcome",
        data={
            "titles": "Head of planning, Plant lead",
            "fields": "Food",
            "places": "Rotterdam, remote",
            "companies-0": "Harbour Foods",
            "companies-1": "Nordlicht GmbH",
            "companies-2": "harbour foods",
            "zone": "Europe/Madrid",
        },
    )
    assert answer.location.endswith("/welcome/give")
    answer = ada.post(answer.location, data=GIVES)
    assert answer.location.endswith("/welcome/offers")
    page = ada.get(answer.location).text
    assert "I worked at Old Mill Bakeries (head of planning)" in page or (
        "I worked at Old Mill Bakeries (Head of planning)" in page
    )
    with scope(newcomer.firm.id):
        assert len(newcomer.session.scalars(select(Target)).all()) == 2
        assert newcomer.session.scalars(select(Offer)).all() == []
    sent = drafts_sent("I check an Excel model with you", "I read two weeklies for all", keep=(0,))
    answer = ada.post(answer.location, data=sent)
    assert answer.location.endswith("/welcome/people")
    assert "Nobody but you sees who you know" in ada.get(answer.location).text
    answer = ada.post(answer.location)
    page = ada.get(answer.location).text
    assert "You are in" in page
    assert "kept for later" in page
    with scope(newcomer.firm.id):
        member = newcomer.session.scalars(
            select(Membership).where(Membership.name == "Ada Osei")
        ).one()
        assert member.titles == ["Head of planning", "Plant lead"]
        assert member.interests == "Chess"
        assert member.welcomed_at is not None
        assert [one.field for one in newcomer.session.scalars(select(Offer))] == [""]
        visit = newcomer.session.scalars(select(FirstVisit)).one()
        assert (visit.step, len(visit.drafts)) == ("done", 1)
        person = newcomer.session.get_one(Person, member.person_id)
        assert (person.timezone, person.timezone_from) == ("Europe/Madrid", "browser")


def test_what_was_typed_is_there_when_one_comes_back(newcomer: Group) -> None:
    ada = newcomer.client("ada")
    typed = {"titles": "Planner", "companies-3": "n/a", "later": "1"}
    assert ada.post(f"{newcomer.base}/welcome", data=typed).location.endswith("/board")
    page = ada.get(f"{newcomer.base}/welcome").text
    assert 'value="Planner"' in page
    assert 'value="n/a"' in page
    ada.post(f"{newcomer.base}/welcome", data={"titles": "Planner"})
    ada.post(f"{newcomer.base}/welcome/give", data=GIVES | {"later": "1"})
    answer = ada.get(f"{newcomer.base}/welcome")
    assert answer.location.endswith("/welcome/give")
    assert "the food trade press" in ada.get(answer.location).text
    assert "two shipping weeklies" in ada.get(answer.location).text
    assert 'value="Planner"' in ada.get(f"{newcomer.base}/welcome?again=1").text


def test_drafts_are_kept_as_they_were_changed(newcomer: Group) -> None:
    ada = newcomer.client("ada")
    ada.post(f"{newcomer.base}/welcome", data={})
    ada.post(f"{newcomer.base}/welcome/give", data=GIVES)
    ada.post(f"{newcomer.base}/welcome/offers", data=drafts_sent("Another word") | {"later": "1"})
    page = ada.get(f"{newcomer.base}/welcome/offers").text
    assert 'value="Another word"' in page
    with scope(newcomer.firm.id):
        assert newcomer.session.scalars(select(Offer)).all() == []


def test_what_needs_another_look_is_said_at_its_field_and_nothing_is_kept(newcomer: Group) -> None:
    ada = newcomer.client("ada")
    answer = ada.post(
        f"{newcomer.base}/welcome", data={"companies-0": "Harbour Foods", "companies-1": "n/a"}
    )
    assert answer.status_code == 422
    assert 'id="companies-1-error"' in answer.text
    assert 'value="Harbour Foods"' in answer.text
    ada.post(f"{newcomer.base}/welcome", data={})
    ada.post(f"{newcomer.base}/welcome/give", data=GIVES)
    sent = drafts_sent("I check an Excel model with you", "Help")
    answer = ada.post(f"{newcomer.base}/welcome/offers", data=sent)
    assert answer.status_code == 422
    assert 'id="titles-1-error"' in answer.text
    with scope(newcomer.firm.id):
        assert newcomer.session.scalars(select(Target)).all() == []
        assert newcomer.session.scalars(select(Offer)).all() == []


def test_a_step_can_be_passed_over(newcomer: Group) -> None:
    ada = newcomer.client("ada")
    # Fields that a browser did not send are no words: nobody is told that they hurt.
    assert ada.post(f"{newcomer.base}/welcome", data={}).location.endswith("/give")
    assert ada.post(f"{newcomer.base}/welcome/give", data={}).location.endswith("/people")
    assert ada.get(f"{newcomer.base}/welcome/offers").location.endswith("/give")
