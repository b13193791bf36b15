"""Pages on which tokens are made and revoked: a member's own, and the firm's."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.accounts.freshness import fresh
from coachhub.api import joins, operations, queries
from coachhub.api.forms import TokenForm
from coachhub.api.models import Token
from coachhub.api.operations import Made, TokenDraft
from coachhub.api.scopes import MEANINGS, OF_FIRMS, OF_PERSONS, Scope
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext
from coachhub.firms.hooks import MENU, VISITORS_MENU
from coachhub.firms.layout import here
from coachhub.permissions import Permission, Standing

bp = Blueprint("tokens", __name__, url_prefix="/f/<firm>")
Page = str | Response | tuple[str, int]
JOINED = joins  # loaded with the pages, so that they are heard
_LEADERS = frozenset({Standing.COACH, Standing.ADMIN})


@MENU.from_room
@VISITORS_MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the firm's admins what other programs may do here."""
    if not actor.may(Permission.ADMINISTER):
        return []
    active = here("tokens.house") or here("tokens.new_house") or here("webhooks.")
    return [MenuItem(gettext("Other programs"), url_for("tokens.house"), "plug", 87, active=active)]


@bp.get("/tokens/")
@access(Permission.MANAGE_OWN_THINGS)
def own() -> str:
    """Show one's own tokens."""
    return _list(queries.tokens_of(g.membership.id), is_house=False)


@bp.route("/tokens/new", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
@fresh()
def new_own() -> Page:
    """Make a token that acts as whoever makes it, and show it this once."""
    return _new(TokenForm(_mine()), operations.make_own, "tokens.own")


@bp.post("/tokens/<uuid:token_id>/revoke")
@access(Permission.MANAGE_OWN_THINGS)
def revoke_own(token_id: UUID) -> Page:
    """End one of one's own tokens."""
    token = queries.find_token(token_id, current_actor().member_id())
    operations.revoke(current_actor(), token)
    db.session.commit()
    flash(gettext("It lets nobody in any more."), "success")
    return redirect(url_for("tokens.own"), 303)


@bp.get("/console/tokens/")
@access(Permission.ADMINISTER)
def house() -> str:
    """Show the firm's own tokens."""
    return _list(queries.tokens_of(None), is_house=True)


@bp.route("/console/tokens/new", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
@fresh()
def new_house() -> Page:
    """Make a token of the firm's, and show it this once."""
    return _new(TokenForm(OF_FIRMS), operations.make_firms, "tokens.house")


@bp.post("/console/tokens/<uuid:token_id>/revoke")
@access(Permission.ADMINISTER)
def revoke_house(token_id: UUID) -> Page:
    """End one of the firm's tokens."""
    token = queries.find_token(token_id, None)
    operations.revoke(current_actor(), token)
    db.session.commit()
    flash(gettext("It lets nobody in any more."), "success")
    return redirect(url_for("tokens.house"), 303)


def _mine() -> list[Scope]:
    """Return what a token of whoever looks can be for: members lists are not a member's."""
    leads = bool(current_actor().standings & _LEADERS)
    return [one for one in OF_PERSONS if leads or one is not Scope.MEMBERS_READ]


def _new(form: TokenForm, make: Callable[[Actor, TokenDraft], Made], back: str) -> Page:
    if form.validate_on_submit():
        try:
            made = make(current_actor(), form.draft())
        except DomainError as error:
            db.session.rollback()
            form.form_errors.append(str(error))
        else:
            # It goes into no cookie and no address, so it cannot be shown again.
            page = render_template(
                "api/token.html",
                token=made.token,
                text=made.text,
                back=url_for(back),
                meanings=MEANINGS,
            )
            db.session.commit()
            return page
    page = render_template("api/new_token.html", form=form, back=url_for(back))
    return page, 422 if form.is_submitted() else 200


def _list(tokens: Sequence[Token], *, is_house: bool) -> str:
    return render_template(
        "api/tokens.html", tokens=tokens, is_house=is_house, meanings=MEANINGS, now=now()
    )
