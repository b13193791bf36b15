"""A member's own hooks and pitches: writing, versions, asking for a look, sharing."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from coachhub.cohorts.queries import cohorts_of
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.forms import choices
from coachhub.core.words import gettext, gettext_noop
from coachhub.moderation.guards import HELD
from coachhub.permissions import Permission
from coachhub_pitch import operations, passages, queries, reading
from coachhub_pitch.forms import FORMS, PitchForm
from coachhub_pitch.models import Pitch
from coachhub_pitch.views.blueprint import Page, bp

WORDS = {"hook": gettext_noop("Your hook"), "pitch": gettext_noop("Your pitch")}


@bp.get("/")
@access(Permission.MANAGE_OWN_THINGS)
def mine() -> str:
    """Show a member's hooks and pitches."""
    actor = current_actor()
    there = queries.own(actor)
    return render_template(
        "pitch/mine.html",
        pitches=there,
        clock=queries.clock(),
        seconds={one.id: reading.seconds_of(one.text, queries.clock().pace) for one in there},
        news={one.id for one in queries.news(actor.member_id())},
    )


@bp.route("/new/<any(hook, pitch):what>", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def begin(what: str) -> Page:
    """Write a new hook or pitch."""
    form = _form(what, None)
    if form.validate_on_submit():
        pitch = operations.begin(current_actor(), what, _draft(form))
        db.session.commit()
        flash(gettext("Kept. Now say it aloud once: that shows what to leave out."), "success")
        return redirect(url_for(".edit", pitch_id=pitch.id), 303)
    return _page(what, form, None)


@bp.route("/<uuid:pitch_id>", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def edit(pitch_id: UUID) -> Page:
    """Show one with what the coach said, and keep what is changed as a version."""
    pitch = queries.own_one(current_actor(), pitch_id)
    form = _form(pitch.kind, pitch)
    # A draft is nobody else's: the guards are asked when it is shared, and while it is.
    if form.validate_on_submit() and (not pitch.shared or form.may_pass(current_actor(), "pitch")):
        new = operations.rewrite(current_actor(), pitch, _draft(form))
        form.hold_if_insisted(current_actor(), "pitch", pitch.id)
        db.session.commit()
        kept = gettext("Kept as version %(number)s.", number=pitch.number)
        kept = kept if new else gettext("Saved.")
        flash(gettext(HELD) if form.insisted else kept, "success")
        return redirect(url_for(".edit", pitch_id=pitch_id), 303)
    answer = _page(pitch.kind, form, pitch)
    if request.method == "GET":
        # What the coach said is shown now: it is no news any more. It is noted beside the text.
        _seen(pitch_id)
    return answer


def _seen(pitch_id: UUID) -> None:
    pitch = queries.own_one(current_actor(), pitch_id)
    if pitch.looked_at and (pitch.seen_at is None or pitch.seen_at < pitch.looked_at):
        operations.note_seen(pitch)
        db.session.commit()


@bp.get("/<uuid:pitch_id>/versions")
@access(Permission.MANAGE_OWN_THINGS)
def versions(pitch_id: UUID) -> str:
    """List all versions, and show two of them beside each other."""
    pitch = queries.own_one(current_actor(), pitch_id)
    there = queries.versions_of(pitch)
    by_number = {one.number: one for one in there}
    new = by_number.get(request.args.get("new", pitch.number, type=int), there[0])
    old = by_number.get(
        request.args.get("old", 0, type=int), there[1] if len(there) > 1 else there[0]
    )
    return render_template(
        "pitch/versions.html",
        pitch=pitch,
        versions=there,
        old=old,
        new=new,
        changes=passages.compared(old.text, new.text),
        seconds={one.id: reading.seconds_of(one.text, queries.clock().pace) for one in there},
    )


@bp.post("/<uuid:pitch_id>/versions/<uuid:pitch_version_id>/restore")
@access(Permission.MANAGE_OWN_THINGS)
def restore(pitch_id: UUID, pitch_version_id: UUID) -> Page:
    """Take an older version's words again."""
    pitch = queries.own_one(current_actor(), pitch_id)
    version = queries.version_of(pitch, pitch_version_id)
    operations.restore(current_actor(), pitch, version)
    db.session.commit()
    flash(
        gettext(
            "Version %(number)s is your newest again. Nothing was lost.", number=version.number
        ),
        "success",
    )
    return redirect(url_for(".edit", pitch_id=pitch_id), 303)


@bp.post("/<uuid:pitch_id>/ask")
@access(Permission.MANAGE_OWN_THINGS)
def ask(pitch_id: UUID) -> Page:
    """Ask the coach for a look."""
    operations.ask_for_look(current_actor(), queries.own_one(current_actor(), pitch_id))
    db.session.commit()
    undo = url_for(".withdraw", pitch_id=pitch_id)
    flash(gettext("Your coach sees it on their list now."), f"undo:{undo}")
    return redirect(url_for(".edit", pitch_id=pitch_id), 303)


@bp.post("/<uuid:pitch_id>/withdraw")
@access(Permission.MANAGE_OWN_THINGS)
def withdraw(pitch_id: UUID) -> Page:
    """Take the question to the coach back."""
    operations.withdraw(current_actor(), queries.own_one(current_actor(), pitch_id))
    db.session.commit()
    flash(gettext("It is off your coach's list."), "success")
    return redirect(url_for(".edit", pitch_id=pitch_id), 303)


@bp.route("/<uuid:pitch_id>/share", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def share(pitch_id: UUID) -> Page:
    """Show what the group will read, and share it."""
    pitch = queries.own_one(current_actor(), pitch_id)
    form = _form(pitch.kind, pitch)
    if form.validate_on_submit() and form.may_pass(current_actor(), "pitch"):
        operations.rewrite(current_actor(), pitch, _draft(form))
        operations.share(current_actor(), pitch)
        form.hold_if_insisted(current_actor(), "pitch", pitch.id)
        db.session.commit()
        undo = url_for(".unshare", pitch_id=pitch_id)
        shared = (gettext("Your group can read it now."), f"undo:{undo}")
        flash(*((gettext(HELD), "success") if form.insisted else shared))
        return redirect(url_for(".edit", pitch_id=pitch_id), 303)
    page = render_template("pitch/share.html", pitch=pitch, form=form)
    return page if not form.is_submitted() else (page, 422)


@bp.post("/<uuid:pitch_id>/unshare")
@access(Permission.MANAGE_OWN_THINGS)
def unshare(pitch_id: UUID) -> Page:
    """Show it to the group no longer."""
    operations.unshare(current_actor(), queries.own_one(current_actor(), pitch_id))
    db.session.commit()
    flash(gettext("Your group does not see it any more."), "success")
    return redirect(url_for(".edit", pitch_id=pitch_id), 303)


@bp.post("/<uuid:pitch_id>/drop")
@access(Permission.MANAGE_OWN_THINGS)
def drop(pitch_id: UUID) -> Page:
    """Delete it with all its versions."""
    operations.drop(current_actor(), queries.own_one(current_actor(), pitch_id))
    db.session.commit()
    flash(gettext("Gone, with all its versions."), "success")
    return redirect(url_for(".mine"), 303)


@bp.post("/said/<uuid:pitch_comment_id>/done")
@access(Permission.MANAGE_OWN_THINGS)
def done(pitch_comment_id: UUID) -> Page:
    """Tick off what the coach said, or take the tick away."""
    said = queries.comment_of(pitch_comment_id)
    operations.settle(current_actor(), said, done=said.done_at is None)
    pitch_id = said.pitch_id
    db.session.commit()
    return redirect(url_for(".edit", pitch_id=pitch_id, _anchor="said"), 303)


def _form(kind: str, pitch: Pitch | None) -> PitchForm:
    actor = current_actor()
    groups = cohorts_of(actor.membership_id)
    form = FORMS[kind](obj=pitch)
    if len(groups) < 2:  # noqa: PLR2004 - with one group there is nothing to choose
        del form.cohort
        return form
    form.cohort.choices = choices((one.id, one.name) for one in groups)
    if not form.is_submitted() and pitch is not None:
        form.cohort.data = str(pitch.cohort_id or "")
    return form


def _draft(form: PitchForm) -> operations.Draft:
    groups = {str(one.id): one.id for one in cohorts_of(current_actor().membership_id)}
    chosen = (
        groups.get(str(form.cohort.data)) if "cohort" in form else next(iter(groups.values()), None)
    )
    return operations.Draft(
        text=form.text.data or "",
        occasion=form.occasion.data or "",
        note=form.note.data or "",
        cohort_id=chosen,
    )


def _page(kind: str, form: PitchForm, pitch: Pitch | None) -> Page:
    clock = queries.clock()
    typed = form.text.data or ""
    seconds = reading.seconds_of(typed, clock.pace)
    said = queries.said_about(pitch, current_actor().member_id()) if pitch else []
    page = render_template(
        "pitch/edit.html",
        kind=kind,
        title=gettext(WORDS[kind]),
        form=form,
        pitch=pitch,
        said=said,
        pieces=queries.pieces(pitch, said) if pitch else [],
        groups=cohorts_of(current_actor().membership_id),
        words=reading.words_in(typed),
        seconds=seconds,
        judged=reading.judged(seconds, clock.goal(kind)),
        clock=clock,
    )
    return page if not form.is_submitted() else (page, 422)
