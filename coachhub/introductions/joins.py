"""Where introductions join in elsewhere: menu, home page, board, dashboard, mails that leave."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from flask import g, url_for
from markupsafe import Markup
from sqlalchemy import ColumnElement, func, select

from coachhub.board.hooks import BOARD_CARD, Post
from coachhub.board.models import Lead
from coachhub.cohorts.hooks import DASHBOARD, ENROLMENT_ENDED, PULSE, Series, Signal
from coachhub.cohorts.models import Cohort, Enrolment
from coachhub.cohorts.pulse import by_week
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, gettext_noop, ngettext
from coachhub.firms.hooks import HOME, LANDED, MEMBER_LEFT, MENU, NUMBERS, HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.firms.numbers import number
from coachhub.introductions import alumni, erasure, life, queries, rules, words
from coachhub.introductions.calendar import today
from coachhub.introductions.models import AlumniDoor, Introduction
from coachhub.introductions.shown import Shown
from coachhub.introductions.steps import ASKED
from coachhub.mail.hooks import MAY_SEND
from coachhub.mail.models import FirmMail
from coachhub.moderation.hooks import REPORTABLE, Reportable
from coachhub.moderation.words import taken_out
from coachhub.permissions import Permission
from coachhub.privacy.hooks import (
    ERASE,
    EXPORT_SECTION,
    FORGET,
    STRANGERS,
    ExportSection,
    Kept,
    Stranger,
    section,
)

_OWN_PAGES = ("introductions.mine", "introductions.one")
# Fewer promises say nothing about anybody.
_ENOUGH_TO_TELL = 3
_FEW = 0.5
# Letter → the states in which it still makes sense; other letters tell what has happened.
_WHILE = {
    "giver-asked": frozenset({"giver_asked"}),
    "receiver-asked": frozenset({"receiver_asked"}),
    "outsider-asked": frozenset({"outsider_asked"}),
    "ask-in-person": frozenset({"outsider_asked"}),
    "expired-reminder": frozenset(ASKED),
    "promise-reminder": frozenset({"introduced"}),
}


@MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show a member's introductions with what waits for an answer, and the coach the cohort's."""
    badge = number("introductions.due")
    mine = url_for("introductions.mine")
    items = [
        MenuItem(
            gettext("Introductions"),
            mine,
            "introduction",
            20,
            active=here(*_OWN_PAGES),
            badge=badge,
        )
    ]
    if g.get("cohort") and actor.may(Permission.SEE_COHORT):
        cohort = url_for("introductions.cohort")
        on_it = here("introductions.cohort")
        items.append(MenuItem(gettext("Where they stand"), cohort, "chain", 41, active=on_it))
    return items


@NUMBERS.from_room
def numbers(actor: Actor) -> dict[str, ColumnElement[Any]]:
    """Count what waits for a member's answer."""
    if actor.membership_id is None:
        return {}
    return {"introductions.due": queries.answers_due(actor.membership_id)}


@HOME.from_room_at_once
def homes(actors: Sequence[Actor]) -> list[list[HomeItem]]:
    """Put what waits for members on their home pages and into their digests."""
    known = queries.mine_among([actor.member_id() for actor in actors])
    return [
        [_home_item(one) for one in known[actor.member_id()] if one.waits_for_me]
        for actor in actors
    ]


@MEMBER_LEFT.from_room
def member_left(membership: Membership) -> None:
    """End what a leaver has open."""
    life.member_left(membership.id, for_good=membership.state == "left")


@ENROLMENT_ENDED.from_room
def enrolment_ended(enrolment: Enrolment) -> None:
    """End what is open in a cohort that somebody has left; promises made stay."""
    life.member_left(enrolment.membership_id, cohort_id=enrolment.cohort_id)


@LANDED.from_room
def landed(membership: Membership) -> None:
    """End what was on its way to whoever landed; ask nothing of whoever looks for work again."""
    if membership.landed_on is None:
        alumni.forget(membership.id)
    else:
        life.receiver_landed(membership.id)


@BOARD_CARD.from_room
def pass_on(post: Post, actor: Actor) -> Markup | None:
    """Let the owner of a lead pass it on from the board."""
    if not isinstance(post, Lead) or post.owner_id != actor.membership_id:
        return None
    address = path("introductions.pass_on_form", lead_id=post.id)
    return Markup('<p><a href="{}">{}</a></p>').format(
        address, gettext("Pass it on to somebody it fits")
    )


@REPORTABLE.from_room
def blurb(kind: str, thing_id: UUID) -> Reportable | None:
    """Let the giver report what the receiver would have them pass on."""
    if kind != "blurb":
        return None
    one = db.session.scalar(select(Introduction).where(Introduction.id == thing_id))
    if one is None:
        return None
    url = path("introductions.one", introduction_id=one.id)
    return taken_out(
        "blurb",
        one,
        *("blurb", "gift"),
        label=gettext("what was to be passed on with an introduction"),
        owner_id=one.receiver_id,
        cohort_id=one.cohort_id,
        url=url,
        may_read=lambda actor: actor.membership_id == one.giver_id,
    )


@MAY_SEND.from_room_at_once
def questions_still_stand(mails: Sequence[FirmMail]) -> list[str]:
    """Hold back questions whose introduction has gone on or ended since they were written."""
    ids = {mail.introduction_id for mail in mails if mail.introduction_id is not None}
    if not ids:
        return [""] * len(mails)
    rows = db.session.scalars(select(Introduction).where(Introduction.id.in_(ids)))
    there = {row.id: row for row in rows}
    return [_why_held_back(mail, there) for mail in mails]


