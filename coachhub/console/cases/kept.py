"""Views of the queue that are kept under a name."""

from __future__ import annotations

from uuid import UUID

from flask import flash, redirect, request, url_for
from werkzeug.wrappers import Response

from coachhub.console import saved
from coachhub.console.cases.entrance import bp, queue_url
from coachhub.console.cases.forms import ViewForm
from coachhub.console.cases.listing import queue_page
from coachhub.console.queue import Filters
from coachhub.core.access import access, current_actor
from coachhub.core.db import db
from coachhub.core.errors import DomainError
from coachhub.core.words import gettext
from coachhub.permissions import Permission


@bp.post("/views")
@access(Permission.MODERATE)
def keep() -> Response | tuple[str, int]:
    """Keep what the queue shows under a name."""
    form, filters = ViewForm(), Filters.read(request.args)
    if form.validate_on_submit():
        try:
            saved.keep_view(current_actor(), form.name.data or "", filters, shared=form.shared.data)
        except DomainError as error:
            db.session.rollback()
            form.name.errors = [str(error)]
        else:
            db.session.commit()
            flash(gettext("Kept."), "success")
            return redirect(queue_url(filters), 303)
    return queue_page(filters, form), 422


@bp.post("/views/<uuid:view_id>/drop")
@access(Permission.MODERATE)
def drop(view_id: UUID) -> Response:
    """Drop a kept view."""
    saved.drop_view(current_actor(), view_id)
    db.session.commit()
    flash(gettext("Dropped."), "success")
    return redirect(url_for("cases.index"), 303)
