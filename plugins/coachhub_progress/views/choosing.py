"""Choosing who reads an update: nobody until the member says so."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from flask import flash, redirect, render_template, request, url_for

from coachhub.contacts.queries import companies_of
from coachhub.core import once
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.words import gettext
from coachhub.permissions import Permission
from coachhub_progress import operations, queries
from coachhub_progress.forms import GroupForm
from coachhub_progress.views.blueprint import Page, bp


@bp.route("/<uuid:progress_id>/to", methods=["GET", "POST"])
@access(Permission.MANAGE_OWN_THINGS)
def choose(progress_id: UUID) -> Page:
    """Show own contacts page by page, and keep who is chosen among those shown."""
    update = queries.update_of(current_actor(), progress_id)
    if request.method == "POST":
        once.take()
        number = operations.choose(current_actor(), update, _ids("shown"), _ids("chosen"))
        db.session.commit()
        flash(
            gettext("Nobody is chosen.")
            if not number
            else gettext("%(number)s chosen so far.", number=number),
            "info",
        )
        if request.form.get("next") == "look":
            return redirect(url_for(".look", progress_id=progress_id), 303)
        return redirect(url_for(".choose", progress_id=progress_id, **_filters()), 303)
    filters = _filters()
    page = queries.to_choose(
        current_actor(),
        filters.get("q", ""),
        filters.get("company", ""),
        request.args.get("page", 1, type=int),
    )
    kept = queries.keep_from(update.owner_id)
    return render_template(
        "progress/choose.html",
        update=update,
        pages=page,
        careful={one.id for one in page.items if queries.careful(one, kept)},
        chosen=queries.chosen_ids(update),
        number=queries.number_chosen(update),
        groups=queries.groups_of(current_actor()),
        companies=companies_of(current_actor()),
        filters=filters,
        without=queries.without_address(current_actor()),
        group_form=GroupForm(formdata=None),
    )


@bp.post("/<uuid:progress_id>/remember")
@access(Permission.MANAGE_OWN_THINGS)
def remember(progress_id: UUID) -> Page:
    """Remember who is chosen as a group."""
    update = queries.update_of(current_actor(), progress_id)
    form = GroupForm()
    if form.validate_on_submit():
        group = operations.remember(current_actor(), update, form.name.data or "")
        flash(gettext("Remembered as “%(name)s”.", name=group.name), "success")
        db.session.commit()
    else:
        flash(" ".join(str(problem) for field in form for problem in field.errors), "warning")
    return redirect(url_for(".choose", progress_id=progress_id), 303)


@bp.post("/<uuid:progress_id>/add/<uuid:progress_group_id>")
@access(Permission.MANAGE_OWN_THINGS)
def add_group(progress_id: UUID, progress_group_id: UUID) -> Page:
    """Choose everybody of a remembered group, too."""
    update = queries.update_of(current_actor(), progress_id)
    group = queries.group_of(current_actor(), progress_group_id)
    number = operations.add_group(current_actor(), update, group)
    db.session.commit()
    flash(gettext("%(number)s chosen so far.", number=number), "info")
    return redirect(url_for(".choose", progress_id=progress_id), 303)


@bp.post("/groups/<uuid:progress_group_id>/drop")
@access(Permission.MANAGE_OWN_THINGS)
def drop_group(progress_group_id: UUID) -> Page:
    """Forget a group; its contacts stay."""
    operations.drop_group(current_actor(), queries.group_of(current_actor(), progress_group_id))
    db.session.commit()
    flash(gettext("Forgotten. The contacts stay."), "success")
    return redirect(url_for(".mine"), 303)


def _ids(name: str) -> set[UUID]:
    found = set()
    for text in request.form.getlist(name)[:500]:
        try:
            found.add(UUID(text))
        except ValueError:
            continue
    return found


def _filters() -> dict[str, Any]:
    given = {
        name: request.args.get(name, "").replace("\x00", "")[:100] for name in ("q", "company")
    }
    return {name: value for name, value in given.items() if value}
