"""The firm's webhooks in the console: made, changed, tried, and what they were told."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from coachhub.accounts.freshness import fresh
from coachhub.api.webhooks import joins, operations, queries
from coachhub.api.webhooks.addresses import AddressError, hint
from coachhub.api.webhooks.events import EVENTS, TEST
from coachhub.api.webhooks.forms import WebhookForm
from coachhub.api.webhooks.jobs import deliver_due
from coachhub.api.webhooks.models import Delivery
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext, gettext_noop
from coachhub.permissions import Permission

bp = Blueprint("webhooks", __name__, url_prefix="/f/<firm>/console/webhooks")
Page = str | Response | tuple[str, int]
# Loaded with the pages, so that they are heard and found.
JOINED = (joins, deliver_due)
PER_PAGE = 50
_WORDS = EVENTS | {TEST: gettext_noop("A test")}


@bp.get("/")
@access(Permission.ADMINISTER)
def index() -> str:
    """Show the firm's webhooks."""
    return render_template("api/webhooks.html", webhooks=queries.webhooks(), hint=hint)


@bp.route("/new", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
@fresh()
def new() -> Page:
    """Tell a new address."""
    form = WebhookForm()
    if form.validate_on_submit():
        try:
            made = operations.add(current_actor(), form.draft())
        except DomainError as error:
            _at_field(form, error)
        else:
            db.session.commit()
            flash(
                gettext("It is there. Give its secret to the other side, then send a test."),
                "success",
            )
            return redirect(url_for(".one", webhook_id=made.id), 303)
    page = render_template("api/webhook_form.html", form=form, webhook=None)
    return page, 422 if form.is_submitted() else 200


@bp.get("/<uuid:webhook_id>")
@access(Permission.ADMINISTER)
def one(webhook_id: UUID) -> str:
    """Show a webhook, and what it was told."""
    webhook = queries.find(webhook_id)
    found = queries.deliveries_of(webhook).order_by(Delivery.id.desc())
    return render_template(
        "api/webhook.html",
        webhook=webhook,
        pages=db.paginate(found, per_page=PER_PAGE, error_out=False),
        words={key: gettext(words) for key, words in _WORDS.items()},
        where=hint(webhook.address),
    )


@bp.post("/<uuid:webhook_id>/secret")
@access(Permission.ADMINISTER)
@fresh("webhooks.one")
def secret(webhook_id: UUID) -> Page:
    """Show the secret, which is looked up by whoever sets up the other side."""
    webhook = queries.find(webhook_id)
    page = render_template("api/webhook_secret.html", webhook=webhook)
    operations.note_shown(current_actor(), webhook)
    db.session.commit()
    return page


@bp.route("/<uuid:webhook_id>/edit", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
@fresh()
def edit(webhook_id: UUID) -> Page:
    """Change a webhook; an empty address keeps the one there is."""
    webhook = queries.find(webhook_id)
    form = WebhookForm(data={"name": webhook.name, "events": webhook.events})
    if form.validate_on_submit():
        try:
            operations.change(current_actor(), webhook, form.draft())
        except DomainError as error:
            _at_field(form, error)
            webhook = queries.find(webhook_id)
        else:
            db.session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for(".one", webhook_id=webhook_id), 303)
    page = render_template("api/webhook_form.html", form=form, webhook=webhook)
    return page, 422 if form.is_submitted() else 200


@bp.post("/<uuid:webhook_id>/<any(test, rotate, on, off, remove):step>")
@access(Permission.ADMINISTER)
@fresh("webhooks.one")
def act(webhook_id: UUID, step: str) -> Page:
    """Do one thing with a webhook."""
    webhook, actor = queries.find(webhook_id), current_actor()
    match step:
        case "test":
            operations.test(actor, webhook)
            said = gettext("A test is on its way. Its answer stands below in a moment.")
        case "rotate":
            operations.rotate(actor, webhook)
            said = gettext("There is a new secret. The old one signs too for a day.")
        case "remove":
            operations.remove(actor, webhook)
            said = gettext("It is gone.")
        case _:
            operations.switch(actor, webhook, on=step == "on")
            said = gettext("It is on.") if step == "on" else gettext("It is off.")
    db.session.commit()
    flash(said, "success")
    if step == "remove":
        return redirect(url_for(".index"), 303)
    return redirect(url_for(".one", webhook_id=webhook_id), 303)


@bp.post("/<uuid:webhook_id>/told/<uuid:delivery_id>/again")
@access(Permission.ADMINISTER)
def again(webhook_id: UUID, delivery_id: UUID) -> Page:
    """Tell the same thing once more."""
    webhook = queries.find(webhook_id)
    operations.send_again(current_actor(), webhook, queries.find_delivery(webhook, delivery_id))
    db.session.commit()
    flash(gettext("It is on its way again."), "success")
    page = request.args.get("page", type=int)
    return redirect(url_for(".one", webhook_id=webhook_id, page=page), 303)


def _at_field(form: WebhookForm, error: DomainError) -> None:
    db.session.rollback()
    if isinstance(error, AddressError):
        form.address.errors = [str(error)]
    else:
        form.form_errors.append(str(error))
