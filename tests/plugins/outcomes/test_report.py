"""The report, from what happened to page, table and paper; who sees it; what nobody can derive."""

from __future__ import annotations

import csv
import datetime as dt
import io
from itertools import combinations
from typing import Any

import pytest
from pypdf import PdfReader
from sqlalchemy import select

from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import now
from coachhub.core.plugins import registry
from coachhub.core.tenancy import scope
from coachhub.firms.hooks import REPORTS
from coachhub.firms.models import Membership
from coachhub.firms.plugins import enable_plugin
from coachhub_outcomes import counting, files, jobs
from coachhub_outcomes.models import Cause, Counted, Landing
from coachhub_outcomes.quarters import first_day, last_day, quarter_of, words
from coachhub_outcomes.reporting import COLUMNS, REFERENCES, Report, Row, Selection, report_of
from plugins.outcomes.conftest import DESK

LAST = quarter_of(now().date()) - 1


def when(quarter: int) -> dt.datetime:
    return dt.datetime.combine(first_day(quarter), dt.time(9), dt.UTC)


@pytest.fixture
def people(inside: Any, session: Any, make_member: Any) -> Any:
    """Put members into a cohort, joined in a quarter, some of them landed in another."""
    del inside

    def make(
        cohort: Any, number: int, joined: int, landed: int = 0, in_quarter: int = LAST
    ) -> list[Any]:
        made = [make_member(cohorts=(cohort,)) for _ in range(number)]
        ids = [one.id for one in made]
        for row in session.scalars(select(Enrolment).where(Enrolment.membership_id.in_(ids))):
            row.created_at = when(joined)
        rows = session.scalars(
            select(Membership).where(Membership.id.in_(ids)).order_by(Membership.id)
        ).all()
        for row in rows[:landed]:
            row.landed_at, row.landed_on = when(in_quarter), when(in_quarter).date()
        session.flush()
        return list(rows)

    return make


@pytest.fixture
def alone(inside: Any, session: Any) -> None:
    """Nobody else is in the way: those of the other fixtures joined only now."""
    del inside
    for row in session.scalars(select(Enrolment)):
        row.created_at = now()
    session.flush()


def figures(report: Report, label: str) -> dict[str, int | None]:
    return dict(next(row for row in (*report.rows, report.total) if row.label == label).figures)


def everything(session: Any) -> Report:
    names = dict(session.execute(select(Cohort.id, Cohort.name)).all())
    return report_of(counting.grains(), Selection(frozenset(names), LAST - 8, LAST), names)


def test_figures_are_what_happened(
    people: Any, alone: None, cohort: Any, make_introduction: Any, session: Any
) -> None:
    del alone
    members = people(cohort, 30, LAST - 3, landed=12, in_quarter=LAST)
    for number, (giver, receiver) in enumerate(zip(members[:14], members[14:28], strict=True)):
        state = "kept" if number < 7 else "introduced"
        one = make_introduction(giver, receiver, cohort, state=state)
        one.introduced_at = when(LAST)
        if number < 6:
            one.kept_at = when(LAST)
            one.outcome_kind, one.outcome_at = "meeting", when(LAST)
        elif number == 6:
            one.kept_at = when(LAST)
    for member in members[:6]:
        told = Landing(owner_id=member.id, work="own")
        session.add(told)
        session.flush()
        cause = Cause(owner_id=member.id, landing_id=told.id, kind="door")
        cause.created_at = when(LAST)
        session.add(cause)
    session.flush()
    made = counting.count()
    assert counting.count() == []
    assert len(session.scalars(select(Counted)).all()) == sum(grain.size for grain in made)
    report = everything(session)
    weeks = (first_day(LAST) - first_day(LAST - 3)).days // 7
    assert figures(report, "Engineers") == {
        "joined": 30, "landed": 12, "weeks": weeks, "introduced": 14, "kept": 7,
        "meeting": 6, "interview": None, "offer": None,
    }  # fmt: skip
    assert report.total.figures == figures(report, "Engineers")
    assert dict(report.kinds)["A door: somebody at the company"] == 6
    assert [number for _label, number in report.kinds].count(None) == 5


