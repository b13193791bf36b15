"""The firm's audit trail for its admins: search it, check it, take a copy of it."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from typing import Any
from zoneinfo import ZoneInfo

from flask import Blueprint, g, make_response, render_template, request
from flask_login import current_user
from flask_sqlalchemy.pagination import Pagination
from sqlalchemy import ColumnElement, Select, Text, cast, func, or_, select
from werkzeug.wrappers import Response

from coachhub.console import seals
from coachhub.console.forms import SealForm
from coachhub.console.sentences import sentence, thing, title, whole
from coachhub.core import audit, chain
from coachhub.core.access import access, current_actor
from coachhub.core.audit import AuditEntry
from coachhub.core.cells import as_csv
from coachhub.core.chain import Head
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.permissions import Permission

bp = Blueprint("trail", __name__, url_prefix="/f/<firm>/console/audit")
MAILED = seals.MAIL  # loaded with the pages, so that the worker knows it
PER_PAGE = 50
MOST_NAMES = 200
LONGEST = 100


@dataclass(frozen=True)
class Wanted:
    """Which entries to show; empty texts and None ask for nothing.

    Attributes:
        words: part of what an entry says anywhere.
        who: the actor's name as it stands.
        what: an action, or the room it begins with and a dot.
        subject: the kind of thing it was done to.
        since, until: days in the reader's time zone, both included.
    """

    words: str = ""
    who: str = ""
    what: str = ""
    subject: str = ""
    since: dt.date | None = None
    until: dt.date | None = None

    @classmethod
    def of(cls, values: Mapping[str, Any]) -> Wanted:
        """Read it from an address; a day that is none asks for nothing."""
        return cls(
            _text(values, "q"),
            _text(values, "who"),
            _text(values, "what"),
            _text(values, "subject"),
            _day(values, "since"),
            _day(values, "until"),
        )

    def address(self) -> dict[str, str]:
        """Return it as it stands in an address."""
        told = {
            "q" if one.name == "words" else one.name: getattr(self, one.name)
            for one in fields(self)
        }
        return {name: str(value) for name, value in told.items() if value}


@bp.get("/")
@access(Permission.ADMINISTER)
def index() -> str:
    """Show the trail, newest first, narrowed to what is asked for."""
    wanted = Wanted.of(request.args)
    return _page(wanted)


@bp.get("/check")
@access(Permission.ADMINISTER)
def check() -> str | tuple[str, int]:
    """Check every entry, and the end against a seal from a mail, if one is given."""
    form, known = SealForm(request.args), []
    if form.seal.data:
        try:
            known = [Head.parse(form.seal.data)]
        except DomainError as error:
            form.seal.errors = [str(error)]
    page = render_template(
        "console/trail_check.html",
        report=chain.check(known),
        compared=bool(known),
        form=form,
    )
    return (page, 422) if form.seal.errors else page


@bp.post("/copy")
@access(Permission.ADMINISTER)
def copy() -> Response:
    """Give the entries that are asked for as CSV, with their seals; that it left is an entry."""
    wanted = Wanted.of(request.form)
    rows = db.session.scalars(_query(wanted).limit(100_000)).all()
    head = (
        gettext("Number"),
        gettext("When (UTC)"),
        gettext("Who"),
        gettext("What"),
        gettext("In words"),
        gettext("On what"),
        gettext("Kind"),
        gettext("Id"),
        gettext("Details"),
        gettext("Seal"),
    )
    lines = [head, *(_line(one) for one in rows)]
    file = as_csv(lines)
    told: dict[str, Any] = {name: value for name, value in wanted.address().items() if name != "q"}
    audit.record(
        current_actor(),
        "audit.exported",
        kind="audit",
        label=g.firm.name,
        entries=len(rows),
        **told,
    )
    db.session.commit()
    answer = make_response(file)
    answer.headers["Content-Type"] = "text/csv; charset=utf-8"
    name = f"audit-{g.firm.slug}-{now():%Y-%m-%d}.csv"
    answer.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return answer


def _page(wanted: Wanted) -> str:
    page = max(request.args.get("page", 1, int), 1)
    entries: Pagination = db.paginate(
        _query(wanted), page=min(page, 1_000_000), per_page=PER_PAGE, error_out=False
    )
    return render_template(
        "console/trail.html",
        entries=entries,
        wanted=wanted,
        sentence=sentence,
        people=[(one, one) for one in _all(AuditEntry.actor_name)],
        actions=_actions(),
        subjects=[(one, thing(one)) for one in _all(AuditEntry.subject_kind)],
    )


def _query(wanted: Wanted) -> Select[AuditEntry]:
    query = select(AuditEntry).order_by(AuditEntry.number.desc())
    if wanted.who:
        query = query.where(AuditEntry.actor_name == wanted.who)
    if wanted.what.endswith("."):
        query = query.where(AuditEntry.action.startswith(wanted.what, autoescape=True))
    elif wanted.what:
        query = query.where(AuditEntry.action == wanted.what)
    if wanted.subject:
        query = query.where(AuditEntry.subject_kind == wanted.subject)
    if wanted.since:
        query = query.where(AuditEntry.created_at >= _midnight(wanted.since))
    if wanted.until:
        query = query.where(AuditEntry.created_at < _midnight(wanted.until, days=1))
    if wanted.words:
        query = query.where(_says(wanted.words))
    return query


def _says(words: str) -> ColumnElement[bool]:
    columns = (
        AuditEntry.actor_name,
        AuditEntry.action,
        AuditEntry.subject_label,
        cast(AuditEntry.details, Text),
        cast(AuditEntry.subject_id, Text),
    )
    return or_(*(one.icontains(words, autoescape=True) for one in columns))


def _all(column: Any) -> list[str]:
    """Return the different values of a column, the most frequent first, as a list to choose."""
    query = select(column).group_by(column).order_by(func.count().desc(), column)
    return sorted(db.session.scalars(query.limit(MOST_NAMES)), key=str.casefold)


def _actions() -> list[tuple[str, str]]:
    """Return what was done here so far: each room as a whole, then its acts."""
    known = sorted(_all(AuditEntry.action))
    rooms = sorted({one.partition(".")[0] for one in known})
    told = [(f"{room}.", whole(room)) for room in rooms]
    return sorted(told + [(one, title(one)) for one in known])


def _line(one: AuditEntry) -> tuple[str, ...]:
    return (
        str(one.number),
        f"{one.created_at.astimezone(dt.UTC):%Y-%m-%d %H:%M:%S}",
        one.actor_name,
        one.action,
        sentence(one),
        one.subject_label,
        one.subject_kind,
        str(one.subject_id or ""),
        json.dumps(one.details, ensure_ascii=False) if one.details else "",
        one.chain,
    )


def _text(values: Mapping[str, Any], name: str) -> str:
    return str(values.get(name, "")).replace("\0", "").strip()[:LONGEST]


def _day(values: Mapping[str, Any], name: str) -> dt.date | None:
    try:
        day = dt.date.fromisoformat(str(values.get(name, "")).strip())
    except ValueError:
        return None
    return day if dt.date(2000, 1, 1) <= day <= dt.date(2200, 1, 1) else None


def _midnight(day: dt.date, days: int = 0) -> dt.datetime:
    zone = ZoneInfo(getattr(current_user, "timezone", "UTC"))
    return dt.datetime.combine(day + dt.timedelta(days=days), dt.time(), zone)
