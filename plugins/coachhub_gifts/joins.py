"""Where gifts and thanks join in."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from flask import render_template
from markupsafe import Markup
from sqlalchemy import delete, select

from coachhub.cohorts.models import Cohort
from coachhub.cohorts.queries import share_a_cohort
from coachhub.core.access import Actor
from coachhub.core.db import db
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, gettext_noop
from coachhub.firms.hooks import HomeItem
from coachhub.firms.layout import here
from coachhub.firms.models import Membership
from coachhub.introductions.models import Introduction
from coachhub.mail.models import FirmMail
from coachhub.moderation.hooks import Reportable, masking
from coachhub.privacy.hooks import ExportSection, section
from coachhub_gifts import catalogue, letters, operations, queries
from coachhub_gifts.guard import NOTE
from coachhub_gifts.models import Given, Note

HELD = gettext_noop("The note is held, or gone.")
GONE = gettext_noop("Who wrote it is no longer here.")


def menu(_actor: Actor) -> Sequence[MenuItem]:
    """Show gifts and thanks in the menu."""
    url = path("gifts.ideas")
    return [MenuItem(gettext("Gifts and thanks"), url, "gift", 59, active=here("gifts."))]


def home(actor: Actor) -> Sequence[HomeItem]:
    """Remind a member of whoever kept a promise to them and has had no note yet."""
    if actor.membership_id is None:
        return []
    return [
        HomeItem(
            title=gettext("Thank %(name)s with two lines", name=one.name.split()[0]),
            text=gettext(
                "They kept their promise to you. A note, and something small if you like."
            ),
            url=path("gifts.new_note", member=one.id),
            action=gettext("Write it"),
            icon="gift",
            order=40,
        )
        for one in queries.to_thank(actor.membership_id)
    ]


def member_section(cohort: Cohort, membership: Membership, actor: Actor) -> Markup | None:
    """Show what would suit a member, to the others of their group."""
    del cohort
    if actor.membership_id is None or actor.membership_id == membership.id:
        return None
    if not share_a_cohort(actor.membership_id, membership.id):
        return None
    question = queries.question_for(actor, membership)
    if not question.interests:
        return None
    fits = catalogue.ranked(question, 3)
    return Markup(render_template("gifts/section.html", fits=fits, member=membership))  # noqa: S704 - our own template, escaped there


def member_left(membership: Membership) -> None:
    """Take a leaver's notes and log away, and what was to be sent to them."""
    if membership.state != "left":  # somebody suspended may come back
        return
    db.session.execute(delete(Note).where(Note.owner_id == membership.id))
    db.session.execute(delete(Note).where(Note.member_id == membership.id, Note.state != "sent"))
    db.session.execute(delete(Given).where(Given.owner_id == membership.id))


def reportable(kind: str, thing_id: UUID) -> Reportable | None:
    """Let people report a note that was sent to them; a held one goes out when it is released."""
    if kind != NOTE:
        return None
    note = db.session.scalar(select(Note).where(Note.id == thing_id))
    if note is None or note.state == "draft":
        return None

    def move(state: str) -> None:
        note.moderation = state
        if state == "returned":
            note.state, note.moderation = "draft", "visible"
        if state == "visible" and note.state == "held":
            operations.deliver(note)

    return Reportable(
        kind=NOTE,
        id=note.id,
        label=gettext("a thank-you note"),
        text="\n".join(line for line in (note.words, note.gift) if line),
        owner_id=note.owner_id,
        cohort_id=None,
        url=path("gifts.received"),
        move=move,
        state=note.moderation,
        mend_url=path("gifts.edit_note", note_id=note.id),
        may_read=lambda actor: actor.membership_id == note.member_id,
        **masking(note, "words", "gift"),
    )


def may_send(mail: FirmMail) -> str:
    """Hold a note back that was taken down, or whose writer has left, since it was written."""
    if mail.kind not in {letters.MEMBER, letters.OUTSIDE}:
        return ""
    note = db.session.scalar(select(Note).where(Note.id == UUID(mail.once.rpartition("/")[2])))
    if note is None or not note.is_shown:
        return HELD
    state = db.session.scalar(select(Membership.state).where(Membership.id == note.owner_id))
    return "" if state == "active" else GONE


def inbound(kind: str, subject_id: UUID, _membership_id: UUID | None, _text: str) -> str | None:
    """Take a reader's wish to be left alone that their mail program sends by mail."""
    if kind != letters.LEAVE:
        return None
    note = db.session.scalar(select(Note).where(Note.id == subject_id))
    if note is not None:
        operations.leave_alone(note)
    return gettext("We will never write to you again.")


def promise_kept(introduction: Introduction) -> None:
    """Put a promise that was kept into the giver's log."""
    operations.log_promise(introduction)


def thanked(introduction: Introduction) -> None:
    """Put the thanks for it beside it."""
    operations.log_thanks(introduction)


def export(member: Membership) -> list[ExportSection]:
    """Give a member their notes, the ones they got, and their log."""
    own = select(Note).where(Note.owner_id == member.id).order_by(Note.created_at)
    got = queries.got(Actor(label=member.name, membership_id=member.id))
    log = select(Given).where(Given.owner_id == member.id).order_by(Given.given_on)
    return [
        section(
            "thank_you_notes",
            gettext("Your thank-you notes"),
            db.session.scalars(own),
            "created_at name words gift occasion state sent_at",
        ),
        ExportSection(
            "thank_you_notes_got",
            gettext("Thank-you notes that you got"),
            [
                {
                    "sent_at": one.note.sent_at,
                    "from": one.writer,
                    "words": one.note.words,
                    "gift": one.note.gift,
                }
                for one in got
            ],
        ),
        section(
            "gifts_given",
            gettext("Your log of gifts"),
            db.session.scalars(log),
            "given_on name what back back_on",
        ),
    ]
