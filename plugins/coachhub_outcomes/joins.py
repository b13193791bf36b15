"""Where outcomes join in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import g, render_template
from markupsafe import Markup
from sqlalchemy import select

from coachhub.cohorts.models import Cohort
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, listed
from coachhub.firms.hooks import HomeItem, Report
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.firms.operations import membership_of
from coachhub.moderation.hooks import Reportable, masking
from coachhub.permissions import Permission
from coachhub.privacy.hooks import ExportSection, row_of
from coachhub_outcomes import operations, queries
from coachhub_outcomes.models import Cause, Landing

_MOST = 3


def menu(actor: Actor) -> Sequence[MenuItem]:
    """Show one's landing to whoever landed, and a cohort's to its coach."""
    items = []
    member = g.get("membership")
    if member is not None and member.landed_on is not None:
        url = path("outcomes.landing")
        on_it = here("outcomes.landing", "outcomes.thank")
        items.append(MenuItem(gettext("My landing"), url, "heart", 57, active=on_it))
    if g.get("cohort") and actor.may(Permission.SEE_COHORT):
        url = path("outcomes.landings")
        items.append(
            MenuItem(gettext("Landings"), url, "heart", 43, active=here("outcomes.landings"))
        )
    return items


def home(actor: Actor) -> Sequence[HomeItem]:
    """Ask what led there, then whom to thank; each goes away once it is done."""
    member = membership_of(actor.member_id())
    if member is None or member.landed_on is None or member.role != "member":
        return []
    told = queries.landing_of(member.id)
    if told is None:
        return [
            HomeItem(
                title=gettext("What led to your new work?"),
                text=gettext(
                    "Five minutes. It shows the others what works, and those who helped hear"
                    " of it, if you like."
                ),
                url=path("outcomes.landing"),
                action=gettext("Tell it"),
                icon="heart",
                order=6,
            )
        ]
    waiting = [one for one in queries.helpers(told) if one.cause.thanked_at is None]
    if not waiting:
        return []
    names = [one.name for one in waiting[:_MOST]]
    more = len(waiting) - len(names)
    names += [gettext("%(number)s more", number=more)] if more else []
    return [
        HomeItem(
            title=gettext("Say thanks to whoever helped you land"),
            text=gettext(
                "You named %(people)s. A word from you is what they hear of it.",
                people=listed(names),
            ),
            url=f"{path('outcomes.landing')}#thanks",
            action=gettext("Say thanks"),
            icon="heart",
            order=35,
        )
    ]


def landed(membership: Membership) -> None:
    """Drop what was told when a landing is taken back."""
    if membership.landed_on is None:
        operations.forget(membership.id)


def member_section(cohort: Cohort, membership: Membership, actor: Actor) -> Markup | None:
    """Show on a member's page what they tell of their landing, to whom they tell it."""
    del cohort
    told = queries.landing_of(membership.id)
    if membership.landed_on is None or told is None:
        return None
    mine = actor.membership_id == membership.id
    readers = {"me": mine, "coach": mine or actor.may(Permission.SEE_COHORT), "group": True}
    if not readers[told.shown_to] or (not told.is_shown and not mine):
        return None
    return Markup(  # noqa: S704 - a template of ours, escaped there
        render_template(
            "outcomes/section.html",
            told=told,
            member=membership,
            mine=mine,
            work=gettext(queries.WORK_LABELS[told.work]),
        )
    )


def dashboard_panel(cohort: Cohort) -> Markup | None:
    """Show the coach how many have landed, and who did lately."""
    lines = queries.landed_in(cohort)
    if not lines:
        return None
    today = now().date()
    return Markup(  # noqa: S704 - a template of ours, escaped there
        render_template(
            "outcomes/panel.html",
            cohort_slug=cohort.slug,
            landed=len(lines),
            members=queries.members_in(cohort),
            latest=[one for one in lines if queries.is_new(one.member.landed_on, today)][:_MOST],
        )
    )


def reports(_actor: Actor) -> Sequence[Report]:
    """Put the report on the firm's list."""
    return [
        Report(
            gettext("Outcomes"),
            gettext(
                "Who joined and landed, how long it took, what introductions led to; for the"
                " firm and"
                " its sponsors, as a page, a table and a PDF."
            ),
            path("outcomes.report"),
            10,
        )
    ]


def reportable(kind: str, thing_id: UUID) -> Reportable | None:
    """Let people report what stands in a landing, or in thanks they were sent."""
    found: Landing | Cause | None
    fields: tuple[str, ...]
    if kind == "landing":
        found = told = db.session.scalar(select(Landing).where(Landing.id == thing_id))
        lines = [told.role, told.company, told.words] if told else []
        label, where, fields = (
            gettext("the story of a landing"),
            "outcomes.landing",
            ("role", "words"),
        )
    elif kind == "landing_thanks":
        found = cause = db.session.scalar(
            select(Cause).where(Cause.id == thing_id, Cause.thanked_at.is_not(None))
        )
        lines = [cause.thanks] if cause else []
        label, where, fields = gettext("the thanks for a landing"), "outcomes.helped", ("thanks",)
    else:
        return None
    if found is None:
        return None
    thing: Landing | Cause = found

    def move(state: str) -> None:
        thing.moderation = state

    return Reportable(
        kind=kind,
        id=thing.id,
        label=label,
        text="\n".join(line for line in lines if line),
        owner_id=thing.owner_id,
        cohort_id=None,
        url=path(where),
        move=move,
        state=thing.moderation,
        **masking(thing, *fields),
    )


def member_left(membership: Membership) -> None:
    """Take a leaver's story away; what was counted names nobody and stands."""
    if membership.state != "left":  # somebody suspended may come back
        return
    operations.forget(membership.id)


def export(membership: Membership) -> Sequence[ExportSection]:
    """Give what the member told, what led there, and the thanks they were sent."""
    told = queries.landing_of(membership.id)
    columns = "work starts_on role company words shown_to created_at"
    causes = queries.causes_of(told) if told else ()
    introductions = dict(queries.my_introductions(membership.id))
    names = {one.cause.id: one.name for one in queries.helpers(told)} if told else {}
    led: list[dict[str, object]] = [
        {
            "kind": cause.kind,
            "what": introductions.get(cause.introduction_id or cause.id)
            or (gettext(queries.WAYS[cause.way]) if cause.way in queries.WAYS else ""),
            "who": names.get(cause.id, ""),
            "thanks": cause.thanks,
            "thanked_at": cause.thanked_at,
        }
        for cause in causes
    ]
    helped: list[dict[str, object]] = [
        {"from": one.name, "thanks": one.cause.thanks, "thanked_at": one.cause.thanked_at}
        for one in queries.helped_by(membership.id)
    ]
    return [
        ExportSection("landing", gettext("Your landing"), [row_of(told, columns)] if told else []),
        ExportSection("landing_causes", gettext("What led to your landing"), led),
        ExportSection("landings_helped", gettext("Landings you helped with"), helped),
    ]
