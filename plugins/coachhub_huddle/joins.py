"""Where the huddle joins in: menu, home page, digest, the coach's dashboard, a member's page."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence

from flask import g, get_template_attribute
from markupsafe import Markup
from sqlalchemy import delete, select

from coachhub.cohorts.hooks import Ahead, Signal
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.cohorts.queries import cohorts_of, enrolled
from coachhub.core.access import Actor, current_actor
from coachhub.core.db import db, now
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import day, gettext, listed, ngettext
from coachhub.digests.hooks import DigestItem
from coachhub.firms.hooks import HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.introductions.rounds.hooks import RoundRules
from coachhub.permissions import Permission
from coachhub.privacy.hooks import Kept
from coachhub_huddle import queries, weeks
from coachhub_huddle.models import Attendance, Feed, HandIn, Huddle, Line

NEAR = dt.timedelta(days=1)
TOLD_AHEAD = dt.timedelta(days=8)
DUE_SOON_DAYS = 7
_PAST_SEEN = 6
_WEEK = dt.timedelta(days=7)
_NO_LIMIT = 99  # what the coach allows stays


def menu(actor: Actor) -> Sequence[MenuItem]:
    """Show the cohort's huddle inside it, and one's own huddles elsewhere."""
    active = here("huddle.")
    if g.get("cohort"):
        if not actor.may(Permission.SEE_BOARD):
            return []
        return [MenuItem(gettext("Huddle"), path("huddle.home"), "huddle", 25, active=active)]
    if not cohorts_of(actor.membership_id):
        return []
    return [MenuItem(gettext("Huddles"), path("huddle.mine"), "huddle", 25, active=active)]


def home(actor: Actor) -> Sequence[HomeItem]:
    """Tell a member which homework waits and that the huddle is near, and a coach what to read."""
    items: list[HomeItem] = []
    for cohort in cohorts_of(actor.membership_id):
        place = enrolled(cohort, actor.membership_id)
        if place is None:
            continue
        huddle = queries.next_huddle(cohort)
        if huddle is not None and huddle.starts_at <= now() + NEAR:
            items.append(_near(cohort, huddle))
        if place.enrolment.role == "coach":
            items += _reading(cohort)
        else:
            items += _tasks(cohort, actor)
    return items


def digest(membership: Membership, _since: dt.datetime) -> Sequence[DigestItem]:
    """Tell when the next huddle is; one that is near, and homework, come from the home page."""
    items = []
    for cohort in cohorts_of(membership.id):
        huddle = queries.next_huddle(cohort)
        if huddle is None or not now() + NEAR < huddle.starts_at <= now() + TOLD_AHEAD:
            continue
        items.append(
            DigestItem(
                key=f"huddle/{huddle.id}",
                title=gettext("The next huddle is on %(when)s", when=_when(huddle)),
                why=f"{_meets(cohort, huddle)} {gettext('The agenda fills from the board.')}",
                url=path("huddle.show", cohort=cohort.slug, huddle_id=huddle.id),
                action=gettext("See the agenda"),
                order=28,
                changed=str(huddle.sequence),
            )
        )
    return items


def ahead(cohort: Cohort) -> Sequence[Ahead]:
    """Tell when the cohort meets next, for whoever announces it; a moved one is another."""
    huddle = queries.next_huddle(cohort)
    found = queries.series_of(cohort)
    if huddle is None or found is None or huddle.starts_at > now() + TOLD_AHEAD:
        return []
    return [
        Ahead(
            key=f"huddle-{huddle.id}-{huddle.sequence}",
            title=found.title,
            starts_at=huddle.starts_at,
            when=_when(huddle),
            url=path("huddle.show", cohort=cohort.slug, huddle_id=huddle.id),
        )
    ]


def signals(cohort: Cohort) -> Sequence[Signal]:
    """Tell the coach who missed homework twice, and who was away twice."""
    found = []
    for membership_id, missed in queries.missing_twice(cohort).items():
        page = path("cohorts.note", cohort=cohort.slug, membership_id=membership_id)
        titles = listed(gettext("“%(title)s”", title=one.title) for one in missed)
        text = gettext("Has not handed in the last two homeworks, %(titles)s", titles=titles)
        found.append(
            Signal(
                membership_id,
                "homework_missing",
                text,
                gettext("Write a note"),
                f"{page}?about=quiet",
                5,
            )
        )
    for membership_id in sorted(queries.away_twice(cohort)):
        page = path("cohorts.note", cohort=cohort.slug, membership_id=membership_id)
        text = gettext("Was away from the last two huddles")
        found.append(
            Signal(
                membership_id,
                "huddle_away",
                text,
                gettext("Write a note"),
                f"{page}?about=quiet",
                6,
            )
        )
    return found


def to_read(cohort: Cohort) -> Markup | None:
    """Show the coach which homework waits to be read; nobody else reads it."""
    if not current_actor().may(Permission.RUN_ROUND):
        return None
    waiting = queries.to_read(cohort)
    if not waiting:
        return None
    lines = [
        (
            one.title,
            waiting[one.id],
            path("huddle.homework", cohort=cohort.slug, homework_id=one.id),
        )
        for one in queries.homework_of(cohort, held=True)
        if one.id in waiting
    ]
    panel = get_template_attribute("huddle/panels.html", "to_read_panel")
    return Markup(panel(lines))  # noqa: S704 - a template escaped it


def member_section(cohort: Cohort, membership: Membership, actor: Actor) -> Markup | None:
    """Show a member's huddles and homework to themselves and to who leads the cohort."""
    if actor.membership_id != membership.id and not actor.may(Permission.RUN_ROUND):
        return None
    place = enrolled(cohort, membership.id)
    if place is None or place.enrolment.role != "member":
        return None
    marks = [
        (huddle, seen.get(membership.id, ""))
        for huddle in queries.past(cohort, _PAST_SEEN)
        if (seen := queries.attendance_of(huddle))
    ]
    tasks = queries.tasks_of(cohort, membership.id)
    if not marks and not tasks:
        return None
    panel = get_template_attribute("huddle/panels.html", "member_panel")
    leads = actor.may(Permission.RUN_ROUND)
    return Markup(panel(marks, tasks, leads))  # noqa: S704 - a template escaped it


