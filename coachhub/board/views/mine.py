"""A member's own posts, with the quick ways to keep them current."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for

from coachhub.board import operations, queries
from coachhub.board.forms import STAGE_LABELS, StageForm, TouchForm
from coachhub.board.kinds import POSTS, offer_kinds
from coachhub.board.models import Target
from coachhub.board.rules import only_owner
from coachhub.board.views.blueprint import Page, bp
from coachhub.core.access import access, current_actor
from coachhub.core.db import db, now
from coachhub.core.words import gettext
from coachhub.permissions import Permission

_LABELS = dict(STAGE_LABELS)


@bp.get("/mine")
@access(Permission.POST)
def mine() -> Page:
    """Show one's own targets, offers, asks or leads in this cohort."""
    member_id = current_actor().member_id()
    post = request.args.get("post", "target")
    kind = post if post in POSTS else "target"
    lines = queries.own_posts(g.cohort, member_id, kind)
    return render_template(
        "board/mine.html",
        kind=POSTS[kind],
        posts=POSTS,
        counts=queries.own_counts(g.cohort, member_id),
        open_lines=[line for line in lines if line.post.closed_at is None],
        closed_lines=[line for line in lines if line.post.closed_at is not None],
        stages=STAGE_LABELS,
        kinds=offer_kinds(),
        today=now().date(),
    )


@bp.post("/targets/<uuid:target_id>/stage")
@access(Permission.POST)
def stage(target_id: UUID) -> Page:
    """Say how far a target is, in one step, with a way back."""
    target, form = _target(target_id), StageForm()
    if not form.validate_on_submit():
        flash(gettext("Please choose how far you are."), "error")
        return redirect(url_for(".mine", post="target"), 303)
    chosen = str(form.stage.data)
    before = operations.set_stage(current_actor(), target, chosen)
    db.session.commit()
    if before != chosen:
        undo = url_for(".unstage", target_id=target_id, stage=before)
        flash(
            gettext("Now: %(stage)s.", stage=gettext(_LABELS[chosen])),
            f"undo:{undo}",
        )
    if chosen == "landed" and _seeks():
        return redirect(url_for("landing.found_work", target=target_id), 303)
    return redirect(url_for(".mine", post="target"), 303)


@bp.post("/targets/<uuid:target_id>/stage/<stage>")
@access(Permission.POST)
def unstage(target_id: UUID, stage: str) -> Page:
    """Take a change of stage back."""
    operations.set_stage(current_actor(), _target(target_id), stage)
    db.session.commit()
    flash(gettext("Back to: %(stage)s.", stage=gettext(_LABELS[stage])), "info")
    return redirect(url_for(".mine", post="target"), 303)


@bp.post("/targets/<uuid:target_id>/touch")
@access(Permission.POST)
def touch(target_id: UUID) -> Page:
    """Say when to be in touch with a target next."""
    target, form = _target(target_id), TouchForm()
    if not form.validate_on_submit():
        flash(
            " ".join(map(str, form.next_touch_on.errors)) or gettext("Please choose a day."),
            "error",
        )
        return redirect(url_for(".mine", post="target"), 303)
    operations.set_next_touch(current_actor(), target, form.next_touch_on.data)
    db.session.commit()
    flash(gettext("Saved."), "success")
    return redirect(url_for(".mine", post="target"), 303)


def _seeks() -> bool:
    return g.membership.role == "member" and g.membership.landed_on is None


def _target(target_id: UUID) -> Target:
    found = cast("Target", operations.post_of(g.cohort, "target", target_id))
    only_owner(current_actor(), found)
    return found
