"""Pages of chat channels: a cohort's, and all of the firm's for its admins."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from sqlalchemy import func, select
from werkzeug.wrappers import Response

from coachhub.cohorts.models import Cohort
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.limits import limiter
from coachhub.core.words import gettext, in_language
from coachhub.firms.plugins import settings_of
from coachhub.permissions import Permission
from coachhub_chat_notify import jobs, news, operations, sending
from coachhub_chat_notify.addresses import BY_KEY, SERVICES, AddressError, hint
from coachhub_chat_notify.formats import payload
from coachhub_chat_notify.forms import EVENT_LABELS, ChannelForm
from coachhub_chat_notify.models import Channel, Post

bp = Blueprint("chat_notify", __name__, template_folder="templates")
Page = str | Response | tuple[str, int]
# What this plugin does on the queue.
JOBS = (jobs.deliver, jobs.look)
_LATELY = 8


@bp.context_processor
def words() -> dict[str, object]:
    """Give the templates the services and the words for what is posted."""
    return {"services": SERVICES, "by_key": BY_KEY, "event_labels": EVENT_LABELS, "hint": hint}


@bp.get("/")
@access(Permission.ADMINISTER)
def overview() -> str:
    """Show an admin which cohort is told about where."""
    cohorts = db.session.scalars(
        select(Cohort).where(Cohort.state == "running").order_by(func.lower(Cohort.name))
    ).all()
    channels = db.session.scalars(select(Channel).order_by(Channel.name)).all()
    found = [(one, [each for each in channels if each.cohort_id == one.id]) for one in cohorts]
    return render_template("chat_notify/overview.html", found=found)


@bp.get("/c/<cohort>/")
@access(Permission.SEE_COHORT)
def channels() -> str:
    """Show a cohort's channels, how they do, and what was posted lately."""
    found = db.session.scalars(
        select(Channel).where(Channel.cohort_id == g.cohort.id).order_by(Channel.name)
    ).all()
    lately = db.session.execute(
        select(Post, Channel.name)
        .join(Channel, Channel.id == Post.channel_id)
        .where(Channel.cohort_id == g.cohort.id)
        .order_by(Post.created_at.desc())
        .limit(_LATELY)
    ).all()
    return render_template("chat_notify/channels.html", channels=found, lately=lately)


@bp.route("/c/<cohort>/new", methods=["GET", "POST"])
@access(Permission.SEE_COHORT)
def new() -> Page:
    """Add a channel."""
    form = ChannelForm()
    if form.validate_on_submit():
        try:
            made = operations.add_channel(current_actor(), g.cohort, form.draft())
        except AddressError as error:
            form.address.errors = [*form.address.errors, str(error)]
        except DomainError as error:
            form.form_errors.append(str(error))
        else:
            return _back(
                gettext(
                    "“%(name)s” is there. Press “Test it” to see whether it can be heard.",
                    name=made.name,
                )
            )
    return _form_page(form, None)


@bp.route("/c/<cohort>/<uuid:chat_channel_id>", methods=["GET", "POST"])
@access(Permission.SEE_COHORT)
def edit(chat_channel_id: UUID) -> Page:
    """Change a channel; an empty address keeps the one there is."""
    channel = operations.channel_of(g.cohort, chat_channel_id)
    form = ChannelForm(name=channel.name, events=channel.events, names=channel.names)
    if form.validate_on_submit():
        operations.change_channel(current_actor(), channel, form.draft())
        return _back(gettext("Saved."))
    return _form_page(form, channel)


@bp.post("/c/<cohort>/<uuid:chat_channel_id>/test")
@access(Permission.SEE_COHORT)
@limiter.limit("10 per minute")
def test(chat_channel_id: UUID) -> Page:
    """Post a test, now, and say what became of it."""
    channel = operations.channel_of(g.cohort, chat_channel_id)
    service, address, name = channel.service, channel.address, channel.name
    with in_language(g.firm.language):
        content = payload(service, news.trial(g.cohort))
    # Nothing of ours waits while the service is asked.
    db.session.commit()
    answer = sending.post(service, address, content)
    operations.note_trial(operations.channel_of(g.cohort, chat_channel_id), answer)
    db.session.commit()
    if answer.state == "ok":
        flash(gettext("Posted in “%(name)s”. Have a look there.", name=name), "success")
    else:
        flash(gettext(answer.problem), "error")
    return redirect(url_for("chat_notify.channels"), 303)


@bp.post("/c/<cohort>/<uuid:chat_channel_id>/<any(on, off):word>")
@access(Permission.SEE_COHORT)
def switch(chat_channel_id: UUID, word: str) -> Page:
    """Let a channel rest, or go on."""
    channel = operations.channel_of(g.cohort, chat_channel_id)
    operations.switch(current_actor(), channel, on=word == "on")
    return _back(gettext("It hears of the cohort again.") if word == "on" else gettext("It rests."))


@bp.post("/c/<cohort>/<uuid:chat_channel_id>/remove")
@access(Permission.SEE_COHORT)
def remove(chat_channel_id: UUID) -> Page:
    """Forget a channel."""
    operations.remove_channel(current_actor(), operations.channel_of(g.cohort, chat_channel_id))
    return _back(gettext("Forgotten, with its address."))


def _form_page(form: ChannelForm, channel: Channel | None) -> Page:
    page = render_template(
        "chat_notify/edit.html",
        form=form,
        channel=channel,
        may_name=bool(settings_of("chat_notify").get("names")),
    )
    return page, 422 if form.is_submitted() else 200


def _back(sentence: str) -> Response:
    db.session.commit()
    flash(sentence, "success")
    return redirect(url_for("chat_notify.channels"), 303)
