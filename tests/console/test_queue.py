"""The queue: what it says of each case, how it is filtered, who sees which."""

from __future__ import annotations

import html
import re
from collections.abc import Callable
from uuid import UUID

import pytest
from flask.testing import FlaskClient
from uuid_utils.compat import uuid7

from coachhub.console.queue import Filters
from coachhub.core import audit
from coachhub.core.tenancy import scope
from coachhub.firms.models import Firm, Membership
from coachhub.moderation.operations import Ruling, claim, decide
from console.conftest import Desk
from fixtures_group import Group


def told(client: FlaskClient, url: str) -> str:
    answer = client.get(url)
    assert answer.status_code == 200, answer.status
    return " ".join(html.unescape(answer.text).split())


def listed(client: FlaskClient, url: str) -> list[str]:
    """Return the ids of the cases on a page, in their order."""
    return re.findall(r'id="case-([0-9a-f-]{36})"', client.get(url).text)


def test_a_line_says_all_that_is_needed(desk: Desk) -> None:
    first = desk.reported("Gold watches from Geneva", note="He sells them to us")
    with scope(desk.group.firm.id):
        case = desk.case(first)
        decide(
            desk.group.actor("ida"), case, case.version,
            Ruling("upheld", "selling", "removed", "Gold watches"),
        )  # fmt: skip
        desk.group.session.commit()
    second = desk.reported("Silver watches from Bern")
    page = told(desk.coach, f"{desk.base}/")
    assert "Silver watches from Bern" in page
    assert "Gold watches" not in page
    assert "Selling" in page
    assert "By Ada Osei (1 earlier case upheld)" in page
    assert "1 report: one earlier report by the same people was right" in page
    assert "Due " in page
    assert "Spring" in page
    assert listed(desk.coach, f"{desk.base}/") == [str(second)]
    assert listed(desk.coach, f"{desk.base}/?state=decided") == [str(first)]
    assert len(listed(desk.coach, f"{desk.base}/?state=all")) == 2


@pytest.fixture
def three(desk: Desk) -> dict[str, str]:
    cases = {
        "watch": desk.reported("Gold watches", note="a salesman"),
        "rude": desk.reported("You fools", "attack", by="chiara"),
        "tea": desk.reported("Tea at my house", "off_topic", author="chiara"),
    }
    return {name: str(case) for name, case in cases.items()}


@pytest.mark.parametrize(
    ("query", "wanted"),
    [
        ("", ["rude", "tea", "watch"]),
        ("reason=attack", ["rude"]),
        ("q=gold", ["watch"]),
        ("q=SALESMAN+watches", ["watch"]),
        ("q=chiara", ["tea"]),
        ("q=100%25", []),
        ("author={chiara}", ["tea"]),
        ("reporter={ben}", ["tea", "watch"]),
        ("cohort={cohort}", ["rude", "tea", "watch"]),
        ("cohort={nobody}", []),
        ("state=mine", ["tea"]),
        ("state=overdue", []),
        ("origin=guard", []),
        ("reason=attack&author={chiara}", []),
        ("state=nonsense&sort=nonsense&show=7&author=nobody&page=-3", ["rude", "tea", "watch"]),
    ],
)
def test_filters(desk: Desk, three: dict[str, str], query: str, wanted: list[str]) -> None:
    group = desk.group
    with scope(group.firm.id):
        case = desk.case(UUID(three["tea"]))
        claim(group.actor("ida"), case, case.version)
        cohort = group.cohort.id
        group.session.commit()
    ids = {
        "chiara": group.id("chiara"),
        "ben": group.id("ben"),
        "cohort": cohort,
        "nobody": uuid7(),
    }
    found = listed(desk.coach, f"{desk.base}/?{query.format(**ids)}")
    assert sorted(found) == sorted(three[name] for name in wanted)


def test_sorting_and_paging(desk: Desk) -> None:
    cases = [str(desk.reported(f"Offer {number:02}")) for number in range(27)]
    assert listed(desk.coach, f"{desk.base}/?sort=oldest") == cases[:25]
    assert listed(desk.coach, f"{desk.base}/?sort=oldest&page=2") == cases[25:]
    assert listed(desk.coach, f"{desk.base}/?sort=newest&show=50") == cases[::-1]
    with scope(desk.group.firm.id):
        offer = desk.case(UUID(cases[13])).target_id
    desk.report(offer, "selling", by="chiara")
    assert listed(desk.coach, f"{desk.base}/?sort=reports")[0] == cases[13]
    assert 'aria-label="Pages"' in desk.coach.get(f"{desk.base}/").text


def test_a_safety_case_comes_first(desk: Desk) -> None:
    slow, urgent = desk.reported("Tea", "off_topic"), desk.reported("Fools", "attack")
    assert listed(desk.coach, f"{desk.base}/") == [str(urgent), str(slow)]


