"""Pages of the contact card: the member's own, and the one that visitors see."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import segno
from flask import Blueprint, Response, flash, g, redirect, render_template, url_for
from markupsafe import Markup
from sqlalchemy import select
from werkzeug.wrappers import Response as BaseResponse

from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.limits import limiter
from coachhub.core.links import absolute
from coachhub.core.words import gettext
from coachhub.moderation.guards import caution
from coachhub.permissions import Permission
from coachhub_contact_card import operations
from coachhub_contact_card.forms import CardForm, VisitorForm
from coachhub_contact_card.models import Card, Visitor

bp = Blueprint("contact_card", __name__, template_folder="templates")
Page = str | BaseResponse | tuple[str, int]


@bp.route("/", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def edit() -> Page:
    """Let a member write their card; show its link, its QR code, and who left details."""
    card = operations.card_of(g.membership) or operations.first_card(g.membership)
    form = CardForm(obj=card)
    if form.validate_on_submit():
        draft: dict[str, Any] = {
            name: form[name].data or "" for name in operations.CardDraft.__dataclass_fields__
        }
        draft["is_public"] = bool(form.is_public.data)
        operations.write_card(current_actor(), card, operations.CardDraft(**draft))
        db.session.commit()
        flash(gettext("Your card is up to date."), "success")
        return redirect(url_for("contact_card.edit"), 303)
    visitors = db.session.scalars(
        select(Visitor).where(Visitor.card_id == card.id).order_by(Visitor.created_at.desc())
    ).all()
    page = render_template(
        "contact_card/edit.html",
        form=form,
        card=card,
        visitors=[(one, caution(card.owner_id, "visitor", one.message)) for one in visitors],
        link=_link(card),
    )
    return page, 422 if form.is_submitted() else 200


@bp.post("/new-link")
@access(Permission.MANAGE_OWN_THINGS)
def new_link() -> BaseResponse:
    """Make the old link useless."""
    operations.renew_link(current_actor(), _own())
    db.session.commit()
    flash(gettext("Your card has a new link. The old one shows nothing any more."), "success")
    return redirect(url_for("contact_card.edit"), 303)


@bp.post("/visitors/<uuid:visitor_id>/forget")
@access(Permission.MANAGE_OWN_THINGS)
def forget(visitor_id: UUID) -> BaseResponse:
    """Delete what somebody left."""
    visitor = db.session.scalar(select(Visitor).where(Visitor.id == visitor_id))
    if visitor is None:
        raise NotFoundError
    operations.forget_visitor(_own(), visitor)
    db.session.commit()
    flash(gettext("Forgotten."), "success")
    return redirect(url_for("contact_card.edit"), 303)


@bp.get("/qr.svg")
@access(Permission.MANAGE_OWN_THINGS)
def qr() -> Response:
    """Show the QR code of the member's own card, to save or print."""
    response = Response(_code(_own()), mimetype="image/svg+xml")
    response.headers["Content-Disposition"] = 'inline; filename="my-card.svg"'
    return response


@bp.route("/c/<token>", methods=["GET", "POST"])
@access(Permission.OPEN_LINK)
@limiter.limit("30 per minute")
def show(token: str) -> Page:
    """Show a card to whoever has its link; let them leave their details."""
    card = operations.public_card(token)
    form = VisitorForm()
    if form.validate_on_submit():
        details = operations.Details(
            form.name.data or "", form.email.data or "", form.message.data or ""
        )
        operations.leave_details(card, details)
        db.session.commit()
        return render_template("contact_card/thanks.html", card=card)
    page = render_template("contact_card/show.html", card=card, form=form, token=token)
    return page, 422 if form.is_submitted() else 200


@bp.get("/c/<token>/card.vcf")
@access(Permission.OPEN_LINK)
@limiter.limit("30 per minute")
def vcard(token: str) -> Response:
    """Give the card as a vCard 4.0 (RFC 6350)."""
    card = operations.public_card(token)
    lines = ["BEGIN:VCARD", "VERSION:4.0", f"FN:{_escaped(card.name)}"]
    lines += [f"EMAIL:{_escaped(card.email)}"] if card.email else []
    lines += [f"TEL:{_escaped(card.phone)}"] if card.phone else []
    lines += [f"URL:{card.link}"] if card.link else []
    lines += [f"NOTE:{_escaped(card.hook)}"] if card.hook else []
    text = "\r\n".join([*lines, f"SOURCE:{_link(card)}", "END:VCARD", ""])
    response = Response(text, mimetype="text/vcard")
    response.headers["Content-Disposition"] = 'attachment; filename="card.vcf"'
    return response


@bp.after_request
def keep_out_of_searches(response: Response) -> Response:
    """Tell search engines to list no card, whatever form it is in."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow"
    return response


def _own() -> Card:
    card = operations.card_of(g.membership)
    if card is None:
        raise NotFoundError
    return card


def _escaped(text: str) -> str:
    for plain, written in (("\\", "\\\\"), (",", "\\,"), (";", "\\;"), ("\n", "\\n")):
        text = text.replace(plain, written)
    return text.replace("\r", "")


def _link(card: Card) -> str:
    return absolute("contact_card.show", token=card.token)


def _code(card: Card) -> str:
    code = segno.make(_link(card), error="m")
    return Markup(code.svg_inline(scale=6, dark="#000", light="#fff"))  # noqa: S704 - made by segno
