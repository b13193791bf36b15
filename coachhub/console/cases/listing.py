"""The queue: what waits, with the evidence in view; filtered, searched, a page at a time."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import render_template, request

from coachhub.console import queue, saved
from coachhub.console.cases.entrance import bp, cohorts_of
from coachhub.console.cases.forms import ViewForm
from coachhub.console.queue import Filters
from coachhub.core import audit
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.forms import Form
from coachhub.core.words import gettext
from coachhub.moderation import house, queries
from coachhub.permissions import Permission


@bp.get("/")
@access(Permission.MODERATE)
def index() -> str:
    """Show the queue."""
    filters = Filters.read(request.args)
    if filters.reporter:
        # Whose reports are looked at is written down, as every look at who reported.
        audit.record(
            current_actor(), "reporter.shown", kind="membership", subject=UUID(filters.reporter),
            where="queue",
        )  # fmt: skip
        db.session.commit()
    return queue_page(filters)


AT_A_GLANCE = 5  # cases; nobody filters so few


def queue_page(filters: Filters, view_form: ViewForm | None = None, **more: Any) -> str:
    """Return the queue's page as filters have it."""
    actor = current_actor()
    mine = cohorts_of(actor)
    page = request.args.get("page", 1, int)
    pages = queue.found(filters, mine, actor.membership_id, page)
    rules = house.by_code()
    reasons = [
        ("", gettext("Any reason")),
        *((rule.code, gettext(rule.title)) for rule in rules.values()),
    ]
    return render_template(
        "console/cases/queue.html",
        filters=filters,
        pages=pages,
        at_a_glance=AT_A_GLANCE,
        lines=queue.lines(pages.items),
        rules=rules,
        reasons=reasons,
        states=_said(queue.STATES),
        sorts=_said(queue.SORTS),
        origins=[("", gettext("However it came")), *_said(queue.ORIGINS)],
        cohorts=[("", gettext("All cohorts")), *queue.cohorts(mine)],
        authors=[("", gettext("Anybody")), *queue.authors(mine)],
        reporters=[("", gettext("Anybody")), *queue.reporters(mine)],
        sizes=[
            (
                "" if size == queue.PAGE_SIZES[0] else str(size),
                gettext("%(number)s a page", number=size),
            )
            for size in queue.PAGE_SIZES
        ],
        views=saved.views_for(actor),
        appeals=queries.appeals_waiting(mine, actor),
        form=Form(),
        view_form=view_form or ViewForm(formdata=None),
        at=now(),
        **more,
    )


def _said(words: dict[str, str]) -> list[tuple[str, str]]:
    return [(value, gettext(text)) for value, text in words.items()]
