"""Another mail address for an account: asked for by its owner, shown to be theirs by a mail.

Whoever has the new address opens the mail's link while signed in and presses a button there. The
old address is told. Whether somebody else signs in with the new one is never said.
"""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, redirect, render_template, url_for
from sqlalchemy.exc import IntegrityError

from coachhub.accounts import letters, limits, operations
from coachhub.accounts.forms import AddressForm
from coachhub.accounts.freshness import show_it_is_you
from coachhub.accounts.models import Person
from coachhub.accounts.views import Page, signed_in
from coachhub.core.access import access
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.limits import knock
from coachhub.core.links import absolute
from coachhub.core.secrets import fingerprint, seal, unseal
from coachhub.core.words import gettext, gettext_noop
from coachhub.permissions import Permission

bp = Blueprint("address", __name__, url_prefix="/account/address")
GOOD_FOR = 24 * 60 * 60  # seconds
PURPOSE = "new address"


@bp.route("/", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_ACCOUNT)
def ask() -> Page:
    """Take another address, and write there."""
    person, form = signed_in(), AddressForm()
    if form.validate_on_submit():
        asked = show_it_is_you(person)
        if asked:
            return asked
        try:
            wanted = operations.clean_address(form.address.data or "")
        except DomainError as error:
            form.address.errors = [str(error)]
        else:
            knock(limits.MAIL_OF_ACCOUNT, "new address", person.email)
            if operations.find_person(wanted) is None:
                sealed = seal(f"{person.id} {_mark(person)} {wanted}", PURPOSE)
                letters.send_new_address(person, wanted, absolute("address.confirm", sealed=sealed))
            db.session.commit()
            flash(
                gettext(
                    "A mail is on its way to %(wanted)s. Open its link to change over.",
                    wanted=wanted,
                ),
                "info",
            )
            return redirect(url_for("accounts.safety"), 303)
    page = render_template("accounts/address.html", form=form, person=person)
    return page, 422 if form.is_submitted() else 200


@bp.get("/<sealed>")
@access(Permission.MANAGE_OWN_ACCOUNT)
def confirm(sealed: str) -> Page:
    """Ask for one more click; opening the link changes nothing."""
    wanted = _behind(sealed, signed_in())
    return render_template("accounts/new_address.html", wanted=wanted, sealed=sealed)


@bp.post("/<sealed>")
@access(Permission.MANAGE_OWN_ACCOUNT)
def take(sealed: str) -> Page:
    """Change over, and tell the old address."""
    person = signed_in()
    wanted = _behind(sealed, person)
    letters.tell(
        person, gettext_noop("You now sign in, and get your mails, as %(wanted)s."), wanted=wanted
    )
    try:
        operations.change_address(person, wanted)
    except IntegrityError:
        db.session.rollback()
        raise NotFoundError from None
    db.session.commit()
    flash(gettext("Done. Your mails now go to %(wanted)s.", wanted=wanted), "success")
    return redirect(url_for("accounts.safety"), 303)


def _behind(sealed: str, person: Person) -> str:
    """Return the address that a mail's link is about; for its owner alone, and once."""
    whose, _, rest = (unseal(sealed, GOOD_FOR, PURPOSE) or "").partition(" ")
    mark, _, wanted = rest.partition(" ")
    if not wanted or UUID(whose) != person.id or mark != _mark(person):
        raise NotFoundError(
            gettext("This link is old, or for another account. Ask for a new mail.")
        )
    return wanted


def _mark(person: Person) -> str:
    # Once the address has changed, links that were asked for before are good no more.
    return fingerprint("address before", person.email)[:32]
