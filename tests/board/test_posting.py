"""Posting and changing: drafts kept, vague texts asked about, two tabs, ends and renewals."""

from __future__ import annotations

import datetime as dt

import pytest
from sqlalchemy import select, update

from coachhub.board import operations
from coachhub.board.hooks import POST_CHANGED, POSTED
from coachhub.board.jobs import expire_due
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.board.operations import AskDraft, LeadDraft, OfferDraft, StaleError, TargetDraft
from coachhub.board.specific import FieldError
from coachhub.cohorts.models import Cohort
from coachhub.core import hooks
from coachhub.core.db import now
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.tenancy import scope
from fixtures_group import Group


def today() -> dt.date:
    return now().date()


def test_a_post_stays_sixty_days(group: Group) -> None:
    group.posted("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
    with scope(group.firm.id):
        offer = group.session.scalars(select(Offer)).one()
        assert offer.expires_on == today() + dt.timedelta(days=60)
        assert offer.revision == 1


def test_a_lead_stays_until_its_own_day(group: Group) -> None:
    until = today() + dt.timedelta(days=9)
    group.posted("ada", LeadDraft("opening", "Planner", until=until))
    with scope(group.firm.id):
        assert group.session.scalars(select(Lead)).one().expires_on == until
        with pytest.raises(FieldError, match="over"):
            group.post("ada", LeadDraft("opening", "Planner", until=today() - dt.timedelta(days=1)))
        with pytest.raises(FieldError, match="opening"):
            group.post("ada", LeadDraft("rumour", "Planner"))


def test_targets_know_companies_by_every_name(group: Group) -> None:
    group.posted("ada", TargetDraft("Harbour Foods Inc."))
    with scope(group.firm.id):
        with pytest.raises(FieldError, match="already") as same:
            group.post("ada", TargetDraft("harbour foods"))
        assert same.value.field == "company"
        with pytest.raises(FieldError, match="company's name"):
            group.post("ada", TargetDraft("self-employed"))
        group.post("ben", TargetDraft("harbour foods"))
        assert len(set(group.session.scalars(select(Target.company_id)))) == 1


@pytest.mark.parametrize(
    ("title", "company"),
    [
        ("Help", ""),
        ("Any help with my job search please", ""),
        ("Looking for opportunities in general", ""),
        ("Some advice would be great", ""),
        ("Let me know if you know anyone", ""),
    ],
)
def test_vague_asks_get_a_kind_question(group: Group, title: str, company: str) -> None:
    ada = group.client("ada")
    sent = {"kind": "time", "title": title, "body": "thank you", "company": company}
    answer = ada.post(f"{group.base}/new/ask", data=sent)
    assert answer.status_code == 422
    assert title in answer.text
    assert "thank you" in answer.text
    assert 'id="title-error"' in answer.text
    with scope(group.firm.id):
        assert group.session.scalars(select(Ask)).all() == []


@pytest.mark.parametrize(
    "draft",
    [
        AskDraft("insider", "How do they hire planners", company="Harbour Foods"),
        AskDraft("time", "A mock interview of 45 minutes before Thursday"),
        AskDraft("skill", "Some help with pivots in my Excel sheet"),
        AskDraft("door", "Fifteen minutes with anyone in their buying team", company="Nordlicht"),
    ],
)
def test_specific_asks_pass(group: Group, draft: AskDraft) -> None:
    with scope(group.firm.id):
        assert group.post("ada", draft).title == draft.title


def test_offers_of_doors_need_a_company(group: Group) -> None:
    ada = group.client("ada")
    sent = {"kind": "door", "title": "I can introduce one person a month", "company": ""}
    answer = ada.post(f"{group.base}/new/offer", data=sent)
    assert answer.status_code == 422
    assert 'id="company-error"' in answer.text
    sent["company"] = "Harbour Foods"
    assert ada.post(f"{group.base}/new/offer", data=sent).status_code == 303


def test_posts_tell_whoever_listens(group: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    posted, changed = list(hooks.ROOMS.get("posted", [])), list(hooks.ROOMS.get("post_changed", []))
    monkeypatch.setitem(hooks.ROOMS, POSTED.name, [*posted, lambda _post: told.append("posted")])
    monkeypatch.setitem(
        hooks.ROOMS, POST_CHANGED.name, [*changed, lambda _post, change: told.append(change)]
    )
    with scope(group.firm.id):
        ada = group.actor("ada")
        offer = group.post("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
        draft = OfferDraft("treat", "Walnut bread on Tuesday mornings")
        operations.edit_post(ada, group.cohort, offer, draft, 1)
        operations.close_post(ada, offer)
        operations.reopen_post(ada, group.cohort, offer)
        operations.renew_post(ada, group.cohort, offer)
    assert told == ["posted", "edited", "closed", "reopened", "renewed"]


def test_two_tabs_cannot_overwrite_each_other(group: Group) -> None:
    post = group.posted("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
    ada = group.client("ada")
    page = f"{group.base}/posts/offer/{post}/edit"
    assert 'name="revision" type="hidden" value="1"' in ada.get(page).text
    first = {"kind": "treat", "title": "Rye bread on Monday mornings", "revision": "1"}
    second = {"kind": "treat", "title": "Apple cake on Friday mornings", "revision": "1"}
    assert ada.post(page, data=first).status_code == 303
    stale = ada.post(page, data=second)
    assert stale.status_code == 409
    assert "in another tab" in stale.text
    assert "Apple cake on Friday mornings" in stale.text  # kept
    assert "Rye bread on Monday mornings" in stale.text  # shown beside it
    assert 'name="revision" type="hidden" value="2"' in stale.text
    assert ada.post(page, data=second | {"revision": "2"}).status_code == 303
    with scope(group.firm.id):
        offer = group.session.scalars(select(Offer)).one()
        assert (offer.title, offer.revision) == ("Apple cake on Friday mornings", 3)
        with pytest.raises(StaleError):
            operations.edit_post(
                group.actor("ada"), group.cohort, offer, OfferDraft("treat", "Buns for all"), 1
            )


@pytest.mark.parametrize("revision", ["", "x", "²", "-1"])
def test_nonsense_for_a_revision_is_a_stale_edit(group: Group, revision: str) -> None:
    post = group.posted("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
    sent = {"kind": "treat", "title": "Rye bread on Monday mornings", "revision": revision}
    answer = group.client("ada").post(f"{group.base}/posts/offer/{post}/edit", data=sent)
    assert answer.status_code == 409


def test_only_the_owner_changes_a_post(group: Group) -> None:
    post = group.posted("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
    target = group.posted("ada", TargetDraft("Harbour Foods"))
    for name in ("ben", "ida"):
        client = group.client(name)
        assert client.get(f"{group.base}/posts/offer/{post}/edit").status_code == 404
        for step in ("close", "reopen", "renew", "edit"):
            path = f"{group.base}/posts/offer/{post}/{step}"
            assert client.post(path).status_code == 404
        stage = client.post(f"{group.base}/targets/{target}/stage", data={"stage": "talking"})
        assert stage.status_code == 404
    assert group.client("ada").post(f"{group.base}/posts/cake/{post}/close").status_code == 404
    assert group.client("ada").post(f"{group.base}/posts/ask/{post}/close").status_code == 404


def test_another_cohorts_post_does_not_exist(group: Group) -> None:
    post = group.posted("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
    with scope(group.firm.id):
        other = Cohort(name="Autumn", slug="autumn")
        group.session.add(other)
        group.session.flush()
        with pytest.raises(NotFoundError):
            operations.post_of(other, "offer", post)


def test_expired_posts_are_closed_and_can_come_back(group: Group) -> None:
    with scope(group.firm.id):
        offer = group.post("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))
        stays = group.post("ada", OfferDraft("treat", "Walnut bread on Friday mornings"))
        offer.expires_on, stays.expires_on = today() - dt.timedelta(days=1), today()
        group.session.flush()
        expire_due.function(group.firm.id)
        assert offer.closed_at is not None
        assert stays.closed_at is None
        assert operations.expire_due(today()) == 0
        operations.reopen_post(group.actor("ada"), group.cohort, offer)
        assert offer.closed_at is None
        assert offer.expires_on == today() + dt.timedelta(days=60)


def test_renewing_never_shortens(group: Group) -> None:
    until = today() + dt.timedelta(days=200)
    with scope(group.firm.id):
        lead = group.post("ada", LeadDraft("opening", "Planner", until=until))
        operations.renew_post(group.actor("ada"), group.cohort, lead)
        assert lead.expires_on == until


def test_a_closed_cohort_takes_no_posts(group: Group) -> None:
    with scope(group.firm.id):
        group.session.execute(update(Cohort).values(state="closed"))
        group.cohort = group.session.scalars(select(Cohort)).one()
        with pytest.raises(DomainError, match="closed"):
            group.post("ada", OfferDraft("treat", "Walnut bread on Monday mornings"))


def test_choosing_a_kind_comes_first(group: Group) -> None:
    ada = group.client("ada")
    page = ada.get(f"{group.base}/new/offer").text
    assert f"{group.base}/new/offer?kind=bulletin" in page
    form = ada.get(f"{group.base}/new/offer?kind=bulletin").text
    assert "What do you read" in form
    assert ada.get(f"{group.base}/new/cake").status_code == 404