def test_a_coach_sees_their_cohorts_alone(desk: Desk, elsewhere: FlaskClient) -> None:
    case = desk.reported("Gold watches")
    assert listed(elsewhere, f"{desk.base}/?state=all") == []
    page = told(elsewhere, f"{desk.base}/")
    assert "Gold watches" not in page
    assert "Ada Osei" not in page  # nor among those one can filter by
    assert elsewhere.get(f"{desk.base}/{case}").status_code == 404
    assert elsewhere.post(f"{desk.base}/{case}/claim").status_code == 404
    assert elsewhere.get(f"{desk.base}/members/{desk.group.id('ada')}").status_code == 404
    assert listed(desk.admin, f"{desk.base}/") == [str(case)]
    member = desk.group.client("ben")
    assert member.get(f"{desk.base}/").status_code == 403
    assert member.get(f"{desk.base}/{case}").status_code == 403


def test_another_firms_case_is_not_there_and_the_attempt_is_written_down(
    desk: Desk, make_firm: Callable[..., Firm], make_member: Callable[..., Membership]
) -> None:
    case = desk.reported("Gold watches")
    with scope(desk.group.firm.id):
        before = desk.case(case).version
    other = make_firm()
    admin = make_member("Eve Elsewhere", role="admin", firm=other)
    other_id, slug = other.id, other.slug
    client = desk.group.clients()
    with scope(other_id):
        desk.group.sign_in(client, admin)
    here = f"/f/{slug}/console/cases"
    form = {
        "version": str(before),
        "verdict": "removed",
        "rule": "scam",
        "firm": desk.group.firm.slug,
    }
    for url in (f"{here}/{case}", f"{here}/{case}/claim", f"{here}/{case}/reporters"):
        assert client.post(url, data=form).status_code == 404
    never = client.post(f"{here}/{uuid7()}", data=form)
    assert never.status_code == 404
    many = {"case": f"{case}:{before}", "verdict": "none", "rule": "scam"}
    assert client.post(f"{here}/together/decide", data=many).status_code == 303
    with scope(other_id):
        refused = audit.entries(action="case.refused")
        assert [one.subject_id for one in refused].count(case) == 4
        assert {one.actor_name for one in refused} == {"Eve Elsewhere"}
    with scope(desk.group.firm.id):
        assert desk.case(case).version == before


def test_views_are_kept_shared_and_dropped(desk: Desk, elsewhere: FlaskClient) -> None:
    keep = f"{desk.base}/views?reason=attack&q=tea"
    assert desk.coach.post(keep, data={"name": "Rude"}).status_code == 303
    assert desk.coach.post(keep, data={"name": "All of us", "shared": "y"}).status_code == 303
    mine, theirs = told(desk.coach, f"{desk.base}/"), told(elsewhere, f"{desk.base}/")
    assert "Rude" in mine
    assert "?q=tea&reason=attack" in mine
    assert "Rude" not in theirs
    assert "All of us" in theirs
    dropped = re.findall(r'action="([^"]*/views/[^"]*)"', desk.coach.get(f"{desk.base}/").text)
    assert len(dropped) == 2
    assert not re.findall(r'action="[^"]*/drop"', elsewhere.get(f"{desk.base}/").text)
    assert {elsewhere.post(url).status_code for url in dropped} == {404}
    # An admin drops what is shared, not what is somebody's own.
    assert sorted(desk.admin.post(url).status_code for url in dropped) == [303, 404]
    assert sorted(desk.coach.post(url).status_code for url in dropped) == [303, 404]


@pytest.mark.parametrize(
    ("query", "name", "why"),
    [("q=tea", "", "give the view a name"), ("", "Tea", "nothing is filtered yet")],
)
def test_a_view_needs_a_name_and_a_filter(desk: Desk, query: str, name: str, why: str) -> None:
    answer = desk.coach.post(f"{desk.base}/views?{query}", data={"name": name})
    assert answer.status_code == 422
    assert why in answer.text


def test_who_reported_is_looked_up_by_name_and_that_is_written_down(desk: Desk) -> None:
    desk.reported("Gold watches")
    ben = desk.group.id("ben")
    desk.coach.get(f"{desk.base}/?reporter={ben}")
    with scope(desk.group.firm.id):
        entry = audit.entries(action="reporter.shown")[0]
        assert (entry.subject_id, entry.actor_name) == (ben, "Ida Coach")


def test_filters_read_what_they_write() -> None:
    filters = Filters.read({"q": " tea\0 ", "reason": "attack", "show": "100", "state": "mine"})
    assert filters == Filters(q="tea", reason="attack", show="100", state="mine")
    assert Filters.read(filters.address()) == filters


def test_an_empty_queue_says_so(group: Group, desk: Desk) -> None:
    del group
    assert "Nothing waits" in told(desk.coach, f"{desk.base}/")
    assert "No case is like this" in told(desk.coach, f"{desk.base}/?q=tea")