def test_a_quarter_that_was_counted_stands(
    people: Any, alone: None, cohort: Any, session: Any
) -> None:
    del alone
    members = people(cohort, 20, LAST - 1, landed=6, in_quarter=LAST - 1)
    counting.count()
    before = everything(session)
    # Told late, in the present quarter or with an old day; and one is taken back.
    for number, member in enumerate(members[6:9]):
        member.landed_at, member.landed_on = when(LAST - number), when(LAST - 1).date()
    members[0].landed_on = members[0].landed_at = None
    session.flush()
    counting.count()
    assert everything(session) == before
    session.delete(members[1])
    session.flush()
    assert everything(session) == before


def test_no_two_cells_of_any_two_reports_leave_a_small_group(
    people: Any, alone: None, make_cohort: Any, cohort: Any, session: Any, firm: Any
) -> None:
    """All reports of two cohorts and three quarters, before and after one more lands."""
    del alone
    others = make_cohort("Sellers")
    scope_again = scope(firm.id)
    with scope_again:
        first = people(cohort, 17, LAST - 2, landed=7, in_quarter=LAST - 1)
        people(cohort, 6, LAST, landed=2)
        people(others, 12, LAST - 2, landed=8, in_quarter=LAST - 2)
        people(others, 3, LAST, landed=3)
        sums: dict[frozenset[Any], str] = {}
        for _day in range(2):
            counting.count()
            grains = counting.grains()
            for size in (1, 2):
                for ids in combinations([cohort.id, others.id], size):
                    for start, end in combinations(range(LAST - 2, LAST + 2), 2):
                        chosen = Selection(frozenset(ids), start, end - 1)
                        inside = [grain for grain in grains if chosen.holds(grain)]
                        for measure in ("joined", "landed"):
                            units = [g.units for g in inside if g.measure == measure]
                            sums[frozenset().union(*units)] = measure
            row = next(one for one in first if one.landed_on is None)
            row.landed_at, row.landed_on = when(LAST), when(LAST).date()
            session.flush()
        assert len(sums) > 6
        for one in sums:
            for other in sums:
                if other < one:
                    assert len(one - other) >= counting.SMALLEST


def test_two_small_cohorts_are_one_line(
    people: Any, alone: None, make_cohort: Any, cohort: Any, session: Any, firm: Any
) -> None:
    del alone
    others = make_cohort("Sellers")
    with scope(firm.id):
        people(cohort, 3, LAST)
        people(others, 4, LAST)
        counting.count()
        report = everything(session)
        assert figures(report, "Engineers")["joined"] is None
        assert figures(report, "Several cohorts together")["joined"] == 7
        names = {cohort.id: "Engineers"}
        one = report_of(counting.grains(), Selection(frozenset(names), LAST, LAST), names)
        assert one.is_empty


def test_the_page_the_table_and_the_paper(
    people: Any, alone: None, cohort: Any, client: Any, sign_in: Any, make_member: Any, firm: Any,
    page: str, session: Any,
) -> None:  # fmt: skip
    del alone
    people(cohort, 20, LAST - 1, landed=9, in_quarter=LAST)
    session.scalars(select(Cohort)).one().name = "=Łódź Engineers"
    settings = {"smallest": 5, "lead": "For the Łódź fund"}
    enable_plugin(DESK, registry().plugins["outcomes"], settings)
    boss = make_member("Bea Boss", role="admin")
    sign_in(client, boss)
    assert "Nothing to show yet" in client.get(f"{page}report").text
    assert "Counted." in client.post(f"{page}report/count", follow_redirects=True).text
    with scope(firm.id):
        assert audit.entries()[0].action == "outcomes.counted"
    assert f'href="{page}report"' in client.get(f"/f/{firm.slug}/reports").text
    shown = client.get(f"{page}report").text
    assert "For the Łódź fund" in shown
    assert "fastcompany.com" in shown
    table = client.get(f"{page}report.csv")
    assert table.mimetype == "text/csv"
    lines = list(csv.reader(io.StringIO(table.get_data().decode("utf-8-sig"))))
    assert lines[1][1:4] == ["Joined", "Landed", "Weeks"]
    assert lines[2][:3] == ["'=Łódź Engineers", "20", "9"]
    assert lines[2][4:] == ["too few"] * 5
    paper = client.get(f"{page}report.pdf")
    assert paper.mimetype == "application/pdf"
    text = "\n".join(one.extract_text() for one in PdfReader(io.BytesIO(paper.data)).pages)
    for expected in ("Łódź fund", "=Łódź", "What led to landings", "Orville Pierson", "1 of"):
        assert expected in text
    assert client.get(f"{page}report?first=x&last=9&cohort=1").status_code == 200
    only = client.get(f"{page}report?first={LAST}&last={LAST}").text
    assert words(LAST) in only


