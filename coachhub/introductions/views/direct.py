"""What begins without a round: "I can help", and asking for a door."""

from __future__ import annotations

from typing import cast
from uuid import UUID

from flask import render_template, request, url_for

from coachhub.board.models import Ask, Lead, Target
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext
from coachhub.firms.models import Membership
from coachhub.introductions import direct, drafts, queries, searches
from coachhub.introductions.answers import AnswerError
from coachhub.introductions.direct import DirectError, Help
from coachhub.introductions.forms import PromiseForm, ReceiverForm, TargetHelpForm
from coachhub.introductions.steps import IllegalStepError
from coachhub.introductions.views.room import Page, back_to, bp
from coachhub.permissions import Permission


@bp.get("/help/<any(ask, target, lead):kind>/<uuid:post_id>")
@access(Permission.MANAGE_OWN_THINGS)
def help_form(kind: str, post_id: UUID) -> Page:
    """Ask a helper what they will do; on a lead, what is passed on about them."""
    post = direct.post_for(current_actor(), kind, post_id)
    return _help_page(post, _help_form(post))


@bp.post("/help/<any(ask, target, lead):kind>/<uuid:post_id>")
@bp.post("/help")
@access(Permission.MANAGE_OWN_THINGS)
def help_with(kind: str = "", post_id: UUID | None = None) -> Page:
    """Start an introduction with the helper's yes; without a promise yet, ask for it first.

    `kind` (ask, target or lead) and `post_id` come in the address or in the form.
    """
    kind, post_id = kind or request.form.get("kind", ""), post_id or _posted_id()
    post = direct.post_for(current_actor(), kind, post_id)
    form = _help_form(post)
    if not {"promise", "gift", "blurb"} & set(request.form):
        return _help_page(post, form)
    if not form.validate_on_submit():
        return _help_page(post, form), 422
    asset = form.asset.data if isinstance(form, TargetHelpForm) else "insider"
    try:
        started = direct.help_with(
            current_actor(), Help(kind=kind, post_id=post.id, given=form.answer(), asset=asset)
        )
    except (DirectError, AnswerError, IllegalStepError) as error:
        db.session.rollback()
        return _help_page(direct.post_for(current_actor(), kind, post_id), form, str(error)), 422
    if request.headers.get("HX-Request"):
        db.session.commit()
        return render_template(
            "introductions/helped.html", post_id=post.id, introduction_id=started.id
        )
    return back_to(started.id, gettext("Thank you. We ask them, and tell you once they agree."))


@bp.app_template_global()
def door_url(target_id: UUID) -> str:
    """Return where a member asks for a door at one of their targets."""
    return url_for("introductions.door_form", target_id=target_id)


@bp.get("/doors/<uuid:target_id>/ask")
@access(Permission.MANAGE_OWN_THINGS)
def door_form(target_id: UUID) -> Page:
    """Show what will be passed on when a member asks for a door at their target."""
    return _door_page(target_id)


@bp.post("/doors/<uuid:target_id>/ask")
@access(Permission.MANAGE_OWN_THINGS)
def ask_for_door(target_id: UUID) -> Page:
    """Start the search for a door; nobody learns who is asked."""
    form = ReceiverForm()
    if not form.validate_on_submit():
        return _door_page(target_id, form), 422
    try:
        started = searches.ask_for_door(current_actor(), target_id, form.answer())
    except (DirectError, AnswerError, IllegalStepError) as error:
        db.session.rollback()
        return _door_page(target_id, form, str(error)), 422
    return back_to(
        started.id, gettext("We are looking for the right person. You will hear from us.")
    )


def _posted_id() -> UUID:
    try:
        return UUID(request.form.get("post_id", ""))
    except ValueError as error:
        raise NotFoundError from error


def _help_form(post: direct.Post) -> PromiseForm | ReceiverForm:
    member_id = current_actor().member_id()
    if isinstance(post, Lead):
        return ReceiverForm(gift=drafts.gift_of(member_id), blurb=drafts.about(_membership()))
    if isinstance(post, Ask):
        return PromiseForm()
    form = TargetHelpForm()
    form.offer(queries.own_contacts(member_id, post.company_id))
    return form


def _help_page(post: direct.Post, form: PromiseForm | ReceiverForm, error: str = "") -> str:
    owner = db.session.get_one(Membership, (post.firm_id, post.owner_id))
    return render_template(
        "introductions/help.html",
        post=post,
        kind=next(kind for kind, model in direct.KINDS.items() if isinstance(post, model)),
        name=direct.name_of(post),
        owner=owner,
        form=form,
        error=error,
    )


def _door_page(target_id: UUID, form: ReceiverForm | None = None, error: str = "") -> str:
    actor = current_actor()
    target = cast("Target", direct.post_for(actor, "target", target_id))
    if target.owner_id != actor.member_id():
        raise NotFoundError
    member = _membership()
    return render_template(
        "introductions/door.html",
        target=target,
        name=direct.name_of(target),
        form=form
        or ReceiverForm(gift=drafts.gift_of(member.id), blurb=drafts.about(member, target)),
        error=error,
    )


def _membership() -> Membership:
    actor = current_actor()
    found: Membership = db.session.query(Membership).filter_by(id=actor.member_id()).one()
    return found
