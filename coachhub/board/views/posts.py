"""Posting, editing, closing, keeping: the same few pages for all four kinds of posts."""

from __future__ import annotations

from collections.abc import Callable
from uuid import UUID

from flask import flash, g, redirect, render_template, request, url_for

from coachhub.board import operations, rules
from coachhub.board.forms import FORMS, PostForm
from coachhub.board.hooks import Post
from coachhub.board.kinds import POSTS, offer_kind, offer_kinds
from coachhub.board.quick import Understood
from coachhub.board.specific import FieldError
from coachhub.board.views.blueprint import Page, bp
from coachhub.companies.queries import name_of
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.words import gettext, gettext_noop
from coachhub.moderation.guards import HELD
from coachhub.permissions import Permission

_POST: dict[str, Callable[..., Post]] = {
    "target": operations.post_target,
    "offer": operations.post_offer,
    "ask": operations.post_ask,
    "lead": operations.post_lead,
}
_POSTED = {
    "target": gettext_noop("On your list. The group's doors there show on the board."),
    "offer": gettext_noop("Your offer is on the board."),
    "ask": gettext_noop("Your ask is on the board. Matches are looked for from now on."),
    "lead": gettext_noop("Your lead is on the board. Where you have it from stays with you."),
}
# What the address of an empty form may bring along, and how many characters of it.
_PREFILLED = {"company": 80, "field": 80, "title": 160, "body": 1000}


@bp.route("/new/<kind>", methods=["GET", "POST"])
@access(Permission.POST)
def new(kind: str) -> Page:
    """Put something on the board; an offer begins with choosing its kind."""
    if kind not in FORMS:
        raise NotFoundError
    chosen = request.args.get("kind", "")
    form = FORMS[kind](kind=chosen) if kind in {"offer", "ask"} else FORMS[kind]()
    if request.method == "GET" and kind == "offer" and chosen not in offer_kinds():
        return render_template("board/choose_kind.html", kinds=offer_kinds().values())
    if request.method == "GET":
        _prefill(form)
    if form.validate_on_submit() and form.may_pass(current_actor(), kind):
        try:
            post = _POST[kind](current_actor(), g.cohort, form.draft())
            form.hold_if_insisted(current_actor(), kind, post.id)
        except FieldError as error:
            _put_at_field(form, error)
        else:
            db.session.commit()
            flash(HELD if form.insisted else gettext(_POSTED[kind]), "success")
            if request.args.get("back") == "board":
                return redirect(url_for(".board"), 303)
            return redirect(url_for(".mine", post=kind), 303)
    return form_page(kind, form, None)


@bp.route("/posts/<kind>/<uuid:post_id>/edit", methods=["GET", "POST"])
@access(Permission.POST)
def edit(kind: str, post_id: UUID) -> Page:
    """Change a post of one's own; what was typed survives an edit made elsewhere meanwhile."""
    post = _own(kind, post_id)
    form = FORMS[kind]()
    if request.method == "GET":
        form.show(post, name_of(post.company_id))
        return form_page(kind, form, post)
    if form.validate_on_submit() and form.may_pass(current_actor(), kind):
        try:
            operations.edit_post(current_actor(), g.cohort, post, form.draft(), form.opened_with())
            form.hold_if_insisted(current_actor(), kind, post.id)
        except FieldError as error:
            _put_at_field(form, error)
            post = _own(kind, post_id)
        except operations.StaleError as error:
            db.session.rollback()
            post = _own(kind, post_id)
            form.form_errors.append(str(error))
            # Saving a second time is a decision: it is made against what stands there now.
            form.revision.data = str(post.revision)
            return form_page(kind, form, post, stale=True)
        else:
            db.session.commit()
            flash(HELD if form.insisted else gettext("Saved."), "success")
            if getattr(post, "stage", "") == "landed" and _seeks():
                return redirect(url_for("landing.found_work", target=post_id), 303)
            return redirect(url_for(".mine", post=kind), 303)
    return form_page(kind, form, post)


@bp.post("/posts/<kind>/<uuid:post_id>/close")
@access(Permission.POST)
def close(kind: str, post_id: UUID) -> Page:
    """Take a post of one's own off the board."""
    operations.close_post(current_actor(), _own(kind, post_id))
    db.session.commit()
    undo = url_for(".reopen", kind=kind, post_id=post_id)
    flash(gettext("It is off the board."), f"undo:{undo}")
    return redirect(url_for(".mine", post=kind), 303)


@bp.post("/posts/<kind>/<uuid:post_id>/reopen")
@access(Permission.POST)
def reopen(kind: str, post_id: UUID) -> Page:
    """Put a post of one's own back on the board."""
    operations.reopen_post(current_actor(), g.cohort, _own(kind, post_id))
    db.session.commit()
    flash(gettext("It is on the board again."), "success")
    return redirect(url_for(".mine", post=kind), 303)


@bp.post("/posts/<kind>/<uuid:post_id>/renew")
@access(Permission.POST)
def renew(kind: str, post_id: UUID) -> Page:
    """Keep a post of one's own for 60 days more."""
    operations.renew_post(current_actor(), g.cohort, _own(kind, post_id))
    db.session.commit()
    flash(gettext("It stays for 60 days more."), "success")
    return redirect(url_for(".mine", post=kind), 303)


def _seeks() -> bool:
    return g.membership.role == "member" and g.membership.landed_on is None


def _prefill(form: PostForm) -> None:
    """Take over what the page that led here knows."""
    for name, longest in _PREFILLED.items():
        if name in form and request.args.get(name):
            form[name].data = request.args[name].replace("\x00", "")[:longest]


def _own(kind: str, post_id: UUID) -> Post:
    post = operations.post_of(g.cohort, kind, post_id)
    rules.only_owner(current_actor(), post)
    return post


def _put_at_field(form: PostForm, error: FieldError) -> None:
    db.session.rollback()
    field = form[error.field]
    field.errors = [*field.errors, str(error)]


def form_page(
    kind: str,
    form: PostForm,
    post: Post | None,
    *,
    stale: bool = False,
    understood: Understood | None = None,
    line: str = "",
) -> Page:
    """Render the form of a post; with `understood`, how the quick `line` was read stands above."""
    chosen = offer_kind(str(form["kind"].data)) if kind in {"offer", "ask"} else None
    page = render_template(
        "board/post.html",
        post_kind=POSTS[kind],
        form=form,
        post=post,
        company=name_of(post.company_id) if post else "",
        chosen=chosen,
        stale=stale,
        understood=understood,
        line=line,
        posts=POSTS,
    )
    if not form.is_submitted():
        return page
    return page, 409 if stale else 422
