"""Where the cohorts room joins in elsewhere: the menu, the home page, its own dashboard."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from typing import Any
from uuid import UUID

from flask import g, url_for
from sqlalchemy import ColumnElement, select

from coachhub.cohorts import queries
from coachhub.cohorts.hooks import DASHBOARD, Signal
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.companies.queries import questions_open
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, gettext_noop, ngettext
from coachhub.firms.hooks import HOME, MENU, NUMBERS, HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.firms.numbers import number
from coachhub.moderation.hooks import MODERATORS
from coachhub.permissions import Permission, Standing
from coachhub.privacy.hooks import EXPORT_SECTION, ExportSection

QUIET_DAYS = 10
_ARRIVAL_DAYS = 3
_LONG_WAIT = 2
_AT_A_GLANCE = 3  # names


@MODERATORS.from_room
def moderators(cohort_id: UUID) -> Sequence[UUID]:
    """Say who leads a cohort: they moderate its texts."""
    return db.session.scalars(
        select(Enrolment.membership_id).where(
            Enrolment.cohort_id == cohort_id,
            Enrolment.role == "coach",
            Enrolment.state == "active",
        )
    ).all()


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the cohort's own pages inside it, and the way into cohorts elsewhere."""
    items = [*_inside(actor)] if g.get("cohort") else [*_outside(actor)]
    if actor.may(Permission.ADMINISTER):
        items.append(
            MenuItem(
                gettext("Cohorts"),
                url_for("cohorts.listing"),
                "people",
                70,
                here("cohorts.listing"),
            )
        )
    if actor.may(Permission.MODERATE):
        questions = MenuItem(
            gettext("Same company?"),
            url_for("companies.questions"),
            "building",
            75,
            active=here("companies."),
            badge=number("companies.questions"),
        )
        items.append(questions)
    return items


@NUMBERS.from_room
def numbers(actor: Actor) -> dict[str, ColumnElement[Any]]:
    """Count what moderators are asked about companies: that room knows no menu."""
    may = actor.may(Permission.MODERATE)
    return {"companies.questions": questions_open()} if may else {}


def _inside(actor: Actor) -> list[MenuItem]:
    on_people = here("cohorts.people", "board.member")
    items = [MenuItem(gettext("People"), url_for("cohorts.people"), "people", 30, active=on_people)]
    if actor.may(Permission.SEE_COHORT):
        items.append(
            MenuItem(
                gettext("Who needs me"), url_for("cohorts.home"), "pulse", 5, here("cohorts.home")
            )
        )
        items.append(
            MenuItem(
                gettext("Rules"), url_for("cohorts.rules"), "settings", 48, here("cohorts.rules")
            )
        )
    return items


def _outside(actor: Actor) -> list[MenuItem]:
    return [
        MenuItem(cohort.name, url_for("cohorts.home", cohort=cohort.slug), "board", 5)
        for cohort in queries.cohorts_of(actor.membership_id)
    ]


@HOME.from_room
def home(actor: Actor) -> Sequence[HomeItem]:
    """Tell coaches who needs them, cohort by cohort."""
    if Standing.COACH not in actor.standings and Standing.ADMIN not in actor.standings:
        return []
    items = [*_to_set_up()] if Standing.ADMIN in actor.standings else []
    for cohort in queries.cohorts_of(actor.membership_id):
        one = queries.enrolled(cohort, actor.membership_id)
        if one is None or one.enrolment.role != "coach":
            continue
        needing = queries.needing(cohort)
        items.append(
            HomeItem(
                title=gettext("%(cohort)s: who needs you today", cohort=cohort.name),
                text=_who([need.membership.name for need in needing]),
                url=path("cohorts.home", cohort=cohort.slug),
                action=gettext("Look"),
                icon="pulse",
                order=10,
            )
        )
    return items


def _who(names: Sequence[str]) -> str:
    if not names:
        return gettext("Nobody, as far as we can tell.")
    first, more = names[:_AT_A_GLANCE], len(names) - _AT_A_GLANCE
    if more <= 0:
        return ", ".join(first) + "."
    return ngettext(
        "%(names)s and %(num)s more.", "%(names)s and %(num)s more.", more, names=", ".join(first)
    )


def _to_set_up() -> Sequence[HomeItem]:
    """Lead a new firm's admin to what comes first: a cohort, then people."""
    if db.session.scalar(select(Cohort.id).limit(1)) is None:
        return [
            HomeItem(
                title=gettext("Make the first cohort"),
                text=gettext("A group of members with a coach: that is where everything happens."),
                url=path("cohorts.new"),
                action=gettext("Make it"),
                icon="people",
                order=2,
            )
        ]
    if db.session.scalar(select(Enrolment.id).limit(1)) is None:
        return [
            HomeItem(
                title=gettext("Invite a coach and members"),
                text=gettext("By mail, one by one or from a list. They join with one click."),
                url=path("console.people"),
                action=gettext("Invite them"),
                icon="mail",
                order=3,
            )
        ]
    return []


@DASHBOARD.from_room
def signals(cohort: Cohort) -> list[Signal]:
    """Tell who has gone quiet, never came, or has waited for rounds without receiving."""
    found: list[Signal] = []
    today, note = now(), gettext("Write a note")
    for one in queries.members_of(cohort):
        member, joined = one.membership, one.enrolment.created_at
        page = path("cohorts.note", cohort=cohort.slug, membership_id=member.id)
        seen = member.seen_at
        if seen is None and today - joined > dt.timedelta(days=_ARRIVAL_DAYS):
            text = ngettext(
                "Has not come in since joining %(num)s day ago",
                "Has not come in since joining %(num)s days ago",
                queries.days_since(joined),
            )
            found.append(Signal(member.id, "quiet", text, note, f"{page}?about=quiet", 7))
        elif seen is not None and today - seen >= dt.timedelta(days=QUIET_DAYS):
            text = ngettext(
                "Was last here %(num)s day ago",
                "Was last here %(num)s days ago",
                queries.days_since(seen),
            )
            found.append(Signal(member.id, "quiet", text, note, f"{page}?about=quiet", 7))
        if one.enrolment.waited >= _LONG_WAIT:
            text = ngettext(
                "Has received nothing in the last %(num)s round",
                "Has received nothing in the last %(num)s rounds",
                one.enrolment.waited,
            )
            found.append(Signal(member.id, "waited", text, note, f"{page}?about=waited", 6))
    return found


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member the groups they are or were in."""
    groups = db.session.execute(
        select(Enrolment, Cohort.name)
        .join(Cohort, Cohort.id == Enrolment.cohort_id)
        .where(Enrolment.membership_id == member.id)
        .order_by(Enrolment.created_at)
    )
    rows = [
        {"group": name, "role": one.role, "since": one.created_at, "until": one.ended_at}
        for one, name in groups
    ]
    return [ExportSection("groups", gettext_noop("Your groups"), rows)]
