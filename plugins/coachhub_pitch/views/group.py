"""What a group has of it: the coach's list, reading and commenting, what is shared."""

from __future__ import annotations

from uuid import UUID

from flask import flash, g, redirect, render_template, url_for

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotAllowedError
from coachhub.core.forms import choices
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.moderation.guards import HELD
from coachhub.permissions import Permission
from coachhub_pitch import operations, passages, queries, reading
from coachhub_pitch.forms import CommentForm
from coachhub_pitch.models import Pitch
from coachhub_pitch.views.blueprint import Page, bp

WHOLE = "whole"
MARKED = "marked"
_LONGEST_NUMBER = 9  # digits


@bp.get("/c/<cohort>/waiting")
@access(Permission.SEE_COHORT)
def waiting() -> str:
    """Show the coach who waits for a look."""
    return render_template(
        "pitch/waiting.html",
        waiting=queries.waiting(g.cohort),
        looked=queries.looked_lately(g.cohort),
        leads=queries.leads(current_actor()),
    )


@bp.get("/c/<cohort>/shared")
@access(Permission.SEE_BOARD)
def shared() -> str:
    """Show what the members of the group share."""
    return render_template(
        "pitch/shared.html",
        rows=queries.shared(g.cohort),
        me=current_actor().membership_id,
        clock=queries.clock(),
        seconds_of=reading.seconds_of,
    )


@bp.route("/c/<cohort>/look/<uuid:pitch_id>", methods=["GET", "POST"])
@access(Permission.SEE_BOARD)
def look(pitch_id: UUID) -> Page:
    """Show one to whoever may read it; a coach says what they think about a passage."""
    actor = current_actor()
    pitch = queries.readable(actor, g.cohort, pitch_id)
    form = CommentForm()
    form.sentence.choices = choices(_choices(pitch))
    if form.is_submitted() and not queries.leads(actor):
        raise NotAllowedError
    if form.validate_on_submit() and form.may_pass(actor, "pitch_comment"):
        made = operations.comment(actor, pitch, _remark(form, pitch))
        form.hold_if_insisted(actor, "pitch_comment", made.id)
        db.session.commit()
        flash(
            gettext(HELD) if form.insisted else gettext("Kept: it stands beside their words now."),
            "success",
        )
        return redirect(url_for(".look", pitch_id=pitch_id, _anchor="said"), 303)
    said = queries.said_about(pitch, actor.member_id())
    clock = queries.clock()
    page = render_template(
        "pitch/look.html",
        pitch=pitch,
        owner=db.session.get_one(Membership, (pitch.firm_id, pitch.owner_id)),
        form=form,
        said=said if queries.leads(actor) else [],
        pieces=queries.pieces(pitch, said) if queries.leads(actor) else [],
        leads=queries.leads(actor),
        me=actor.membership_id,
        clock=clock,
        words=reading.words_in(pitch.text),
        seconds=reading.seconds_of(pitch.text, clock.pace),
    )
    return page if not form.is_submitted() else (page, 422)


@bp.post("/c/<cohort>/look/<uuid:pitch_id>/done")
@access(Permission.SEE_BOARD)
def looked(pitch_id: UUID) -> Page:
    """Say that the coach has looked."""
    actor = current_actor()
    pitch = queries.readable(actor, g.cohort, pitch_id)
    if not queries.leads(actor):
        raise NotAllowedError
    operations.looked(actor, g.cohort, pitch)
    db.session.commit()
    flash(gettext("They get a mail with what you said."), "success")
    return redirect(url_for(".waiting"), 303)


@bp.post("/c/<cohort>/said/<uuid:pitch_comment_id>/drop")
@access(Permission.SEE_BOARD)
def take_back(pitch_comment_id: UUID) -> Page:
    """Delete what one has said oneself."""
    said = queries.comment_of(pitch_comment_id)
    pitch_id = said.pitch_id
    operations.take_back(current_actor(), said)
    db.session.commit()
    flash(gettext("Taken back."), "success")
    return redirect(url_for(".look", pitch_id=pitch_id), 303)


def _choices(pitch: Pitch) -> list[tuple[str, str]]:
    found = [
        (WHOLE, gettext("The whole of it")),
        (MARKED, gettext("The words that I marked in the text")),
    ]
    found += [
        (str(start), words if len(words) < 90 else f"{words[:87]}…")  # noqa: PLR2004 - a line of a list
        for start, words in passages.sentences(pitch.text)
    ]
    return found


def _remark(form: CommentForm, pitch: Pitch) -> operations.Remark:
    """Return what was typed, with its passage: what was marked, a sentence, or the whole."""
    chosen, text = str(form.sentence.data), form.text.data or ""
    if chosen == MARKED:
        start = str(form.start.data or "")
        is_number = start.isascii() and start.isdigit() and len(start) <= _LONGEST_NUMBER
        # A browser sends line ends its own way.
        quote = str(form.quote.data or "").replace("\r\n", "\n")[:3000]
        return operations.Remark(text, pitch.number, quote, int(start) if is_number else 0)
    for at, words in passages.sentences(pitch.text):
        if chosen == str(at):
            return operations.Remark(text, pitch.number, words, at)
    return operations.Remark(text, pitch.number)
