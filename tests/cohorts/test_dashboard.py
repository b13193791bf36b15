"""Who needs the coach today: derived from what happened, each with one thing to do."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select, update

from coachhub.board.models import Ask
from coachhub.board.operations import AskDraft, OfferDraft, TargetDraft
from coachhub.cohorts import queries
from coachhub.cohorts.hooks import DASHBOARD, Signal
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import hooks
from coachhub.core.db import now
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.mail.models import FirmMail
from fixtures_group import Group


@pytest.fixture
def settled(group: Group) -> Group:
    """Everybody joined a while ago, was here today, and has a target and an offer."""
    with scope(group.firm.id):
        long_ago = now() - dt.timedelta(days=40)
        group.session.execute(update(Enrolment).values(created_at=long_ago))
        group.session.execute(update(Membership).values(seen_at=now()))
        for name in ("ada", "ben", "chiara"):
            group.post(name, TargetDraft("Harbour Foods"))
            group.post(name, OfferDraft("treat", f"Walnut bread by {name} on Mondays"))
        group.session.commit()
    return group


def change(group: Group, name: str, model: Any, **columns: Any) -> None:
    with scope(group.firm.id):
        own = model.id if model is Membership else getattr(model, "owner_id", None)
        own = model.membership_id if model is Enrolment else own
        found = select(Membership.id).where(Membership.name.startswith(name))
        group.session.execute(update(model).where(own.in_(found)).values(**columns))
        group.session.commit()


def kinds(group: Group) -> dict[str, list[str]]:
    with scope(group.firm.id):
        cohort = group.session.scalars(select(Cohort)).one()
        found = {
            need.membership.name: [signal.kind for signal in need.signals]
            for need in queries.needing(cohort)
        }
        group.session.rollback()
    return found


def test_nobody_needs_a_coach_whose_group_is_well(settled: Group) -> None:
    assert kinds(settled) == {}
    assert "Nobody needs you today" in settled.client("ida").get(f"{settled.base}/").text


@pytest.mark.parametrize(("days", "quiet"), [(9, False), (10, True), (30, True)])
def test_ten_days_without_a_visit_are_quiet(settled: Group, days: int, quiet: bool) -> None:
    change(settled, "Ada", Membership, seen_at=now() - dt.timedelta(days=days, minutes=1))
    assert kinds(settled) == ({"Ada Osei": ["quiet"]} if quiet else {})


def test_who_never_came_is_quiet_after_three_days(settled: Group) -> None:
    change(settled, "Ben", Membership, seen_at=None)
    assert kinds(settled) == {"Ben Liang": ["quiet"]}
    change(settled, "Ben", Enrolment, created_at=now() - dt.timedelta(days=2))
    assert kinds(settled) == {}


def test_no_targets_no_offers_and_old_asks_press(group: Group) -> None:
    change(group, "", Enrolment, created_at=now() - dt.timedelta(days=40))
    change(group, "", Membership, seen_at=now())
    with scope(group.firm.id):
        group.post("ada", TargetDraft("Harbour Foods"))
        group.post("ada", AskDraft("time", "A mock interview of 45 minutes"))
        group.session.commit()
    assert kinds(group)["Ada Osei"] == ["no_offers"]
    change(group, "Ada", Ask, created_at=now() - dt.timedelta(days=8))
    found = kinds(group)
    assert found["Ada Osei"] == ["unmet_asks", "no_offers"]
    assert found["Ben Liang"] == ["no_targets", "no_offers"]
    assert next(iter(found)) == "Ada Osei"  # weighs most
    change(group, "Ada", Ask, closed_at=now())
    assert kinds(group)["Ada Osei"] == ["no_offers"]


def test_new_and_landed_members_are_left_in_peace(group: Group) -> None:
    assert kinds(group) == {}
    change(group, "", Enrolment, created_at=now() - dt.timedelta(days=40))
    change(group, "", Membership, seen_at=now(), landed_on=now().date())
    assert kinds(group) == {}


def test_waiting_rounds_are_a_signal(settled: Group) -> None:
    change(settled, "Chiara", Enrolment, waited=3)
    assert kinds(settled) == {"Chiara Rossi": ["waited"]}


def test_rooms_above_add_signals_for_members_only(
    settled: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    ada, ida = settled.id("ada"), settled.id("ida")

    def over_giving(_cohort: Cohort) -> list[Signal]:
        return [
            Signal(one, "over_giving", "Has given 5 and received 0", "Write", "/x", 8)
            for one in (ada, ada, ida)
        ]

    there = hooks.ROOMS[DASHBOARD.name]
    monkeypatch.setitem(hooks.ROOMS, DASHBOARD.name, [*there, over_giving])
    assert kinds(settled) == {"Ada Osei": ["over_giving"]}


def test_members_are_led_to_the_board_and_strangers_nowhere(group: Group, make_member: Any) -> None:
    answer = group.client("ada").get(f"{group.base}/")
    assert answer.status_code == 302
    assert answer.location.endswith("/board")
    group.people["eve"] = make_member("Eve Elsewhere")
    assert group.client("eve").get(f"{group.base}/").status_code == 404


def test_the_coachs_home_says_who_needs_them(settled: Group) -> None:
    change(settled, "Ada", Membership, seen_at=now() - dt.timedelta(days=20))
    page = settled.client("ida").get(f"/f/{settled.firm.slug}/").text
    assert "who needs you today" in page
    assert "Ada Osei" in page


def test_a_note_goes_out_in_the_coachs_name(settled: Group) -> None:
    ada, coach = settled.id("ada"), settled.client("ida")
    page = f"{settled.base}/people/{ada}/note"
    form = coach.get(f"{page}?about=quiet").text
    assert "Dear Ada," in form
    assert "Dear" not in coach.get(f"{page}?about=nonsense").text.split("<textarea")[1]
    assert coach.post(page, data={"text": ""}).status_code == 422
    sent = coach.post(page, data={"text": "Dear Ada,\n\nshall we talk?\n\nIda"})
    assert sent.status_code == 303
    with scope(settled.firm.id):
        mail = settled.session.scalars(select(FirmMail).where(FirmMail.kind == "coach_note")).one()
        assert mail.membership_id == ada
        assert b"Reply-To" in mail.raw
        settled.session.rollback()
    assert settled.client("ben").get(page).status_code == 403
    assert coach.get(f"{settled.base}/people/{settled.id('ida')}/note").status_code == 200
