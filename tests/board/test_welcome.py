"""The first visit: three steps on one page, ending with something on the board."""

from __future__ import annotations

from sqlalchemy import select, update

from coachhub.board.models import Offer, Target
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from fixtures_group import Group


def newcomer(group: Group) -> None:
    with scope(group.firm.id):
        group.session.execute(update(Membership).values(welcomed_at=None, interests="Chess"))
        group.session.commit()


def test_a_new_member_is_led_there_once(group: Group) -> None:
    newcomer(group)
    ada = group.client("ada")
    answer = ada.get(f"{group.base}/board")
    assert answer.status_code == 302
    assert answer.location.endswith("/welcome")
    assert "Three short steps to begin" in ada.get(f"/f/{group.firm.slug}/").text
    assert ada.post(f"{group.base}/welcome/skip").status_code == 303
    assert ada.get(f"{group.base}/board").status_code == 200
    assert group.client("ida").get(f"{group.base}/board").status_code == 200


def test_answers_become_profile_targets_and_offers(group: Group) -> None:
    newcomer(group)
    ada = group.client("ada")
    answer = ada.post(
        f"{group.base}/welcome",
        data={
            "titles": "Head of planning, Plant lead",
            "fields": "Food",
            "places": "Rotterdam, remote",
            "companies-0": "Harbour Foods",
            "companies-1": "Nordlicht GmbH",
            "companies-2": "harbour foods",
            "worked-0": "Old Mill Bakeries",
            "reads": "two shipping weeklies",
            "knows": "I check an Excel model with you",
            "makes": "",
        },
    )
    assert answer.status_code == 303
    assert answer.location.endswith("/board")
    page = ada.get(answer.location).text
    assert "5 things of yours are on the board" in page
    assert "I worked at Old Mill Bakeries" in page
    with scope(group.firm.id):
        member = group.session.scalars(
            select(Membership).where(Membership.name == "Ada Osei")
        ).one()
        assert member.titles == ["Head of planning", "Plant lead"]
        assert member.places == ["Rotterdam", "remote"]
        assert member.interests == "Chess"
        assert member.welcomed_at is not None
        assert len(group.session.scalars(select(Target)).all()) == 2
        kinds = set(group.session.scalars(select(Offer.kind)))
        assert kinds == {"insider", "bulletin", "skill"}


def test_an_empty_visit_asks_for_one_thing(group: Group) -> None:
    newcomer(group)
    answer = group.client("ada").post(f"{group.base}/welcome", data={"titles": "Planner"})
    assert answer.status_code == 422
    assert "Please name one company" in answer.text
    assert 'value="Planner"' in answer.text


def test_what_needs_another_look_is_said_at_its_field_and_nothing_is_kept(group: Group) -> None:
    newcomer(group)
    answer = group.client("ada").post(
        f"{group.base}/welcome",
        data={"companies-0": "Harbour Foods", "companies-1": "n/a", "knows": "Help"},
    )
    assert answer.status_code == 422
    assert 'id="companies-1-error"' in answer.text
    assert 'id="knows-error"' in answer.text
    assert 'value="Harbour Foods"' in answer.text
    with scope(group.firm.id):
        assert group.session.scalars(select(Target)).all() == []
