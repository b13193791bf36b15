"""Thank-you notes: for whom, the words, exactly what is sent, and the card."""

from __future__ import annotations

from uuid import UUID

from flask import Response as Raw
from flask import flash, redirect, render_template, request, url_for

from coachhub.contacts.queries import find
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.mail.outbox import composed
from coachhub.moderation.guards import HELD
from coachhub.permissions import Permission
from coachhub_gifts import catalogue, letters, operations, queries
from coachhub_gifts.forms import NoteForm
from coachhub_gifts.guard import NOTE
from coachhub_gifts.models import Note
from coachhub_gifts.views.blueprint import Page, bp


@bp.get("/notes")
@access(Permission.MANAGE_OWN_THINGS)
def notes() -> str:
    """Show a member's own notes."""
    actor = current_actor()
    there = queries.notes_of(actor)
    thank = queries.to_thank(actor.member_id())
    return render_template("gifts/notes.html", notes=there, to_thank=thank)


@bp.get("/notes/for")
@access(Permission.MANAGE_OWN_THINGS)
def choose() -> str:
    """Choose for whom a note is: a member, a contact of one's own, anybody on a card."""
    words = request.args.get("q", "").replace("\x00", "")
    found = [one for one in queries.others(current_actor()) if _has(one.name, words)]
    return render_template(
        "gifts/choose.html",
        words=words,
        members=found,
        contacts=queries.contacts(current_actor(), words),
        idea=request.args.get("idea", ""),
    )


@bp.route("/notes/new", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def new_note() -> Page:
    """Write a note."""
    member_id, contact_id = _given("member"), _given("contact")
    form = NoteForm()
    if not form.is_submitted():
        form.name.data = _name(member_id, contact_id)
        idea = catalogue.idea_of(request.args.get("idea", ""))
        form.gift.data = gettext(idea.title) if idea else ""
    if form.validate_on_submit() and form.may_pass(current_actor(), NOTE):
        note = operations.write(current_actor(), _draft(form, member_id, contact_id))
        db.session.commit()
        return redirect(url_for(".note", note_id=note.id), 303)
    _name(member_id, contact_id)
    page = render_template("gifts/write.html", form=form, note=None)
    return page if not form.is_submitted() else (page, 422)


@bp.get("/notes/<uuid:note_id>")
@access(Permission.MANAGE_OWN_THINGS)
def note(note_id: UUID) -> str:
    """Show a note exactly as it will be read, and the ways to give it."""
    one = queries.note_of(current_actor(), note_id)
    mailed = one.member_id is not None or one.contact_id is not None
    return render_template(
        "gifts/note.html",
        note=one,
        mailed=mailed,
        letter=composed(letters.letter(one)) if mailed else None,
        why_not=operations.why_not(one) if one.state == "draft" else "",
    )


@bp.get("/notes/<uuid:note_id>/preview")
@access(Permission.MANAGE_OWN_THINGS)
def preview(note_id: UUID) -> Raw:
    """Show the mail as a mail program will, with nothing of it running."""
    one = queries.note_of(current_actor(), note_id)
    if one.member_id is None and one.contact_id is None:
        raise NotFoundError(gettext("This note goes on a card: there is no mail to look at."))
    response = Raw(composed(letters.letter(one)).html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


@bp.route("/notes/<uuid:note_id>/edit", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def edit_note(note_id: UUID) -> Page:
    """Change a note that has not been sent."""
    one = queries.note_of(current_actor(), note_id)
    form = NoteForm(obj=one)
    if form.validate_on_submit() and form.may_pass(current_actor(), NOTE):
        operations.write(current_actor(), _draft(form, one.member_id, one.contact_id), one)
        db.session.commit()
        return redirect(url_for(".note", note_id=note_id), 303)
    page = render_template("gifts/write.html", form=form, note=one)
    return page if not form.is_submitted() else (page, 422)


@bp.post("/notes/<uuid:note_id>/send")
@access(Permission.MANAGE_OWN_THINGS)
def send(note_id: UUID) -> Page:
    """Send a note by mail."""
    one = queries.note_of(current_actor(), note_id)
    try:
        went = operations.send(current_actor(), one)
    except NotFoundError:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(str(error), "warning")
    else:
        db.session.commit()
        flash(
            gettext("On its way. The answer comes to your own mail address.")
            if went
            else gettext(HELD),
            "success",
        )
    return redirect(url_for(".note", note_id=note_id), 303)


@bp.get("/notes/<uuid:note_id>/card")
@access(Permission.MANAGE_OWN_THINGS)
def card(note_id: UUID) -> str:
    """Show a note as a card to print: A6, or A4 to fold twice."""
    size = "a4" if request.args.get("size") == "a4" else "a6"
    one = queries.note_of(current_actor(), note_id)
    return render_template("gifts/card.html", note=one, size=size, actor_name=current_actor().label)


@bp.post("/notes/<uuid:note_id>/drop")
@access(Permission.MANAGE_OWN_THINGS)
def drop_note(note_id: UUID) -> Page:
    """Delete a note."""
    operations.drop(current_actor(), queries.note_of(current_actor(), note_id))
    db.session.commit()
    flash(gettext("Gone."), "success")
    return redirect(url_for(".notes"), 303)


@bp.get("/received")
@access(Permission.MANAGE_OWN_THINGS)
def received() -> str:
    """Show the notes that a member got."""
    return render_template("gifts/received.html", got=queries.got(current_actor()))


def _given(name: str) -> UUID | None:
    text = request.args.get(name, "")
    try:
        return UUID(text) if text else None
    except ValueError as error:
        raise NotFoundError from error


def _name(member_id: UUID | None, contact_id: UUID | None) -> str:
    """Return the name of whoever the address names; raises NotFoundError for strangers."""
    if member_id is not None:
        return queries.other(current_actor(), member_id).name
    if contact_id is not None:
        return find(current_actor(), contact_id).full_name()
    return ""


def _draft(form: NoteForm, member_id: UUID | None, contact_id: UUID | None) -> operations.NoteDraft:
    return operations.NoteDraft(
        name=form.name.data or "",
        words=form.words.data or "",
        gift=form.gift.data or "",
        occasion=form.occasion.data or "",
        member_id=member_id,
        contact_id=None if member_id is not None else contact_id,
    )


def _has(name: str, words: str) -> bool:
    return all(word in name.casefold() for word in words.casefold().split())


STATE_WORDS: dict[str, str] = {
    "draft": gettext_noop("Draft"),
    "held": gettext_noop("A moderator looks at it first"),
    "sent": gettext_noop("Sent"),
}


@bp.app_template_filter()
def gifts_state(note: Note) -> str:
    """Return how far a note is, in words."""
    return gettext(STATE_WORDS[note.state])
