"""Days on the board are within reason, and who types another is told so kindly."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select

from coachhub.board import operations
from coachhub.board.models import Target
from coachhub.board.operations import LeadDraft, TargetDraft
from coachhub.board.specific import FieldError
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from fixtures_group import Group


def today() -> dt.date:
    return now().date()


FAR = today() + dt.timedelta(days=400)


def test_the_next_touch_is_within_a_year(group: Group) -> None:
    ada = group.client("ada")
    sent = {"company": "Harbour Foods", "stage": "wish", "weight": "2"}
    answer = ada.post(f"{group.base}/new/target", data=sent | {"next_touch_on": "9999-12-31"})
    assert answer.status_code == 422
    assert "Please choose a day between" in answer.text
    assert 'value="Harbour Foods"' in answer.text
    near = today() + dt.timedelta(days=30)
    answer = ada.post(f"{group.base}/new/target", data=sent | {"next_touch_on": str(near)})
    assert answer.status_code == 303
    with scope(group.firm.id):
        target = group.session.scalars(select(Target)).one()
        assert target.next_touch_on == near


def test_a_target_with_a_passed_day_can_still_be_changed(group: Group) -> None:
    passed = today() - dt.timedelta(days=90)
    with scope(group.firm.id):
        target = group.post("ada", TargetDraft("Harbour Foods", next_touch_on=passed))
        group.session.commit()
        target_id = target.id
    ada = group.client("ada")
    sent = {"company": "Harbour Foods", "stage": "talking", "weight": "2", "revision": "1"}
    answer = ada.post(
        f"{group.base}/posts/target/{target_id}/edit", data=sent | {"next_touch_on": str(passed)}
    )
    assert answer.status_code == 303


def test_the_short_form_says_from_when_to_when(group: Group) -> None:
    with scope(group.firm.id):
        target_id = group.post("ada", TargetDraft("Harbour Foods")).id
        group.session.commit()
    ada = group.client("ada")
    for typed in ("9999-12-31", "soon"):
        answer = ada.post(
            f"{group.base}/targets/{target_id}/touch",
            data={"next_touch_on": typed},
            follow_redirects=True,
        )
        assert "Saved." not in answer.text
        assert "Please choose a day between" in answer.text or "as in 2026-03-04" in answer.text
    with scope(group.firm.id):
        assert group.session.scalars(select(Target.next_touch_on)).one() is None


@pytest.mark.parametrize(
    "draft",
    [TargetDraft("Harbour Foods", next_touch_on=FAR), LeadDraft("opening", "Planner", until=FAR)],
)
def test_whoever_asks_without_a_form_is_told_too(
    group: Group, draft: TargetDraft | LeadDraft
) -> None:
    with scope(group.firm.id), pytest.raises(FieldError, match="a year ahead"):
        group.post("ada", draft)


def test_a_far_touch_is_refused_by_the_operation(group: Group) -> None:
    with scope(group.firm.id):
        target = group.post("ada", TargetDraft("Harbour Foods"))
        with pytest.raises(FieldError, match="a year ahead"):
            operations.set_next_touch(group.actor("ada"), target, FAR)
