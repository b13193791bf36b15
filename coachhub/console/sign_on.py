"""Single sign-on and roster sync, for the firm's admins: provider, domains, a try, on or off."""

from __future__ import annotations

from uuid import UUID

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.accounts.freshness import fresh
from coachhub.console.sign_on_forms import DomainForm, ProviderForm, SwitchForm, SyncForm
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotFoundError
from coachhub.core.links import on_site
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext
from coachhub.firms import roster_sync
from coachhub.firms.hooks import MENU, VISITORS_MENU
from coachhub.firms.layout import here
from coachhub.firms.operations import membership_of
from coachhub.firms.sso import domains, operations
from coachhub.firms.sso import views as sso
from coachhub.firms.sso.flow import back
from coachhub.permissions import Permission

bp = Blueprint("sign_on", __name__, url_prefix="/f/<firm>/console/sign-on")
Page = str | Response | tuple[str, int]
SCIM = "/api/scim/v2"


@MENU.from_room
@VISITORS_MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the firm's admins how people come in and how the roster is kept."""
    if not actor.may(Permission.ADMINISTER):
        return []
    url = url_for("sign_on.index")
    return [MenuItem(gettext("Sign-on and roster"), url, "key", 83, active=here("sign_on."))]


@bp.get("/")
@access(Permission.ADMINISTER)
def index() -> str:
    """Show how it stands."""
    return _index()


@bp.route("/provider", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
@fresh()
def provider() -> Page:
    """Take the provider's issuer, client id and secret, and how far it counts."""
    found = operations.provider_of_firm()
    # Never from the row itself: the secret leaves the database for the provider alone.
    form = ProviderForm(
        data={name: getattr(found, name) for name in ProviderForm.SHOWN} if found else {}
    )
    if form.validate_on_submit():
        try:
            operations.set_provider(current_actor(), g.firm, form.settings())
        except DomainError as error:
            db.session.rollback()
            form.issuer.errors = [str(error)]
        else:
            db.session.commit()
            flash(gettext("Saved."), "success")
            return redirect(url_for("sign_on.index"), 303)
    page = render_template("console/sign_on_provider.html", form=form, provider=found, back=back())
    return page, 422 if form.is_submitted() else 200


@bp.post("/try")
@access(Permission.ADMINISTER)
def try_it() -> Page:
    """Sign the admin in by the provider, before anybody else."""
    actor = current_actor()
    found = operations.provider_of_firm()
    if found is None:
        raise NotFoundError
    if not domains.proven():
        raise DomainError(gettext("Please prove a mail domain first: yours, to try it."))
    return sso.leave(g.firm, found, trying=str(actor.member_id()), onward=url_for("sign_on.index"))


@bp.post("/switch")
@access(Permission.ADMINISTER)
@fresh("sign_on.index")
def switch() -> Page:
    """Switch it off, offer it or require it."""
    form = SwitchForm()
    if not form.validate_on_submit():
        return _index(switch=form), 422
    try:
        operations.switch(current_actor(), g.firm, form.state.data)
    except DomainError as error:
        db.session.rollback()
        form.state.errors = [str(error)]
        return _index(switch=form), 422
    db.session.commit()
    flash(gettext("Saved. It holds from the next page that anybody opens."), "success")
    return redirect(url_for("sign_on.index"), 303)


@bp.post("/forget")
@access(Permission.ADMINISTER)
@fresh("sign_on.index")
def forget() -> Response:
    """Take the provider away."""
    operations.forget_provider(current_actor(), g.firm)
    db.session.commit()
    flash(gettext("Forgotten. Everybody signs in by their own means."), "success")
    return redirect(url_for("sign_on.index"), 303)


@bp.post("/domains")
@access(Permission.ADMINISTER)
@fresh("sign_on.index")
def claim() -> Page:
    """Put a domain on the list."""
    form = DomainForm()
    if form.validate_on_submit():
        try:
            domains.claim(current_actor(), form.domain.data or "")
        except DomainError as error:
            db.session.rollback()
            form.domain.errors = [str(error)]
        else:
            db.session.commit()
            flash(gettext("Now set the record at your domain, and prove it."), "success")
            return redirect(url_for("sign_on.index", _anchor="domains"), 303)
    return _index(domain=form), 422


@bp.post("/domains/<uuid:domain_id>/<any(prove, drop):step>")
@access(Permission.ADMINISTER)
@fresh("sign_on.index")
def domain(domain_id: UUID, step: str) -> Response:
    """Look for a domain's record, or take the domain off the list."""
    found = domains.find(domain_id)
    if step == "drop":
        domains.drop(current_actor(), found)
        flash(gettext("%(domain)s is off your list.", domain=found.domain), "success")
    else:
        try:
            domains.prove(current_actor(), found)
        except DomainError as error:
            db.session.rollback()
            flash(str(error), "error")
            return redirect(url_for("sign_on.index", _anchor="domains"), 303)
        flash(gettext("%(domain)s is proven to be yours.", domain=found.domain), "success")
    db.session.commit()
    return redirect(url_for("sign_on.index", _anchor="domains"), 303)


@bp.post("/unlink/<uuid:membership_id>")
@access(Permission.ADMINISTER)
@fresh("console.person")
def unlink(membership_id: UUID) -> Response:
    """Forget who a member is at the provider."""
    membership = membership_of(membership_id)
    if membership is None:
        raise NotFoundError
    operations.unlink(current_actor(), membership)
    db.session.commit()
    flash(gettext("Their next sign-in by your provider links them anew."), "success")
    return redirect(url_for("console.person", membership_id=membership_id), 303)


@bp.post("/roster")
@access(Permission.ADMINISTER)
@fresh("sign_on.index")
def roster() -> Response:
    """Say whether the directory may also suspend and remove coaches and admins."""
    form = SyncForm()
    if form.validate_on_submit():
        roster_sync.set_reach(current_actor(), g.firm, trusted=form.trusted.data)
        db.session.commit()
        flash(gettext("Saved."), "success")
    return redirect(url_for("sign_on.index", _anchor="roster"), 303)


def _index(switch: SwitchForm | None = None, domain: DomainForm | None = None) -> str:
    own = domains.proven()
    return render_template(
        "console/sign_on.html",
        provider=operations.provider_of_firm(),
        domains=[
            (one, one.domain in own, domains.record_name(one), domains.record_text(one))
            for one in domains.domains()
        ],
        proven=own,
        switch=switch or SwitchForm(data={"state": g.firm.single_sign_on}),
        domain_form=domain or DomainForm(formdata=None),
        sync=SyncForm(formdata=None, data={"trusted": roster_sync.reaches_trusted(g.firm)}),
        scim=on_site(SCIM),
    )
