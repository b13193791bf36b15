"""Where the board joins in elsewhere: the menu, the home page, the coach's dashboard."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Mapping, Sequence
from uuid import UUID

from flask import g, url_for
from sqlalchemy import delete, func, select, true, union_all

from coachhub.board import queries, visit
from coachhub.board.landing import open_targets
from coachhub.board.models import Ask, CompanyNote, FirstVisit, Lead, Offer, Target
from coachhub.board.rules import MODELS
from coachhub.cohorts.hooks import DASHBOARD, PULSE, Series, Signal
from coachhub.cohorts.models import Cohort
from coachhub.cohorts.pulse import by_week
from coachhub.cohorts.queries import members_of, places_of
from coachhub.companies.models import Company
from coachhub.companies.queries import names_by_id
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import day, gettext, gettext_noop, ngettext
from coachhub.firms.hooks import HOME, MENU, HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.permissions import Permission
from coachhub.privacy.hooks import EXPORT_SECTION, RETAIN, ExportSection, Retained, row_of, section

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
        MenuItem(gettext("Board"), url_for("board.board"), "board", 10, active=on_board),
        MenuItem(gettext("My posts"), url_for("board.mine"), "person", 50, active=mine),
    ]


@HOME.from_room_at_once
def homes(actors: Sequence[Actor]) -> list[list[HomeItem]]:
    """Tell members about the first visit, due touches and posts that are about to end."""
    ids = [actor.member_id() for actor in actors]
    today = now().date()
    members = {
        one.id: one for one in db.session.scalars(select(Membership).where(Membership.id.in_(ids)))
    }
    seeking = [one.id for one in members.values() if not one.landed_on and one.role == "member"]
    landed = {one.owner_id: one for one in reversed(open_targets(seeking)) if one.stage == "landed"}
    touches: dict[tuple[UUID, UUID], list[Target]] = defaultdict(list)
    for target in queries.to_touch(ids, today):
        touches[target.owner_id, target.cohort_id].append(target)
    ending = queries.expiring(ids, today + dt.timedelta(days=_WARN_DAYS))
    told = [*landed.values(), *(one for some in touches.values() for one in some)]
    companies = names_by_id(one.company_id for one in told)
    places = places_of(ids)
    begun = visit.unfinished(ids)
    found = []
    for key in ids:
        items = [_landed(landed[key], companies)] if key in landed else []
        for cohort, enrolment in places.get(key, ()):
            if enrolment.role != "member":
                continue
            if (key, cohort.id) in begun or members[key].welcomed_at is None:
                items.append(_welcome(cohort, begun.get((key, cohort.id))))
            items += [
                _touch(cohort, one, companies, today) for one in touches.get((key, cohort.id), ())
            ]
            if number := ending[key, cohort.id]:
                items.append(_ending(cohort, number))
        found.append(items)
    return found


def _welcome(cohort: Cohort, begun: FirstVisit | None) -> HomeItem:
    if begun is not None:
        return HomeItem(
            title=gettext("Go on where you left"),
            text=gettext("What you told so far is kept. A few minutes, and others can help you."),
            url=path("board.welcome", cohort=cohort.slug),
            action=gettext("Go on"),
            icon="ring",
            order=1,
            minutes=3,
        )
    return HomeItem(
        title=gettext("Four short steps to begin"),
        text=gettext("What you look for, where, and what you can give. Five minutes."),
        url=path("board.welcome", cohort=cohort.slug),
        action=gettext("Begin"),
        icon="ring",
        order=1,
        minutes=5,
    )


def _touch(
    cohort: Cohort, target: Target, companies: Mapping[UUID, str], today: dt.date
) -> HomeItem:
    due = target.next_touch_on
    return HomeItem(
        title=gettext("Be in touch with %(company)s", company=companies[target.company_id]),
        text=gettext("You wanted to do that today.")
        if due == today
        else gettext("You wanted to do that on %(due)s.", due=day(due)),
        url=path("board.mine", cohort=cohort.slug, post="target"),
        action=gettext("Done, or later"),
        icon="target",
        due=due,
        order=20,
    )


def _landed(target: Target, companies: Mapping[UUID, str]) -> HomeItem:
    """Ask for the one click that follows a target that is set to landed."""
    return HomeItem(
        title=gettext("You landed at %(company)s?", company=companies[target.company_id]),
        text=gettext("Say so once, and nobody looks for introductions for you any more."),
        url=path("landing.found_work", target=target.id),
        action=gettext("I found work"),
        icon="check",
        order=5,
    )


def _ending(cohort: Cohort, number: int) -> HomeItem:
    return HomeItem(
        title=ngettext(
            "One of your posts ends this week", "%(num)s of your posts end this week", number
        ),
        text=gettext("Keep it for 60 days more, or let it go."),
        url=path("board.mine", cohort=cohort.slug),
        action=gettext("Look"),
        icon="clock",
        order=60,
    )


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
            text = gettext("Has no targets on the board")
            found.append(
                Signal(
                    member.id,
                    "no_targets",
                    text,
                    gettext("Write a note"),
                    f"{page}?about=no_targets",
                    5,
                )
            )
        if not has["offers"]:
            text = gettext("Has no offers on the board")
            found.append(
                Signal(
                    member.id,
                    "no_offers",
                    text,
                    gettext("Write a note"),
                    f"{page}?about=no_offers",
                    4,
                )
            )
        oldest = has["oldest_ask"]
        if oldest is not None and today - oldest > dt.timedelta(days=UNMET_DAYS):
            text = ngettext(
                "Has an ask that has been open for %(num)s day",
                "Has an ask that has been open for %(num)s days",
                (today - oldest).days,
            )
            found.append(
                Signal(
                    member.id,
                    "unmet_asks",
                    text,
                    gettext("Write a note"),
                    f"{page}?about=unmet_asks",
                    6,
                )
            )
    return found


@PULSE.from_room
def pulse(cohort: Cohort, weeks: Sequence[dt.date]) -> list[Series]:
    """Count what was posted week by week."""
    every = union_all(
        *(
            select(model.created_at.label("at")).where(model.cohort_id == cohort.id)
            for model in MODELS.values()
        )
    ).subquery()
    return [Series(gettext("New on the board"), by_week(every.c.at, true(), weeks), 10)]


_COLUMNS = "created_at expires_on closed_at moderation kind title body field"
_EXPORTED: tuple[tuple[type[Target | Offer | Ask | Lead], str, str, str], ...] = (
    (
        Target,
        "targets",
        gettext_noop("Companies you want to reach"),
        "created_at expires_on closed_at moderation roles learn stage weight next_touch_on",
    ),
    (Offer, "offers", gettext_noop("Your offers"), f"{_COLUMNS} topics"),
    (Ask, "asks", gettext_noop("Your asks"), f"{_COLUMNS} topics"),
    (Lead, "leads", gettext_noop("Your leads"), f"{_COLUMNS} place source"),
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
    notes = db.session.execute(
        select(CompanyNote, Company.name)
        .join(Company, Company.id == CompanyNote.company_id)
        .where(CompanyNote.owner_id == member.id)
        .order_by(CompanyNote.created_at)
    )
    kept = [{"company": company} | row_of(note, "created_at text") for note, company in notes]
    visits = select(FirstVisit).where(FirstVisit.membership_id == member.id)
    return [
        *sections,
        ExportSection("company_notes", "Your notes on companies", kept),
        section(
            "first_visit",
            "What you told on your first visit",
            db.session.scalars(visits),
            "created_at step told drafts",
        ),
    ]


@RETAIN.from_room
def retained() -> list[Retained]:
    """Keep closed posts for a time."""
    return [
        Retained(
            "closed_posts",
            gettext_noop("Closed posts"),
            gettext_noop("Offers, asks, leads and targets that are done with."),
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