def _why_held_back(mail: FirmMail, there: Mapping[UUID, Introduction]) -> str:
    if mail.introduction_id is None:
        return ""
    row = there.get(mail.introduction_id)
    if row is None:
        return gettext_noop("Somebody in the introduction has been erased.")
    if mail.kind not in _WHILE:
        return ""
    if row.state not in _WHILE[mail.kind]:
        return gettext_noop("The introduction has moved on.")
    if row.introduced_at is None and not rules.stands(row):
        return gettext_noop("A moderator holds back what it is about.")
    return ""


@DASHBOARD.from_room
def signals(cohort: Cohort) -> list[Signal]:
    """Tell the coach whose promises are past their day, and who keeps few of them."""
    late = func.count().filter(Introduction.state == "introduced", Introduction.due_on < today())
    oldest = func.min(Introduction.due_on).filter(Introduction.state == "introduced")
    rows = db.session.execute(
        select(
            Introduction.giver_id,
            late,
            oldest,
            func.count().filter(Introduction.state == "kept"),
            func.count().filter(Introduction.state == "let_go"),
        )
        .join(
            Enrolment,
            (Enrolment.membership_id == Introduction.giver_id)
            & (Enrolment.cohort_id == Introduction.cohort_id),
        )
        .where(
            Introduction.cohort_id == cohort.id,
            Introduction.introduced_at.is_not(None),
            Enrolment.state == "active",
            Enrolment.role == "member",
        )
        .group_by(Introduction.giver_id)
    )
    page = path("introductions.cohort", cohort=cohort.slug)
    found = []
    for giver_id, many, day, kept, let_go in rows:
        if many:
            text = _late(many, day)
            found.append(Signal(giver_id, "late_promises", text, gettext("See it"), page, 7))
        ended = kept + let_go
        if ended >= _ENOUGH_TO_TELL and kept / ended < _FEW:
            text = gettext("Has kept %(kept)s of %(ended)s promises", kept=kept, ended=ended)
            done = f"{page}?show=done"
            found.append(Signal(giver_id, "few_promises_kept", text, gettext("See them"), done, 5))
    return found


@PULSE.from_room
def pulse(cohort: Cohort, weeks: Sequence[dt.date]) -> list[Series]:
    """Count the introductions made, and the promises kept, week by week."""
    here = Introduction.cohort_id == cohort.id
    kept = here & (Introduction.state == "kept")
    return [
        Series(gettext("Introductions"), by_week(Introduction.introduced_at, here, weeks), 20),
        Series(gettext("Promises kept"), by_week(Introduction.state_since, kept, weeks), 30),
    ]


def _late(number: int, oldest: dt.date | None) -> str:
    days = (today() - oldest).days if oldest else 0
    if number == 1:
        return ngettext(
            "Has a promise that is %(num)s day late",
            "Has a promise that is %(num)s days late",
            days,
        )
    return ngettext(
        "Has %(promises)s promises that are late, the oldest by %(num)s day",
        "Has %(promises)s promises that are late, the oldest by %(num)s days",
        days,
        promises=number,
    )


def _home_item(seen: Shown) -> HomeItem:
    word, _tone = words.STEPS[seen.step]
    return HomeItem(
        title=seen.title,
        text=seen.next_step,
        url=path("introductions.one", introduction_id=seen.id),
        action=gettext(word) if seen.step in {"keep", "thank"} else gettext("Give an answer"),
        icon="clock" if seen.step == "keep" else "introduction",
        due=seen.due_on if seen.step == "keep" else None,
        order=10,
        about=seen.posts,
    )


@ERASE.from_room
def erase(membership: Membership) -> list[Kept]:
    """Blank an erased member's words in introductions; the other one keeps that there was one."""
    erasure.blank(membership.id)
    why = gettext_noop(
        "The other one's book: that they met, and what came of it, stays without the name."
    )
    return [Kept(Introduction.giver_id, why), Kept(Introduction.receiver_id, why)]


@FORGET.from_room
def forget(stranger: Stranger) -> list[str]:
    """Forget an outside contact who asks for it."""
    if not stranger.address:
        return []
    names = erasure.names_of(stranger.address)
    erasure.forget_contact(stranger.address)
    return names


@STRANGERS.from_room
def strangers() -> list[Stranger]:
    """Tell which outside contacts stand in introductions."""
    rows = db.session.scalars(select(Introduction).where(Introduction.outsider_token_hash != ""))
    return [Stranger(one.contact_email.casefold(), one.contact_name) for one in rows]


@EXPORT_SECTION.from_room
def export(member: Membership) -> list[ExportSection]:
    """Give a member their introductions as their own pages show them, and nothing more."""
    known = queries.mine(member.id)
    rows = [
        {
            "since": one.since,
            "you": one.side,
            "what": one.title,
            "where_it_stands": words.STEPS[one.step][0],
            "why": one.why,
            "company": one.company,
            "with": one.other.name,
            "with_email": one.other.email,
            "contact": one.contact.name,
            "contact_email": one.contact.email,
            "gift": one.gift,
            "blurb": one.blurb,
            "promise": one.promise,
            "due_on": one.due_on,
            "introduced_at": one.introduced_at,
            "outcome": one.outcome,
            "thanks": one.thanks,
        }
        for one in known
    ]
    doors = db.session.scalars(select(AlumniDoor).where(AlumniDoor.membership_id == member.id))
    return [
        ExportSection("introductions", gettext_noop("Your introductions"), rows),
        section(
            "alumni_doors",
            gettext_noop("What you said to opening doors after landing"),
            doors,
            "answered_at asks_a_month about until ended_at",
        ),
    ]