def test_who_sees_reports(
    client: Any, ada: Any, coach: Any, cohort: Any, make_cohort: Any, make_member: Any, firm: Any,
    page: str, sign_in: Any, people: Any, alone: None, session: Any,
) -> None:  # fmt: skip
    del alone
    others = make_cohort("Sellers")
    with scope(firm.id):
        people(cohort, 8, LAST)
        people(others, 9, LAST)
        counting.count()
        session.commit()
    sign_in(client, coach)
    mine = client.get(f"{page}report?cohort={others.id}").text
    assert "Engineers" in mine
    assert "Sellers" not in mine
    assert client.post(f"{page}report/count").status_code == 403
    assert "Outcomes" in client.get(f"/f/{firm.slug}/reports").text
    sign_in(client, ada)
    for address in (f"{page}report", f"{page}report.csv", f"{page}report.pdf"):
        assert client.get(address).status_code == 403
    assert client.get(f"/f/{firm.slug}/reports").status_code == 403
    sign_in(client, make_member(role="admin"))
    both = client.get(f"{page}report").text
    assert "Engineers" in both
    assert "Sellers" in both


def test_without_a_plugin_there_is_no_report(
    client: Any, make_member: Any, firm: Any, sign_in: Any
) -> None:
    sign_in(client, make_member(role="admin"))
    assert "No reports yet" in client.get(f"/f/{firm.slug}/reports").text


def test_reports_are_listed_for_firms_that_have_the_plugin_on(inside: Any) -> None:
    del inside
    [given] = REPORTS.call(Actor(label="Test"))
    assert [report.title for report in given] == ["Outcomes"]


def test_the_firm_raises_the_smallest_group_and_never_lowers_it(
    people: Any, alone: None, cohort: Any, session: Any
) -> None:
    del alone
    plugin = registry().plugins["outcomes"]
    assert plugin.settings_form is not None
    enable_plugin(DESK, plugin, {"smallest": 2})
    people(cohort, 4, LAST)
    assert counting.count() == []
    people(cohort, 4, LAST)
    enable_plugin(DESK, plugin, {"smallest": 9})
    assert counting.count() == []
    enable_plugin(DESK, plugin, {"smallest": 8})
    assert [grain.size for grain in counting.count()] == [8]
    assert everything(session).total.figures["joined"] == 8


def test_the_worker_counts(people: Any, alone: None, cohort: Any, session: Any, app: Any) -> None:
    del alone
    people(cohort, 6, LAST)
    session.commit()
    firm_id = cohort.firm_id
    with app.app_context():
        jobs.count_quarters.run(firm_id)
    with scope(firm_id):
        assert everything(session).total.figures["joined"] == 6


@pytest.mark.parametrize("cell", ["=1+1", "+1", "-1", "@A1", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(cell: str) -> None:
    empty = dict.fromkeys(COLUMNS)
    report = Report(Selection(frozenset(), LAST, LAST), [Row(cell, empty)], Row("All", empty), [])
    [line] = [
        line
        for line in csv.reader(io.StringIO(files.table(report, cell, 5), newline=""))
        if line and line[0].endswith(cell)
    ]
    assert line[0] == f"'{cell}"


def test_every_figure_from_elsewhere_names_its_source() -> None:
    assert [one.figure for one in REFERENCES] == ["25", "15", "$50,000"]
    assert all(one.source and one.source[-1].isdigit() for one in REFERENCES)


def test_quarters() -> None:
    assert words(quarter_of(dt.date(2026, 12, 31))) == "2026, October to December"
    assert first_day(quarter_of(dt.date(2026, 5, 5))) == dt.date(2026, 4, 1)
    assert last_day(quarter_of(dt.date(2024, 2, 1))) == dt.date(2024, 3, 31)
