"""The firm's own house rules: worded, switched, shown; nobody else's are touched."""

from __future__ import annotations

import datetime as dt
import html
from collections.abc import Callable
from typing import Any
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from sqlalchemy import select

from coachhub.board.models import Offer
from coachhub.board.operations import OfferDraft
from coachhub.core import audit
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.moderation import house
from coachhub.moderation.models import Case
from coachhub.moderation.rules import RULES
from fixtures_group import Group

SELLING = {"title": "No adverts", "meaning": "It sells.", "advice": "Give instead."}


@pytest.fixture
def admin(group: Group, make_member: Callable[..., Membership]) -> FlaskClient:
    member = make_member("Ana Admin", role="admin")
    client = group.clients()
    with scope(group.firm.id):
        group.sign_in(client, member)
    return client


@pytest.fixture
def base(group: Group) -> str:
    return f"/f/{group.firm.slug}"


@pytest.fixture
def offer(group: Group) -> UUID:
    return group.posted("ada", OfferDraft(kind="time", title="An hour for your CV"))


def page(client: FlaskClient, url: str) -> str:
    return html.unescape(client.get(url).text)


def test_a_firm_begins_with_ours(group: Group, base: str, offer: UUID) -> None:
    client = group.client("ben")
    shown, report = (
        page(client, f"{base}/house-rules"),
        page(client, f"{base}/report/offer/{offer}"),
    )
    for rule in RULES:
        assert rule.title in shown
        assert rule.meaning in shown
        assert rule.advice in shown
        assert rule.meaning in report


def test_its_own_words_stand_everywhere(
    group: Group, admin: FlaskClient, base: str, offer: UUID
) -> None:
    url = f"{base}/console/house/rules/selling"
    assert admin.post(url, data=SELLING | {"is_on": "y", "safety": "y"}).status_code == 303
    client = group.client("ben")
    for where in ("house-rules", f"report/offer/{offer}"):
        shown = page(client, f"{base}/{where}")
        assert "No adverts" in shown
        assert "It sells." in shown
        assert "It advertises something for money." not in shown
    with scope(group.firm.id):
        entry = audit.entries(action="house_rule.")[0]
        assert entry.details["before"]["title"] == "Selling"
        assert entry.details["after"]["title"] == "No adverts"
    # Safety now: what is reported for it is hidden at once.
    assert (
        client.post(f"{base}/report/offer/{offer}", data={"reason": "selling"}).status_code == 303
    )
    with scope(group.firm.id):
        assert group.session.scalars(select(Offer.moderation)).one() == "quarantined"


def test_what_is_switched_off_is_no_reason_to_report(
    group: Group, admin: FlaskClient, base: str, offer: UUID
) -> None:
    assert admin.post(f"{base}/console/house/rules/selling", data=SELLING).status_code == 303
    assert "No adverts" in page(admin, f"{base}/console/house/")
    client = group.client("ben")
    assert "No adverts" not in page(client, f"{base}/house-rules")
    assert (
        client.post(f"{base}/report/offer/{offer}", data={"reason": "selling"}).status_code == 422
    )
    with scope(group.firm.id):
        assert group.session.scalars(select(Case)).all() == []


def test_something_else_stays_on(admin: FlaskClient, base: str, group: Group) -> None:
    answer = admin.post(f"{base}/console/house/rules/other", data=SELLING)
    assert answer.status_code == 422
    assert "must find a reason" in answer.text
    assert "No adverts" in answer.text
    with scope(group.firm.id):
        assert house.by_code()["other"].title == "Something else"


def test_a_rule_needs_words(admin: FlaskClient, base: str) -> None:
    answer = admin.post(f"{base}/console/house/rules/gift", data={"title": " ", "is_on": "y"})
    assert answer.status_code == 422
    assert "A rule has a name." in answer.text


def test_another_firm_keeps_its_own(
    admin: FlaskClient, base: str, make_firm: Callable[..., Firm]
) -> None:
    admin.post(f"{base}/console/house/rules/selling", data=SELLING)
    with scope(make_firm().id):
        assert house.all_rules() == list(RULES)


HOURS: dict[str, Any] = {
    "zone": "Europe/Madrid",
    "begins": "08:30",
    "ends": "14:00",
    "weekdays": ["0", "1", "2", "3"],
    "free": "2026-12-24\n\n2026-12-25",
}


def test_hours_are_set_and_what_comes_is_due_by_them(
    group: Group, admin: FlaskClient, base: str
) -> None:
    url = f"{base}/console/house/hours"
    assert "America/New_York" in page(admin, url)
    assert admin.post(url, data=HOURS).status_code == 303
    shown = page(admin, url)
    assert "2026-12-24\n2026-12-25" in shown
    assert 'value="08:30"' in shown
    with scope(group.firm.id):
        hours = house.hours()
        assert hours.free == {dt.date(2026, 12, 24), dt.date(2026, 12, 25)}
        scam = house.by_code()["scam"]
        wednesday = dt.datetime(2026, 12, 23, 12, tzinfo=dt.UTC)  # 13:00 in Madrid
        # One hour of the four today; then two free days, a Friday to Sunday off, three on Monday.
        assert house.due(scam, wednesday) == dt.datetime(2026, 12, 28, 10, 30, tzinfo=dt.UTC)
        assert (
            audit.entries(action="business_hours.")[0].details["after"]["zone"] == "Europe/Madrid"
        )


@pytest.mark.parametrize(
    ("typed", "told"),
    [
        ({"ends": "08:00"}, "The day ends after it begins."),
        ({"weekdays": []}, "Please choose at least one day."),
        ({"free": "2026-12-25\nChristmas"}, "Line 2: please write “Christmas” as in 2026-12-25."),
        ({"zone": "Mars/Base"}, "Not a valid choice"),
    ],
)
def test_hours_that_cannot_be(
    admin: FlaskClient, base: str, typed: dict[str, Any], told: str
) -> None:
    answer = admin.post(f"{base}/console/house/hours", data=HOURS | typed)
    assert answer.status_code == 422
    assert told in html.unescape(answer.text)


def test_only_admins_change_the_house(group: Group, base: str) -> None:
    for who in ("ben", "ida"):
        client = group.client(who)
        assert client.get(f"{base}/console/house/").status_code == 403
        assert client.post(f"{base}/console/house/rules/selling", data=SELLING).status_code == 403


def test_first_posts_wait_if_the_firm_says_so(group: Group, admin: FlaskClient, base: str) -> None:
    url = f"{base}/console/house/first-posts"
    for wrong in ("", "-1", "21", "many"):
        assert admin.post(url, data={"count": wrong}).status_code == 422
    assert admin.post(url, data={"count": "2"}).status_code == 303
    assert "The first 2 posts of somebody new wait" in page(admin, f"{base}/console/house/")
    with scope(group.firm.id):
        assert audit.entries(action="firm.first_posts")[0].details["after"] == 2
    assert admin.post(url, data={"count": "0"}).status_code == 303
    assert "on the board at once" in page(admin, f"{base}/console/house/")