def round_rules(cohort: Cohort) -> RoundRules:
    """Ask nobody to give this week who has said that they cannot come to the next huddle."""
    huddle = queries.next_huddle(cohort)
    if huddle is None or huddle.starts_at - now() > _WEEK:
        return RoundRules()
    marks = queries.attendance_of(huddle)
    excused = (who for who, state in marks.items() if state == "excused")
    return RoundRules(caps=dict.fromkeys(excused, (0, _NO_LIMIT)))


def enrolment_ended(enrolment: Enrolment) -> None:
    """Forget what somebody said about huddles of a cohort that they have left."""
    ahead = select(Huddle.id).where(
        Huddle.cohort_id == enrolment.cohort_id, Huddle.starts_at > now()
    )
    db.session.execute(
        delete(Attendance).where(
            Attendance.membership_id == enrolment.membership_id, Attendance.huddle_id.in_(ahead)
        )
    )


def member_left(membership: Membership) -> None:
    """Take a leaver's hand-ins, marks and calendar away."""
    if membership.state != "left":  # somebody suspended may come back
        return
    for model, column in (
        (HandIn, HandIn.owner_id),
        (Attendance, Attendance.membership_id),
        (Feed, Feed.owner_id),
    ):
        db.session.execute(delete(model).where(column == membership.id))


def erase(member: Membership) -> Sequence[Kept]:
    """Take an erased member's lines off the agendas; what a coach said to others stays theirs."""
    db.session.execute(delete(Line).where(Line.owner_id == member.id))
    return []


def _near(cohort: Cohort, huddle: Huddle) -> HomeItem:
    timezone = queries.timezone_of(cohort.id)
    date = weeks.local_day(huddle.starts_at, timezone)
    is_today = date == queries.today_in(cohort.id)
    clock = f"{weeks.clock(huddle.starts_at, timezone)} {weeks.zone_name(timezone)}"
    return HomeItem(
        title=gettext("Today at %(time)s: the huddle", time=clock)
        if is_today
        else gettext("Tomorrow at %(time)s: the huddle", time=clock),
        text=_meets(cohort, huddle),
        url=path("huddle.show", cohort=cohort.slug, huddle_id=huddle.id),
        action=gettext("See the agenda"),
        icon="huddle",
        due=date,
        order=8,
    )


def _reading(cohort: Cohort) -> list[HomeItem]:
    number = sum(queries.to_read(cohort).values())
    if not number:
        return []
    return [
        HomeItem(
            title=ngettext("Homework to read", "%(num)s pieces of homework to read", number),
            text=gettext(
                "%(cohort)s. A sentence each is enough: what is good, and what comes next.",
                cohort=cohort.name,
            ),
            url=path("huddle.home", cohort=cohort.slug),
            action=gettext("Read"),
            icon="book",
            order=15,
        )
    ]


def _tasks(cohort: Cohort, actor: Actor) -> list[HomeItem]:
    return [
        HomeItem(
            title=gettext("Another look: %(title)s", title=task.homework.title)
            if task.state == "back"
            else gettext("Homework: %(title)s", title=task.homework.title),
            text=how_long(task),
            url=path("huddle.homework", cohort=cohort.slug, homework_id=task.homework.id),
            action=gettext("See what your coach says")
            if task.state == "back"
            else gettext("Do it"),
            icon="book",
            due=task.homework.due_on,
            order=18,
        )
        for task in queries.tasks_of(cohort, actor.member_id())
        if task.state == "back" or (task.waits and task.days_left <= DUE_SOON_DAYS)
    ]


def how_long(task: queries.Task) -> str:
    """Say kindly until when homework is due, or that its day has passed."""
    if task.state == "back":
        return gettext("Your coach has read it and asks for another look.")
    if task.days_left < 0:
        return gettext("Its day has passed. It is still welcome: ten minutes are better than none.")
    if task.days_left == 0:
        return gettext("Until today.")
    if task.days_left == 1:
        return gettext("Until tomorrow.")
    return gettext("Until %(day)s.", day=day(task.homework.due_on))


def _when(huddle: Huddle) -> str:
    timezone = queries.timezone_of(huddle.cohort_id)
    date = weeks.local_day(huddle.starts_at, timezone)
    clock = weeks.clock(huddle.starts_at, timezone)
    # Whoever reads it may be in another zone.
    zone = weeks.zone_name(timezone)
    return gettext("%(day)s, at %(time)s", day=weeks.whole_day(date), time=f"{clock} {zone}")


def _meets(cohort: Cohort, huddle: Huddle) -> str:
    if huddle.place:
        return gettext("%(cohort)s meets: %(place)s.", cohort=cohort.name, place=huddle.place)
    return gettext("%(cohort)s meets.", cohort=cohort.name)
