"""Finding work: said in one step, what follows, and taken back."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy import select

from coachhub.board import landing
from coachhub.board.models import Target
from coachhub.board.operations import TargetDraft, post_target
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.hooks import ROOMS
from coachhub.core.tenancy import scope
from coachhub.firms.models import Membership
from coachhub.introductions import alumni
from coachhub.introductions.models import Introduction
from coachhub.permissions import Standing


def actor(member: Membership) -> Actor:
    standings = frozenset({Standing.MEMBER, Standing.COHORT_MEMBER})
    return Actor(member.name, member.person_id, member.id, standings)


def fresh(session: Any, member: Any) -> Any:
    """Return the row as it is now: a scope that closes lets go of what it held."""
    return session.scalars(select(Membership).where(Membership.id == member.id)).one()


@pytest.fixture
def cohort(make_cohort: Any) -> Any:
    return make_cohort()


@pytest.fixture
def ada(make_member: Any, cohort: Any) -> Any:
    return make_member("Ada Example", cohorts=(cohort,), welcomed_at=now())


@pytest.fixture
def ben(make_member: Any, cohort: Any) -> Any:
    return make_member("Ben Example", cohorts=(cohort,), welcomed_at=now())


@pytest.fixture
def inside(firm: Any) -> Any:
    with scope(firm.id):
        yield


@pytest.fixture
def shell(ada: Any, cohort: Any, inside: Any) -> Target:
    del inside
    post_target(actor(ada), cohort, TargetDraft("OMV"))
    return post_target(actor(ada), cohort, TargetDraft("Shell", stage="offer"))


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[dt.date | None]:
    heard: list[dt.date | None] = []
    listen = [*ROOMS["landed"], lambda member: heard.append(member.landed_on)]
    monkeypatch.setitem(ROOMS, "landed", listen)
    return heard


def test_it_closes_what_they_choose_and_is_taken_back_whole(
    ada: Any, shell: Target, session: Any, heard: list[Any]
) -> None:
    older = session.scalars(select(Target).where(Target.id != shell.id)).one()
    older.closed_at = before = now() - dt.timedelta(days=3)
    third = Target(
        cohort_id=shell.cohort_id,
        owner_id=ada.id,
        company_id=older.company_id,
        expires_on=shell.expires_on,
    )
    session.add(third)
    day = now().date() - dt.timedelta(days=4)
    landing.land(actor(ada), landing.Landing(day, shell.id, close_targets=True))
    ada = fresh(session, ada)
    assert (ada.landed_on, shell.stage) == (day, "landed")
    assert shell.closed_at == third.closed_at == ada.landed_at
    landing.take_back(actor(ada))
    assert (ada.landed_on, ada.landed_at, shell.stage) == (None, None, "offer")
    assert (shell.closed_at, third.closed_at, older.closed_at) == (None, None, before)
    assert heard == [day, None]
    assert [one.action for one in audit.entries()[:2]] == ["member.looks_again", "member.landed"]


def test_targets_stay_where_they_are_kept(ada: Any, shell: Target) -> None:
    landing.land(actor(ada), landing.Landing(now().date()))
    assert (shell.closed_at, shell.stage) == (None, "offer")


def test_it_is_for_members_and_their_own_targets(
    ada: Any, ben: Any, shell: Target, make_member: Any, session: Any
) -> None:
    today = now().date()
    with pytest.raises(NotFoundError):
        landing.land(actor(ben), landing.Landing(today, shell.id))
    with pytest.raises(NotFoundError):
        landing.land(actor(make_member(role="coach")), landing.Landing(today))
    for days in (-500, 3):
        with pytest.raises(DomainError, match="settled"):
            landing.land(actor(ada), landing.Landing(today + dt.timedelta(days=days)))
    assert fresh(session, ada).landed_on is None


def test_what_is_on_its_way_to_them_ends_and_promises_stay(
    ada: Any, ben: Any, cohort: Any, inside: Any, make_introduction: Any, session: Any
) -> None:
    del inside
    coming = make_introduction(ben, ada, cohort, state="giver_asked")
    resting = make_introduction(ben, ada, cohort, state="not_now", not_before=now().date())
    met = make_introduction(ben, ada, cohort, state="introduced")
    giving = make_introduction(ada, ben, cohort, state="giver_asked")
    landing.land(actor(ada), landing.Landing(now().date()))
    states = {
        row.id: row.state for row in session.scalars(select(Introduction).order_by(Introduction.id))
    }
    assert [states[one.id] for one in (coming, resting, met, giving)] == [
        "withdrawn",
        "withdrawn",
        "introduced",
        "giver_asked",
    ]


def test_a_door_that_was_opened_is_forgotten_when_they_look_again(ada: Any, inside: Any) -> None:
    del inside
    landing.land(actor(ada), landing.Landing(now().date()))
    later = now().date() + dt.timedelta(days=90)
    alumni.open_door(actor(ada), alumni.DoorDraft(2, later))
    assert len(alumni.alumni_for(now().date())) == 1
    landing.take_back(actor(ada))
    assert alumni.alumni_for(now().date()) == []


def test_the_page(
    ada: Any, shell: Target, cohort: Any, client: Any, sign_in: Any, firm: Any, session: Any
) -> None:
    target_id = shell.id
    sign_in(client, ada)
    base = f"/f/{firm.slug}"
    led = client.post(f"{base}/c/{cohort.slug}/targets/{target_id}/stage", data={"stage": "landed"})
    assert led.location == f"{base}/found-work?target={target_id}"
    page = client.get(led.location)
    assert f'<option selected value="{target_id}">Shell' in page.text
    assert "You landed at Shell?" in client.get(f"{base}/").text
    sent = {"landed_on": "1999-01-01", "target": str(target_id), "close": "keep"}
    refused = client.post(f"{base}/found-work", data=sent)
    assert refused.status_code == 422
    assert 'value="1999-01-01"' in refused.text
    sent["landed_on"] = str(now().date())
    done = client.post(f"{base}/found-work", data=sent, follow_redirects=True)
    assert "You found work" in done.text
    assert "You landed at Shell?" not in client.get(f"{base}/").text
    back = client.post(f"{base}/found-work/take-back", follow_redirects=True)
    assert "Taken back." in back.text
    session.expire_all()
    with scope(firm.id):
        assert (
            session.scalars(select(Membership.landed_on).where(Membership.id == ada.id)).one()
            is None
        )


def test_saving_a_target_as_landed_leads_there_too(
    ada: Any, shell: Target, cohort: Any, client: Any, sign_in: Any, firm: Any
) -> None:
    target_id, revision = shell.id, shell.revision
    sign_in(client, ada)
    answer = client.post(
        f"/f/{firm.slug}/c/{cohort.slug}/posts/target/{target_id}/edit",
        data={"company": "Shell", "stage": "landed", "weight": "2", "revision": str(revision)},
    )
    assert answer.location.endswith(f"/found-work?target={target_id}")
