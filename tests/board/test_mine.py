"""A member's own posts: stages with a way back, next touches, what ends soon."""

from __future__ import annotations

import datetime as dt
import re
from uuid import uuid4

from sqlalchemy import select, update

from coachhub.board.models import Offer, Target
from coachhub.board.operations import AskDraft, OfferDraft, TargetDraft
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from fixtures_group import Group


def today() -> dt.date:
    return now().date()


def test_each_kind_has_its_tab_and_count(group: Group) -> None:
    group.posted("ada", TargetDraft("Harbour Foods", roles="Head of planning"))
    group.posted("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
    group.posted("ben", OfferDraft("treat", "Rye bread on Monday mornings"))
    ada = group.client("ada")
    page = ada.get(f"{group.base}/mine").text
    assert "Harbour Foods" in page
    assert "Walnut" not in page
    offers = ada.get(f"{group.base}/mine?post=offer").text
    assert "Walnut" in offers
    assert "Rye" not in offers
    assert "No asks yet" in ada.get(f"{group.base}/mine?post=ask").text


def test_a_stage_changes_in_one_step_and_back(group: Group) -> None:
    target = group.posted("ada", TargetDraft("Harbour Foods"))
    ada = group.client("ada")
    ada.post(f"{group.base}/targets/{target}/stage", data={"stage": "interviewing"})
    page = ada.get(f"{group.base}/mine").text
    undo = re.search(r'action="([^"]*/stage/wish)"', page)
    assert undo is not None
    with scope(group.firm.id):
        assert group.session.scalars(select(Target)).one().stage == "interviewing"
        group.session.rollback()
    assert ada.post(undo[1]).status_code == 303
    with scope(group.firm.id):
        assert group.session.scalars(select(Target)).one().stage == "wish"
        group.session.rollback()
    wrong = ada.post(f"{group.base}/targets/{target}/stage", data={"stage": "married"})
    assert wrong.status_code == 303
    assert ada.post(f"{group.base}/targets/{target}/stage/married").status_code == 409


def test_a_next_touch_stands_on_the_home_page(group: Group) -> None:
    target = group.posted("ada", TargetDraft("Harbour Foods"))
    ada = group.client("ada")
    home = f"/f/{group.firm.slug}/"
    assert "Be in touch with Harbour Foods" not in ada.get(home).text
    ada.post(f"{group.base}/targets/{target}/touch", data={"next_touch_on": today().isoformat()})
    assert "Be in touch with Harbour Foods" in ada.get(home).text
    ada.post(f"{group.base}/targets/{target}/touch", data={"next_touch_on": ""})
    assert "Be in touch with Harbour Foods" not in ada.get(home).text
    wrong = ada.post(f"{group.base}/targets/{target}/touch", data={"next_touch_on": "soon"})
    assert wrong.status_code == 303
    for step in ("stage", "touch"):
        missing = f"{group.base}/targets/{uuid4()}/{step}"
        assert ada.post(missing, data={}).status_code == 404


def test_what_ends_soon_can_be_kept(group: Group) -> None:
    offer = group.posted("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
    ada = group.client("ada")
    assert "Keep 60 days" not in ada.get(f"{group.base}/mine?post=offer").text
    with scope(group.firm.id):
        soon = today() + dt.timedelta(days=3)
        group.session.execute(update(Offer).values(expires_on=soon))
        group.session.commit()
    assert "One of your posts ends this week" in ada.get(f"/f/{group.firm.slug}/").text
    assert "Keep 60 days" in ada.get(f"{group.base}/mine?post=offer").text
    ada.post(f"{group.base}/posts/offer/{offer}/renew")
    assert "Keep 60 days" not in ada.get(f"{group.base}/mine?post=offer").text


def test_a_post_goes_off_the_board_and_back(group: Group) -> None:
    ask = group.posted("ada", AskDraft("time", "A mock interview of 45 minutes"))
    ada = group.client("ada")
    ada.post(f"{group.base}/posts/ask/{ask}/close")
    page = ada.get(f"{group.base}/mine?post=ask").text
    assert f"{group.base}/posts/ask/{ask}/reopen" in page
    assert "Off the board" in page
    ada.post(f"{group.base}/posts/ask/{ask}/reopen")
    assert "Off the board" not in ada.get(f"{group.base}/mine?post=ask").text
