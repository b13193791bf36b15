"""Pages of second chances: the list, one of them, its letter. Everything is its owner's alone."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.words import gettext
from coachhub.firms.plugins import settings_of
from coachhub.permissions import Permission
from coachhub_second_chance import letter as letters
from coachhub_second_chance import operations, queries
from coachhub_second_chance.forms import LetterForm, NotesForm, SettingsForm, TouchForm, weeks_of
from coachhub_second_chance.models import Chance, Touch

bp = Blueprint("second_chance", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]
OWN = Permission.MANAGE_OWN_THINGS


@bp.get("/")
@access(OWN)
def chances() -> Page:
    """List one's second chances with what comes next, and the companies where one can begin."""
    member_id = current_actor().member_id()
    lines = queries.mine(member_id)
    return render_template(
        "second_chance/chances.html",
        running=[line for line in lines if not line.chance.ended],
        resting=[line for line in lines if line.chance.ended],
        waiting=queries.waiting(member_id),
        lead=settings_of("second_chance").get("lead") or SettingsForm(formdata=None).lead.data,
        today=operations.today(),
    )


@bp.post("/begin/<uuid:target_id>")
@access(OWN)
def begin(target_id: UUID) -> Page:
    """Begin at a target that said no."""
    weeks = weeks_of(settings_of("second_chance"))
    chance = operations.begin(current_actor(), target_id, weeks)
    db.session.commit()
    flash(
        gettext("The company stays on your list. Note a few things while they are fresh."),
        "success",
    )
    return _to(chance)


@bp.post("/leave/<uuid:target_id>")
@access(OWN)
def leave(target_id: UUID) -> Page:
    """Leave a no at that."""
    one = operations.leave(current_actor(), target_id)
    db.session.commit()
    flash(
        gettext("Left at that. Nobody reminds you of it."),
        "undo:" + url_for(".resume", chance_id=one.id),
    )
    return redirect(url_for("second_chance.chances"), 303)


@bp.route("/<uuid:chance_id>", methods=["GET", "POST"])
@access(OWN)
def chance(chance_id: UUID) -> Page:
    """Show one: what was noted, the letter, the next touches; keep the notes."""
    one = queries.chance_of(current_actor(), chance_id)
    form = NotesForm(obj=one)
    if form.validate_on_submit():
        typed = {name: form[name].data or "" for name in operations.NotesDraft.__dataclass_fields__}
        operations.write_notes(current_actor(), chance_id, operations.NotesDraft(**typed))
        db.session.commit()
        flash(gettext("Kept. The letter can be drafted from it."), "success")
        return redirect(url_for("second_chance.letter", chance_id=chance_id), 303)
    return _page(one, form, TouchForm(formdata=None))


