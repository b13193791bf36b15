"""Where second chances join in: menu, board, the member's page for their coach, leaving, export."""

from __future__ import annotations

from collections.abc import Sequence

from flask import render_template
from markupsafe import Markup
from sqlalchemy import delete, select

from coachhub.board.hooks import Change, Post
from coachhub.board.models import Target
from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.introductions.matching.hooks import Signals
from coachhub.introductions.matching.match import Match
from coachhub.permissions import Permission
from coachhub.privacy.hooks import ExportSection, row_of
from coachhub_second_chance import operations
from coachhub_second_chance.models import Chance
from coachhub_second_chance.queries import (
    chance_for,
    company_of,
    running_in,
    targets_in,
    touches_of,
    versions_of,
)

NEW_WAY = 1.25  # times the worth


def menu(actor: Actor) -> Sequence[MenuItem]:
    """Show second chances to whoever looks for work."""
    is_member = not actor.may(Permission.INVITE)
    url = path("second_chance.chances")
    item = MenuItem(gettext("Second chances"), url, "repeat", 56, active=here("second_chance."))
    return [item] if is_member else []


def post_changed(post: Post, change: Change) -> None:
    """Follow the board: the day of the next touch, a stage that moved on, a target off the list."""
    if not isinstance(post, Target):
        return
    if change in {"touch", "edited"}:
        operations.follow_board(post)
    chance = chance_for(post.id)
    if chance is None or chance.ended == "stopped":
        return
    if post.closed_at is not None:
        chance.ended = "closed"
    else:
        chance.ended = "" if post.stage == "no" else "back"
    db.session.flush()


def member_section(cohort: Cohort, membership: Membership, actor: Actor) -> Markup | None:
    """Tell the coach that there are some and when the next touch is; none of the words."""
    if not actor.may(Permission.SEE_COHORT):
        return None
    days = running_in(cohort.id).get(membership.id)
    if not days:
        return None
    nearest = min((day for day in days if day), default=None)
    return Markup(  # noqa: S704 - a template of ours, escaped there
        render_template("second_chance/for_coach.html", number=len(days), nearest=nearest)
    )


def match_signals(cohort: Cohort, matches: Sequence[Match]) -> Signals:
    """Let a new way into a company that said no count more: the old one is closed."""
    targets = targets_in(cohort.id)
    return Signals(weights={one.key: NEW_WAY for one in matches if one.need_id in targets})


def member_left(membership: Membership) -> None:
    """Take a leaver's second chances away, with letters and touches."""
    if membership.state != "left":  # somebody suspended may come back
        return
    db.session.execute(delete(Chance).where(Chance.owner_id == membership.id))


def export(membership: Membership) -> Sequence[ExportSection]:
    """Give what the member noted, every version of their letters, and their touches."""
    notes: list[dict[str, object]] = []
    letters: list[dict[str, object]] = []
    touches: list[dict[str, object]] = []
    for chance in db.session.scalars(
        select(Chance).where(Chance.owner_id == membership.id).order_by(Chance.created_at)
    ):
        company = {"company": company_of(chance)}
        columns = "role went_well met learned can_offer to_name to_email sent_on ended created_at"
        notes.append(company | row_of(chance, columns))
        letters += [
            company | row_of(version, "number subject text created_at")
            for version in reversed(versions_of(chance.id))
        ]
        touches += [company | row_of(one, "due_on state done_on") for one in touches_of(chance.id)]
    return [
        ExportSection("second_chances", gettext("Second chances: what you noted"), notes),
        ExportSection("second_chance_letters", gettext("Second chances: your letters"), letters),
        ExportSection("second_chance_touches", gettext("Second chances: next touches"), touches),
    ]
