"""The shared board."""

from __future__ import annotations

from dataclasses import asdict, replace
from uuid import UUID

from flask import g, redirect, render_template, request, url_for

from coachhub.board import feed, queries
from coachhub.board.choices import choices_of
from coachhub.board.hooks import BOARD_CARD, BOARD_TAB
from coachhub.board.kinds import POSTS, offer_kinds
from coachhub.board.looks import Filters
from coachhub.board.rules import viewer_of
from coachhub.board.views.blueprint import Page, bp
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.firms import numbers
from coachhub.firms.operations import note_visit
from coachhub.permissions import Permission, Standing


@bp.get("/board")
@access(Permission.SEE_BOARD)
def board() -> Page:
    """Show what the cohort gives, asks for and wants to reach."""
    actor = current_actor()
    first_visit = g.membership.welcomed_at is None and Standing.COHORT_MEMBER in actor.standings
    if first_visit and not any(queries.own_counts(g.cohort, actor.member_id()).values()):
        return redirect(url_for(".welcome"))
    filters = _filters()
    numbers.read()
    viewer, today = viewer_of(actor), now().date()
    number = request.args.get("page", 1, type=int)
    pages = feed.feed(g.cohort, viewer, filters, today, number)
    cards = [
        replace(card, foot=tuple(foot for foot in BOARD_CARD.call(card.post, actor) if foot))
        if card.post is not None
        else card
        for card in pages.items
    ]
    given = {name: value for name, value in _as_query(filters).items() if value}
    page = render_template(
        "board/board.html",
        pages=pages,
        cards=cards,
        filters=filters,
        given=given,
        posts=POSTS,
        kinds=offer_kinds(),
        topics=pages.topics,
        choices=choices_of(g.cohort, viewer, today),
        tabs=[tab for tab in BOARD_TAB.call(g.cohort, actor) if tab],
    )
    # Last: a commit makes the session forget what the page has read.
    if note_visit(g.membership):
        db.session.commit()
    return page


def _filters() -> Filters:
    args = request.args
    post = args.get("post", "")
    return Filters(
        words=" ".join(args.get("q", "").replace("\x00", "").split())[:100],
        post=post if post in POSTS else "",
        kind=args.get("kind", "")[:40],
        topic=args.get("topic", "").replace("\x00", "")[:80],
        mine=args.get("show") == "mine",
        doors=args.get("show") == "doors",
        company=_id(args.get("company", "")),
        person=_id(args.get("person", "")),
    )


def _as_query(filters: Filters) -> dict[str, str]:
    given = {name: value for name, value in asdict(filters).items() if isinstance(value, str)}
    given["q"] = given.pop("words")
    given["company"] = str(filters.company or "")
    given["person"] = str(filters.person or "")
    given["show"] = "mine" if filters.mine else "doors" if filters.doors else ""
    return given


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
