"""The firm's mails, for its admins: what went, what did not and why, and the sender's domain."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from sqlalchemy import ColumnElement
from uuid_utils.compat import uuid7
from werkzeug.wrappers import Response

from coachhub.accounts.models import Person
from coachhub.console.addressed import addressed, headers_of, kind_words
from coachhub.console.forms import SenderForm
from coachhub.core import audit
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.links import path
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext, in_language, ngettext
from coachhub.digests import run
from coachhub.digests.views import followed, stopped
from coachhub.firms.hooks import HOME, MENU, NUMBERS, VISITORS_MENU, HomeItem
from coachhub.firms.layout import here
from coachhub.firms.numbers import number
from coachhub.mail import signing, standing
from coachhub.mail.models import SenderKey
from coachhub.mail.outbox import Letter, queue_letter
from coachhub.permissions import Permission

bp = Blueprint("mails", __name__, url_prefix="/f/<firm>/console/mails")
Page = str | Response | tuple[str, int]


@MENU.from_room
@VISITORS_MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the firm's admins its mails, with how many are in doubt."""
    if not actor.may(Permission.ADMINISTER):
        return []
    doubted = number("mails.in_doubt")
    return [
        MenuItem(
            gettext("Mails"),
            url_for("mails.index"),
            "mail",
            86,
            active=here("mails."),
            badge=doubted,
        )
    ]


@NUMBERS.from_room
def numbers(actor: Actor) -> dict[str, ColumnElement[Any]]:
    """Count the mails that wait for the admins' word."""
    may = actor.may(Permission.ADMINISTER)
    return {"mails.in_doubt": standing.doubted()} if may else {}


@HOME.from_room
def home(actor: Actor) -> list[HomeItem]:
    """Tell the firm's admins of mails that wait for their word."""
    if not actor.may(Permission.ADMINISTER):
        return []
    waiting = standing.number_in_doubt()
    if not waiting:
        return []
    title = ngettext("One mail is in doubt", "%(num)s mails are in doubt", waiting)
    text = gettext("Nobody knows whether it went out. Send it again, or leave it.")
    action = gettext("Have a look")
    return [HomeItem(title, text, path("mails.index"), action, "mail", order=5)]


@bp.get("/")
@access(Permission.ADMINISTER)
def index() -> str:
    """Show how the mails of the last month stand."""
    back = standing.came_back()
    known = addressed(mail for mail, _stopped in back)
    return render_template(
        "console/mails.html",
        kinds=standing.counts(),
        kind_words=kind_words,
        doubted=addressed(standing.in_doubt()),
        troubled=addressed(standing.troubled()),
        back=[(one, stopped) for (_mail, stopped), one in zip(back, known, strict=True)],
        sender=signing.key_of_firm(),
        run=run.run_of(),
    )


@bp.get("/digests")
@access(Permission.ADMINISTER)
def digests() -> Page:
    """Show how far the firm's digests are, for as long as they are on their way."""
    return followed(back=url_for("mails.index"), stop=url_for("mails.stop"))


@bp.post("/digests/stop")
@access(Permission.ADMINISTER)
def stop() -> Response:
    """Send none of the firm's digests that are still on their way."""
    flash(*stopped())
    return redirect(url_for("mails.index"), 303)


@bp.get("/<uuid:mail_id>")
@access(Permission.ADMINISTER)
def one(mail_id: UUID) -> str:
    """Show why a mail stands as it does. Its text is for its reader alone."""
    [mail] = addressed([standing.mail_of(mail_id)])
    return render_template("console/mail.html", one=mail, mail=mail.mail, headers=headers_of(mail))


@bp.post("/<uuid:mail_id>/<any(again, leave, lift):step>")
@access(Permission.ADMINISTER)
def decide(mail_id: UUID, step: str) -> Response:
    """Send a mail in doubt again, leave it, or write to an address again that was stopped."""
    act, words = {
        "again": (standing.send_again, gettext("It goes out again, the same mail.")),
        "leave": (standing.leave_it, gettext("Left as it is.")),
        "lift": (standing.write_to_again, gettext("Mails go to this address again.")),
    }[step]
    act(current_actor(), mail_id)
    db.session.commit()
    flash(words, "success")
    return redirect(url_for("mails.index"), 303)


@bp.post("/test")
@access(Permission.ADMINISTER)
def test_send() -> Response:
    """Send the admin a mail, by the same way that all of them go."""
    actor = current_actor()
    person = db.session.get_one(Person, actor.person_id)
    to = person.email
    with in_language(person.language):
        queue_letter(
            Letter(
                kind="test",
                to_address=to,
                to_name=actor.label,
                once=f"test/{uuid7()}",
                context={"firm": g.firm, "name": actor.label.split()[0]},
                from_name=g.firm.sender_name or g.firm.name,
                membership_id=actor.member_id(),
            )
        )
    audit.record(actor, "mail.tested", kind="firm", subject=g.firm.id, label=g.firm.name)
    db.session.commit()
    flash(gettext("A mail is on its way to %(to)s.", to=to), "success")
    return redirect(url_for("mails.index"), 303)


@bp.route("/sender", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
def sender() -> Page:
    """Choose the address that the firm's mails come from."""
    own = signing.key_of_firm()
    form = _sender_form(own)
    if form.validate_on_submit():
        address, key = form.address.data or "", form.private_key.data or ""
        try:
            signing.set_sender(current_actor(), address, key)
        except DomainError as error:
            form.private_key.errors = [str(error)]
        else:
            db.session.commit()
            flash(
                gettext("Saved. Now set the three records at your domain, and check them."),
                "success",
            )
            return redirect(url_for("mails.sender"), 303)
    page = render_template("console/sender.html", form=form, sender=own, findings=None)
    return page, 422 if form.is_submitted() else 200


def _sender_form(own: SenderKey | None) -> SenderForm:
    # Never from the row itself: the private key leaves the database for signing alone.
    return SenderForm(data={"address": own.address} if own else {})


@bp.post("/sender/check")
@access(Permission.ADMINISTER)
def check() -> Page:
    """Ask the domain's name servers what stands there now."""
    own = signing.key_of_firm()
    if own is None:
        return redirect(url_for("mails.sender"), 303)
    form = _sender_form(own)
    found = signing.findings(own)
    return render_template("console/sender.html", form=form, sender=own, findings=found)


@bp.post("/sender/forget")
@access(Permission.ADMINISTER)
def forget() -> Response:
    """Send from the platform's address again."""
    signing.forget_sender(current_actor())
    db.session.commit()
    flash(gettext("Your mails come from our address again."), "success")
    return redirect(url_for("mails.sender"), 303)
