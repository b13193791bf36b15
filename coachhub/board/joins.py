"""Where the board joins in elsewhere: the menu, the home page, the coach's dashboard."""

from __future__ import annotations

import datetime as dt

from flask import g, url_for
from sqlalchemy import delete, func, select

from coachhub.board import queries
from coachhub.board.landing import open_targets, target_names
from coachhub.board.models import Ask, Lead, Offer, Target
from coachhub.cohorts.hooks import DASHBOARD, Signal
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import cohorts_of, enrolled, members_of
from coachhub.companies.models import Company
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.links import path
from coachhub.core.pages import MenuItem, day
from coachhub.firms.hooks import HOME, MENU, HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.permissions import Permission
from coachhub.privacy.hooks import EXPORT_SECTION, RETAIN, ExportSection, Retained, row_of

UNMET_DAYS = 7
_SETTLING_DAYS = 2
_WARN_DAYS = 7


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the board and one's own posts inside a cohort."""
    if not g.get("cohort") or not actor.may(Permission.SEE_BOARD):
        return []
    on_board = here("board.board", "board.company")
    mine = here("board.") and not on_board and not here("board.member")
    return [
        MenuItem("Board", url_for("board.board"), "board", 10, active=on_board),
        MenuItem("My posts", url_for("board.mine"), "person", 15, active=mine),
    ]


@HOME.from_room
def home(actor: Actor) -> list[HomeItem]:
    """Tell a member about the first visit, due touches and posts that are about to end."""
    items: list[HomeItem] = []
    today = now().date()
    member = db.session.scalars(select(Membership).where(Membership.id == actor.member_id())).one()
    if member.landed_on is None and member.role == "member":
        items += _landed(actor)
    for cohort in cohorts_of(actor.membership_id):
        one = enrolled(cohort, actor.membership_id)
        if one is None or one.enrolment.role != "member":
            continue
        if member.welcomed_at is None:
            items.append(
                HomeItem(
                    title="Three short steps to begin",
                    text="What you look for, where, and what you can give. Five minutes.",
                    url=path("board.welcome", cohort=cohort.slug),
                    action="Begin",
                    icon="ring",
                    order=1,
                )
            )
        items += _touches(cohort, actor, today)
        items += _ending(cohort, actor, today)
    return items


def _touches(cohort: Cohort, actor: Actor, today: dt.date) -> list[HomeItem]:
    return [
        HomeItem(
            title=f"Be in touch with {line.company}",
            text="You wanted to do that today."
            if line.post.next_touch_on == today
            else f"You wanted to do that on {day(line.post.next_touch_on)}.",
            url=path("board.mine", cohort=cohort.slug, post="target"),
            action="Done, or later",
            icon="target",
            due=line.post.next_touch_on,
            order=20,
        )
        for line in queries.to_touch(cohort, actor.member_id(), today)
    ]


def _landed(actor: Actor) -> list[HomeItem]:
    """Ask for the one click that follows a target that is set to landed."""
    landed = [one for one in open_targets(actor.member_id()) if one.stage == "landed"]
    return [
        HomeItem(
            title=f"You landed at {company}?",
            text="Say so once, and nobody looks for introductions for you any more.",
            url=path("landing.found_work", target=target_id),
            action="I found work",
            icon="check",
            order=5,
        )
        for target_id, company in target_names(landed[:1])
    ]


def _ending(cohort: Cohort, actor: Actor, today: dt.date) -> list[HomeItem]:
    until = today + dt.timedelta(days=_WARN_DAYS)
    lines = queries.expiring(cohort, actor.member_id(), until)
    if not lines:
        return []
    many = f"{len(lines)} of your posts end this week"
    return [
        HomeItem(
            title="One of your posts ends this week" if len(lines) == 1 else many,
            text="Keep it for 60 days more, or let it go.",
            url=path("board.mine", cohort=cohort.slug),
            action="Look",
            icon="clock",
            order=60,
        )
    ]


@DASHBOARD.from_room
def signals(cohort: Cohort) -> list[Signal]:
    """Tell the coach who has no targets, no offers, or an ask that nobody has met for a week."""
    found: list[Signal] = []
    posts = queries.open_since(cohort)
    today = now()
    for one in members_of(cohort):
        member = one.membership
        if member.landed_on or today - one.enrolment.created_at < dt.timedelta(_SETTLING_DAYS):
            continue
        has = posts.get(member.id, {"targets": 0, "offers": 0, "oldest_ask": None})
        page = path("cohorts.note", cohort=cohort.slug, membership_id=member.id)
        if not has["targets"]:
            text = "Has no targets on the board"
            found.append(
                Signal(member.id, "no_targets", text, "Write a note", f"{page}?about=no_targets", 5)
            )
        if not has["offers"]:
            text = "Has no offers on the board"
            found.append(
                Signal(member.id, "no_offers", text, "Write a note", f"{page}?about=no_offers", 4)
            )
        oldest = has["oldest_ask"]
        if oldest is not None and today - oldest > dt.timedelta(days=UNMET_DAYS):
            text = f"Has an ask that has been open for {(today - oldest).days} days"
            found.append(
                Signal(member.id, "unmet_asks", text, "Write a note", f"{page}?about=unmet_asks", 6)
            )
    return found


_COLUMNS = "created_at expires_on closed_at moderation kind title body field"
_EXPORTED: tuple[tuple[type[Target | Offer | Ask | Lead], str, str, str], ...] = (
    (
        Target,
        "targets",
        "Companies you want to reach",
        "created_at expires_on closed_at moderation roles learn stage weight next_touch_on",
    ),
    (Offer, "offers", "Your offers", f"{_COLUMNS} topics"),
    (Ask, "asks", "Your asks", f"{_COLUMNS} topics"),
    (Lead, "leads", "Your leads", f"{_COLUMNS} place source"),
)


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member all of their own posts, each with its company's name."""
    sections = []
    for table, name, title, columns in _EXPORTED:
        posts = db.session.execute(
            select(table, Company.name)
            .outerjoin(Company, Company.id == table.company_id)
            .where(table.owner_id == member.id)
            .order_by(table.created_at)
        )
        rows = [{"company": company} | row_of(post, columns) for post, company in posts]
        sections.append(ExportSection(name, title, rows))
    return sections


@RETAIN.from_room
def retained() -> list[Retained]:
    """Keep closed posts for a time."""
    return [
        Retained(
            "closed_posts",
            "Closed posts",
            "Offers, asks, leads and targets that are done with.",
            730,
            _number_closed,
            _drop_closed,
        )
    ]


def _number_closed(before: dt.datetime) -> int:
    tables = [table for table, *_rest in _EXPORTED]
    numbers = [select(func.count()).where(table.closed_at < before) for table in tables]
    return sum(db.session.scalar(one) or 0 for one in numbers)


def _drop_closed(before: dt.datetime) -> int:
    gone = [
        db.session.execute(delete(table).where(table.closed_at < before).returning(table.id)).all()
        for table, *_rest in _EXPORTED
    ]
    return sum(len(rows) for rows in gone)
