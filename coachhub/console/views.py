"""The firm admin's pages: people, invitations, plugins, the firm's look."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, url_for
from werkzeug.wrappers import Response

from coachhub.accounts.freshness import fresh
from coachhub.console import people
from coachhub.console.forms import FirmForm
from coachhub.core.access import Actor, access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import NotFoundError
from coachhub.core.pages import MenuItem
from coachhub.core.plugins import Plugin, registry
from coachhub.core.words import gettext
from coachhub.firms import operations
from coachhub.firms import plugins as firm_plugins
from coachhub.firms.hooks import MENU, VISITORS_MENU
from coachhub.firms.layout import here
from coachhub.firms.models import PluginFailure
from coachhub.permissions import Permission

bp = Blueprint("console", __name__, url_prefix="/f/<firm>/console")
Page = str | Response | tuple[str, int]


@MENU.from_room
@VISITORS_MENU.from_room
def menu(actor: Actor) -> list[MenuItem]:
    """Show the firm's admins what they look after."""
    if not actor.may(Permission.ADMINISTER):
        return []
    pages = (
        (gettext("People"), "console.people", "people", "console.people"),
        (gettext("Plugins"), "console.plugins", "plug", "console.plugins"),
        (gettext("The firm"), "console.firm", "settings", "console.firm"),
        (gettext("Audit trail"), "trail.index", "book", "trail."),
    )
    return [
        MenuItem(label, url_for(endpoint), icon, 82 + number, active=here(mark))
        for number, (label, endpoint, icon, mark) in enumerate(pages)
    ]


people.add_to(bp)


@bp.get("/plugins")
@access(Permission.ADMINISTER)
def plugins() -> str:
    """List what can be switched on."""
    on = {name for name, switch in firm_plugins.switches().items() if switch.is_on}
    failed: dict[str, PluginFailure] = {}
    for failure in firm_plugins.failures():
        failed.setdefault(failure.plugin, failure)
    shelf = list(registry().plugins.values())
    return render_template("console/plugins.html", shelf=shelf, on=on, failed=failed)


def _plugin(name: str) -> Plugin:
    if name not in registry().plugins:
        raise NotFoundError
    return registry().plugins[name]


@bp.post("/plugins/<name>/<any(enable, disable):step>")
@access(Permission.ADMINISTER)
def switch(name: str, step: str) -> Response:
    """Switch a plugin on or off for the firm."""
    plugin = _plugin(name)
    if step == "enable":
        firm_plugins.enable_plugin(current_actor(), plugin)
        flash(gettext("%(title)s is on.", title=gettext(plugin.title)), "success")
    else:
        firm_plugins.disable_plugin(current_actor(), plugin)
        flash(
            gettext(
                "%(title)s is off. What it holds comes back when you switch it on.",
                title=gettext(plugin.title),
            ),
            "success",
        )
    db.session.commit()
    if step == "enable" and plugin.settings_form is not None:
        return redirect(url_for("console.plugin_settings", name=name), 303)
    return redirect(url_for("console.plugins"), 303)


@bp.route("/plugins/<name>", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
@fresh(methods={"POST"})
def plugin_settings(name: str) -> Page:
    """Change a plugin's settings for the firm."""
    plugin = _plugin(name)
    found = firm_plugins.switches().get(name)
    if found is None or not found.is_on or plugin.settings_form is None:
        raise NotFoundError
    form = plugin.settings_form(data=found.settings)
    if form.validate_on_submit():
        given: dict[str, Any] = {
            field.name: field.data for field in form if field.name != "csrf_token"
        }
        firm_plugins.enable_plugin(current_actor(), plugin, given)
        db.session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for("console.plugins"), 303)
    page = render_template("console/plugin.html", plugin=plugin, form=form)
    return page, 422 if form.is_submitted() else 200


@bp.route("/firm", methods=["GET", "POST"])
@access(Permission.ADMINISTER)
@fresh()
def firm() -> Page:
    """Change how the firm is called, looks, and signs its mails."""
    form = FirmForm(obj=g.firm, second_factor=bool(g.firm.house.get(operations.SECOND_FACTOR)))
    if form.validate_on_submit():
        operations.change_firm(
            current_actor(),
            g.firm,
            form.name.data or "",
            form.sender_name.data or "",
            form.colour.data or "",
            language=form.language.data,
            second_factor=bool(form.second_factor.data),
        )
        db.session.commit()
        flash(gettext("Saved."), "success")
        return redirect(url_for("console.firm"), 303)
    return render_template("console/firm.html", form=form), 422 if form.is_submitted() else 200
