"""The report: on the page, as a table file, as a PDF; and counting by hand."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coachhub.core import audit
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.words import gettext
from coachhub.firms.plugins import settings_of
from coachhub.permissions import Permission
from coachhub_outcomes import counting, files, queries
from coachhub_outcomes.grains import Grain
from coachhub_outcomes.quarters import last_day, quarter_of, words
from coachhub_outcomes.reporting import (
    COLUMNS,
    LEGEND,
    REFERENCES,
    Report,
    Selection,
    report_of,
)
from coachhub_outcomes.views import Page, bp


@dataclass(frozen=True)
class Asked:
    """What was asked for in an address, as far as whoever asks may see it."""

    report: Report
    names: Mapping[UUID, str]
    quarters: tuple[int, ...]
    smallest: int
    lead: str


@bp.get("/report")
@access(Permission.SEE_REPORTS)
def report() -> Page:
    """Show the report."""
    asked = _asked()
    return render_template(
        "outcomes/report.html",
        asked=asked,
        report=asked.report,
        columns=COLUMNS,
        references=REFERENCES,
        words=words,
        few=files.few(),
        legend=gettext(LEGEND),
        explained=gettext(files.EXPLAINED, smallest=asked.smallest),
        may_count=current_actor().may(Permission.ADMINISTER),
        until=last_day(quarter_of(now().date()) - 1),
        address=_address(asked.report.selection),
    )


@bp.get("/report.csv")
@access(Permission.SEE_REPORTS)
def report_table() -> Response:
    """Hand over the report for spreadsheet programs."""
    asked = _asked()
    text = files.table(asked.report, g.firm.name, asked.smallest)
    return _file(text.encode(), "text/csv; charset=utf-8", "outcomes.csv")


@bp.get("/report.pdf")
@access(Permission.SEE_REPORTS)
def report_paper() -> Response:
    """Hand over the report for paper."""
    asked = _asked()
    page = files.paper(asked.report, g.firm.name, asked.smallest, asked.lead)
    return _file(page, "application/pdf", "outcomes.pdf")


@bp.post("/report/count")
@access(Permission.ADMINISTER)
def count() -> Page:
    """Count the quarters that are over now, instead of waiting for the worker."""
    made = counting.count()
    audit.record(current_actor(), "outcomes.counted", kind="report", grains=len(made))
    db.session.commit()
    flash(gettext("Counted.") if made else gettext("Counted. Nothing has changed."), "success")
    return redirect(url_for("outcomes.report"), 303)


def _asked() -> Asked:
    """Return the report that the address asks for, of cohorts that are theirs to see."""
    actor = current_actor()
    names = queries.cohort_names()
    if not actor.may(Permission.ADMINISTER):
        led = queries.led_by(actor)
        names = {one: name for one, name in names.items() if one in led}
    grains = [grain for grain in counting.grains() if grain.cohorts <= names.keys()]
    quarters = _quarters(grains)
    wanted = {one for one in names if str(one) in set(request.args.getlist("cohort"))}
    first, last = sorted(
        (_chosen("first", quarters, quarters[0]), _chosen("last", quarters, quarters[-1]))
    )
    selection = Selection(frozenset(wanted or names), first, last)
    settings = settings_of("outcomes")
    return Asked(
        report=report_of(grains, selection, names),
        names=names,
        quarters=quarters,
        smallest=int(settings.get("smallest") or counting.SMALLEST),
        lead=str(settings.get("lead") or ""),
    )


def _quarters(grains: list[Grain]) -> tuple[int, ...]:
    over = quarter_of(now().date()) - 1
    return tuple(range(min((grain.first for grain in grains), default=over), over + 1))


def _chosen(name: str, quarters: tuple[int, ...], otherwise: int) -> int:
    given = request.args.get(name, type=int)
    return given if given in quarters else otherwise


def _address(selection: Selection) -> dict[str, object]:
    return {
        "cohort": sorted(str(one) for one in selection.cohorts),
        "first": selection.first,
        "last": selection.last,
    }


def _file(content: bytes, mimetype: str, name: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(content, mimetype=mimetype, headers=headers)