@bp.route("/<uuid:chance_id>/letter", methods=["GET", "POST"])
@access(OWN)
def letter(chance_id: UUID) -> Page:
    """Show the letter to edit, why each part is there, and the ways to send it oneself."""
    one = queries.chance_of(current_actor(), chance_id)
    versions = queries.versions_of(chance_id)
    notes = _notes(one)
    present = versions[0] if versions else None
    form = LetterForm(
        subject=present.subject if present else letters.subject(notes),
        text=present.text if present else letters.draft(notes),
    )
    if form.validate_on_submit():
        operations.write_letter(
            current_actor(), chance_id, form.subject.data or "", form.text.data or ""
        )
        db.session.commit()
        flash(gettext("Kept as a version of its own."), "success")
        return redirect(url_for("second_chance.letter", chance_id=chance_id), 303)
    link, whole = letters.mail_link(
        one.to_email, str(form.subject.data or ""), str(form.text.data or "")
    )
    page = render_template(
        "second_chance/letter.html",
        chance=one,
        company=notes.company,
        form=form,
        pieces=letters.pieces(notes),
        versions=versions,
        link=link,
        whole=whole,
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/<uuid:chance_id>/draft")
@access(OWN)
def draft(chance_id: UUID) -> Page:
    """Draft the letter anew from the notes; the one before stays among the versions."""
    notes = _notes(queries.chance_of(current_actor(), chance_id))
    operations.write_letter(
        current_actor(), chance_id, letters.subject(notes), letters.draft(notes)
    )
    db.session.commit()
    flash(gettext("Drafted from your notes. What you had before is among the versions."), "success")
    return redirect(url_for("second_chance.letter", chance_id=chance_id), 303)


@bp.post("/versions/<uuid:version_id>/take")
@access(OWN)
def take(version_id: UUID) -> Page:
    """Go back to an older version."""
    version = operations.take_version(current_actor(), version_id)
    db.session.commit()
    flash(gettext("Back as version %(number)s.", number=version.number), "success")
    return redirect(url_for("second_chance.letter", chance_id=version.chance_id), 303)


@bp.get("/<uuid:chance_id>/print")
@access(OWN)
def printed(chance_id: UUID) -> Page:
    """Show the letter alone, for paper."""
    one = queries.chance_of(current_actor(), chance_id)
    versions = queries.versions_of(chance_id)
    if not versions:
        flash(gettext("Keep the letter first, then it can be printed."), "info")
        return redirect(url_for("second_chance.letter", chance_id=chance_id), 303)
    return render_template(
        "second_chance/printed.html",
        chance=one,
        company=queries.company_of(one),
        letter=versions[0],
        today=operations.today(),
    )


@bp.post("/<uuid:chance_id>/sent")
@access(OWN)
def sent(chance_id: UUID) -> Page:
    """Remember that the letter is on its way, or that it is not."""
    one = operations.note_sent(current_actor(), chance_id)
    db.session.commit()
    if one.sent_on:
        flash(
            gettext("Well done. That takes some courage."),
            "undo:" + url_for(".sent", chance_id=one.id),
        )
    else:
        flash(gettext("Noted: not sent yet."), "info")
    return _to(one)


@bp.post("/<uuid:chance_id>/touches")
@access(OWN)
def add_touch(chance_id: UUID) -> Page:
    """Put a day on the schedule."""
    one = queries.chance_of(current_actor(), chance_id)
    form = TouchForm()
    if form.validate_on_submit() and form.due_on.data:
        operations.add_touch(current_actor(), chance_id, form.due_on.data)
        db.session.commit()
        flash(gettext("On your list, and in your digest when it comes near."), "success")
        return _to(one)
    return _page(one, NotesForm(obj=one, formdata=None), form)


@bp.post("/touches/<uuid:touch_id>/done")
@access(OWN)
def done(touch_id: UUID) -> Page:
    """Say that one was in touch."""
    return _touched(operations.touch_done(current_actor(), touch_id), gettext("Done."))


@bp.post("/touches/<uuid:touch_id>/stop")
@access(OWN)
def stop(touch_id: UUID) -> Page:
    """Take a day off the schedule."""
    return _touched(operations.stop_touch(current_actor(), touch_id), gettext("Off the schedule."))


@bp.post("/touches/<uuid:touch_id>/again")
@access(OWN)
def again(touch_id: UUID) -> Page:
    """Put a day back."""
    touch = operations.take_touch_back(current_actor(), touch_id)
    db.session.commit()
    flash(gettext("Back on the schedule."), "info")
    return redirect(url_for("second_chance.chance", chance_id=touch.chance_id), 303)


@bp.post("/touches/<uuid:touch_id>/move")
@access(OWN)
def move(touch_id: UUID) -> Page:
    """Be in touch on another day."""
    touch, one = queries.touch_of(current_actor(), touch_id)
    form = TouchForm()
    if form.validate_on_submit() and form.due_on.data:
        operations.move_touch(current_actor(), touch_id, form.due_on.data)
        db.session.commit()
        flash(gettext("Moved."), "success")
        return _to(one)
    return _page(one, NotesForm(obj=one, formdata=None), form, moved=touch)


@bp.post("/<uuid:chance_id>/end")
@access(OWN)
def end(chance_id: UUID) -> Page:
    """Let one rest."""
    operations.end(current_actor(), chance_id)
    db.session.commit()
    flash(gettext("It rests. Nothing is lost."), "undo:" + url_for(".resume", chance_id=chance_id))
    return redirect(url_for("second_chance.chances"), 303)


@bp.post("/<uuid:chance_id>/resume")
@access(OWN)
def resume(chance_id: UUID) -> Page:
    """Take one up again."""
    one = operations.resume(current_actor(), chance_id)
    db.session.commit()
    flash(gettext("Taken up again."), "success")
    return _to(one)


def _touched(touch: Touch, said: str) -> Page:
    db.session.commit()
    flash(said, "undo:" + url_for("second_chance.again", touch_id=touch.id))
    return redirect(url_for("second_chance.chance", chance_id=touch.chance_id), 303)


def _to(one: Chance) -> Page:
    return redirect(url_for("second_chance.chance", chance_id=one.id), 303)


def _notes(one: Chance) -> letters.Notes:
    return letters.Notes(
        company=queries.company_of(one),
        name=g.membership.name,
        role=one.role,
        went_well=one.went_well,
        met=one.met,
        learned=one.learned,
        can_offer=one.can_offer,
        to_name=one.to_name,
    )


def _page(one: Chance, form: NotesForm, touch_form: TouchForm, moved: Touch | None = None) -> Page:
    versions = queries.versions_of(one.id)
    page = render_template(
        "second_chance/chance.html",
        chance=one,
        company=queries.company_of(one),
        form=form,
        touch_form=touch_form,
        moved=moved,
        touches=queries.touches_of(one.id),
        versions=versions,
        today=operations.today(),
    )
    return page, 422 if form.is_submitted() or touch_form.is_submitted() else 200
