"""The room's screen: one step at a time, and the same step on whichever screens follow.

Screens that follow ask again every three seconds instead of holding a stream open. A stream keeps
one of the web server's threads for as long as it is open (8 in a process, by default), so nine
screens would leave none for anybody else. A question is answered with nothing at all while the
coach stays where they are: sixty screens ask twenty times a second, which took about a third of
one core when it was measured.
"""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from uuid import UUID

from flask import Response, g, render_template, request

from coachhub.core.access import access, current_actor
from coachhub.core.db import now
from coachhub.permissions import Permission
from coachhub_huddle import queries
from coachhub_huddle.models import Huddle
from coachhub_huddle.operations import series
from coachhub_huddle.slides import Slide, slides_of
from coachhub_huddle.views.room import Page, back_to, bp, leads, the_huddle

LIVE_FOR = dt.timedelta(hours=4)
_SCRIPT = Path(__file__).parents[1] / "static" / "present.js"


@bp.get("/c/<cohort>/<uuid:huddle_id>/present")
@access(Permission.SEE_BOARD)
def present(huddle_id: UUID) -> Page:
    """Show one step, with links to the one before and the one after."""
    found, huddle = the_huddle(huddle_id)
    slides = slides_of(g.cohort, found, huddle)
    number = _number(len(slides))
    return render_template(
        "huddle/present.html",
        huddle=huddle,
        slide=slides[number - 1],
        number=number,
        last=len(slides),
        leads=leads(),
    )


@bp.post("/c/<cohort>/<uuid:huddle_id>/step")
@access(Permission.RUN_ROUND)
def step(huddle_id: UUID) -> Page:
    """Let every screen that follows show the coach's step."""
    found, huddle = the_huddle(huddle_id)
    number = _number(len(slides_of(g.cohort, found, huddle)))
    series.show_step(current_actor(), huddle, number)
    answer = back_to("present", huddle_id=huddle_id, step=number)
    return ("", 204) if request.headers.get("HX-Request") else answer


@bp.get("/c/<cohort>/<uuid:huddle_id>/follow")
@access(Permission.SEE_BOARD)
def follow(huddle_id: UUID) -> Page:
    """Show the coach's step, and whichever comes after it."""
    return _follow_page(queries.huddle_of(g.cohort, huddle_id))


@bp.get("/c/<cohort>/<uuid:huddle_id>/now")
@access(Permission.SEE_BOARD)
def at_present(huddle_id: UUID) -> Page | Response:
    """Answer a screen that follows: nothing while it shows the coach's step, else that step."""
    huddle = queries.huddle_of(g.cohort, huddle_id)
    if request.args.get("seen") == _mark(huddle):
        return Response(status=204)
    return _follow_page(huddle)


@bp.get("/present.js")
@access(Permission.SEE_FIRM)
def script() -> Response:
    """Give the script that fills the screen."""
    return Response(_SCRIPT.read_text(encoding="utf-8"), mimetype="text/javascript")


def _follow_page(huddle: Huddle) -> str:
    slide, number, last = _shown(huddle)
    return render_template(
        "huddle/follow.html",
        huddle=huddle,
        slide=slide,
        number=number,
        last=last,
        seen=_mark(huddle),
    )


def _shown(huddle: Huddle) -> tuple[Slide | None, int, int]:
    if not _is_live(huddle):
        return None, 0, 0
    found, _huddle = the_huddle(huddle.id)
    slides = slides_of(g.cohort, found, huddle)
    number = min(huddle.step, len(slides))
    return slides[number - 1], number, len(slides)


def _is_live(huddle: Huddle) -> bool:
    return huddle.presenting_at is not None and huddle.presenting_at > now() - LIVE_FOR


def _mark(huddle: Huddle) -> str:
    if not _is_live(huddle) or huddle.presenting_at is None:
        return "none"
    return f"{huddle.step}-{int(huddle.presenting_at.timestamp() * 1000)}"


def _number(last: int) -> int:
    given = request.values.get("step", "1")
    number = int(given) if given.isascii() and given.isdigit() and len(given) < 5 else 1  # noqa: PLR2004 - no agenda is as long
    return min(max(number, 1), last)
