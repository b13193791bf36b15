"""A member's updates: the words, exactly what is sent, and how it fared."""

from __future__ import annotations

from uuid import UUID

from flask import Response as Raw
from flask import flash, g, redirect, render_template, url_for

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.words import gettext, ngettext
from coachhub.mail.outbox import Composed, composed
from coachhub.permissions import Permission
from coachhub_progress import letters, operations, queries
from coachhub_progress.drafting import Words
from coachhub_progress.forms import UpdateForm
from coachhub_progress.models import Update
from coachhub_progress.views.blueprint import Page, bp


@bp.get("/")
@access(Permission.MANAGE_OWN_THINGS)
def mine() -> str:
    """Show a member's updates and how they fared."""
    actor = current_actor()
    updates = queries.updates_of(actor)
    return render_template(
        "progress/mine.html",
        updates=[(one, queries.counts_of(one)) for one in updates if one.state != "draft"],
        draft=queries.open_draft(actor.member_id()),
        days=queries.house().days_between,
        groups=queries.groups_of(actor),
    )


@bp.post("/begin")
@access(Permission.MANAGE_OWN_THINGS)
def begin() -> Page:
    """Make a first draft from what happened, or go on with the one there is."""
    update = operations.begin(current_actor(), g.membership)
    db.session.commit()
    return redirect(url_for(".edit", progress_id=update.id), 303)


@bp.route("/<uuid:progress_id>", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def edit(progress_id: UUID) -> Page:
    """Let the member change every word of a draft; show what was sent as it was."""
    update = queries.update_of(current_actor(), progress_id)
    if update.state != "draft":
        return _sent(update)
    form = UpdateForm(obj=update)
    if form.validate_on_submit():
        words = Words(
            form.subject.data or "",
            form.met.data or "",
            form.looking.data or "",
            form.helps.data or "",
        )
        operations.rewrite(current_actor(), update, words)
        db.session.commit()
        return redirect(url_for(".choose", progress_id=progress_id), 303)
    page = render_template("progress/edit.html", form=form, update=update)
    return page if not form.is_submitted() else (page, 422)


@bp.get("/<uuid:progress_id>/look")
@access(Permission.MANAGE_OWN_THINGS)
def look(progress_id: UUID) -> Page:
    """Show exactly what will be sent, to whom, and who is left out and why."""
    update = queries.update_of(current_actor(), progress_id)
    if update.state != "draft":
        return redirect(url_for(".edit", progress_id=progress_id), 303)
    return render_template(
        "progress/look.html",
        update=update,
        reach=operations.reach(update),
        letter=_sample(update),
        days=queries.house().days_between,
    )


@bp.get("/<uuid:progress_id>/preview")
@access(Permission.MANAGE_OWN_THINGS)
def preview(progress_id: UUID) -> Raw:
    """Show the mail as a mail program will, with nothing of it running."""
    letter = _sample(queries.update_of(current_actor(), progress_id))
    if letter is None:
        raise NotFoundError(
            gettext("Choose somebody first: the mail is shown as they would read it.")
        )
    response = Raw(letter.html, mimetype="text/html")
    response.headers["Content-Security-Policy"] = (
        "default-src 'none'; style-src 'unsafe-inline'; frame-ancestors 'none'"
    )
    return response


@bp.post("/<uuid:progress_id>/send")
@access(Permission.MANAGE_OWN_THINGS)
def send(progress_id: UUID) -> Page:
    """Let an update go out."""
    update = queries.update_of(current_actor(), progress_id)
    try:
        number = operations.send(current_actor(), update)
    except NotFoundError:
        raise
    except DomainError as error:
        db.session.rollback()
        flash(str(error), "warning")
        return redirect(url_for(".look", progress_id=progress_id), 303)
    db.session.commit()
    people = ngettext("one person", "%(num)s people", number)
    flash(
        gettext("On its way to %(people)s. Answers come to your own mail address.", people=people),
        "success",
    )
    return redirect(url_for(".mine"), 303)


@bp.post("/<uuid:progress_id>/drop")
@access(Permission.MANAGE_OWN_THINGS)
def drop(progress_id: UUID) -> Page:
    """Delete an update."""
    operations.drop(current_actor(), queries.update_of(current_actor(), progress_id))
    db.session.commit()
    flash(gettext("Gone."), "success")
    return redirect(url_for(".mine"), 303)


def _sample(update: Update) -> Composed | None:
    """Return the mail to the first who would get it."""
    ready = operations.reach(update).ready
    contact = ready[0].contact if ready else None
    return composed(letters.letter(update, contact, update.sent_at)) if contact else None


def _sent(update: Update) -> str:
    return render_template(
        "progress/sent.html",
        update=update,
        counts=queries.counts_of(update),
        readers=queries.readers_of(update),
    )
