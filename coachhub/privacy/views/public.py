"""For everybody: to be taken out of members' address books, without an account.

The answer is the same whether an address is known or not. Proof is a mailed link, behind it a
page with one button; opening it changes nothing.
"""

from __future__ import annotations

from flask import redirect, render_template, url_for
from flask_limiter.util import get_remote_address
from limits import parse

from coachhub.accounts.operations import clean_address
from coachhub.core.access import access
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.limits import knock
from coachhub.core.secrets import seal, unseal
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub.privacy import strangers
from coachhub.privacy.forms import AddressForm
from coachhub.privacy.views.room import Page, bp

MAIL_TO_ADDRESS = parse("3 per day")
MAIL_FROM_PLACE = parse("30 per day")


@bp.route("/forget-me", methods=["GET", "POST"])
@access(Permission.OPEN_LINK)
def forget_me() -> Page:
    """Take an address and write there; nothing is told about what is known of it."""
    form = AddressForm()
    if form.validate_on_submit():
        try:
            address = clean_address(form.email.data or "")
        except DomainError as error:
            form.email.errors = [str(error)]
        else:
            knock(MAIL_FROM_PLACE, "forget-me", get_remote_address())
            knock(MAIL_TO_ADDRESS, "forget-me", address)
            strangers.SEND_LINK.later(None, seal(address, strangers.ASKED))
            db.session.commit()
            return redirect(url_for(".forget_asked"), 303)
    page = render_template("privacy/forget_me.html", form=form)
    return page, 422 if form.is_submitted() else 200


@bp.get("/forget-me/asked")
@access(Permission.OPEN_LINK)
def forget_asked() -> Page:
    """Say what comes next, in the same words to everybody."""
    return render_template("privacy/forget_asked.html")


@bp.get("/forget-me/<sealed>")
@access(Permission.OPEN_LINK)
def forget(sealed: str) -> Page:
    """Ask for one more click; opening the link changes nothing."""
    _behind(sealed)
    return render_template("privacy/forget.html", sealed=sealed)


@bp.post("/forget-me/<sealed>")
@access(Permission.OPEN_LINK)
def forget_now(sealed: str) -> Page:
    """Forget whoever pressed the button, everywhere and for good; twice is fine."""
    strangers.forget_everywhere(_behind(sealed))
    db.session.commit()
    return redirect(url_for(".forgotten"), 303)


@bp.get("/forget-me/done")
@access(Permission.OPEN_LINK)
def forgotten() -> Page:
    """Say that it is done."""
    return render_template("privacy/forgotten.html")


def _behind(sealed: str) -> str:
    address = unseal(sealed, strangers.LINK_GOOD_FOR, strangers.LINK)
    if not address:
        raise NotFoundError(gettext("This link is old. You can ask for a new one."))
    return address
