"""How a weakness is told to us: a page, and the file that programs look for (RFC 9116)."""

from __future__ import annotations

import datetime as dt

from flask import Blueprint, Response, current_app, render_template

from coachhub.core.access import access
from coachhub.core.db import now
from coachhub.core.links import absolute
from coachhub.permissions import Permission

bp = Blueprint("weaknesses", __name__)
GOOD_FOR = dt.timedelta(days=180)  # RFC 9116 asks for less than a year


@bp.get("/.well-known/security.txt")
@access(Permission.OPEN_LINK)
def file() -> Response:
    """Say where to write, until when this holds, and where the rules stand."""
    expires = (now() + GOOD_FOR).replace(hour=0, minute=0, second=0, microsecond=0)
    lines = [
        f"Contact: {contact()}",
        f"Expires: {expires:%Y-%m-%dT%H:%M:%SZ}",
        "Preferred-Languages: en",
        f"Canonical: {absolute('weaknesses.file')}",
        f"Policy: {absolute('weaknesses.page')}",
    ]
    return Response("".join(f"{line}\n" for line in lines), mimetype="text/plain")


@bp.get("/security")
@access(Permission.OPEN_LINK)
def page() -> str:
    """Tell people how to report a weakness, and what happens then."""
    where = contact()
    return render_template(
        "accounts/weaknesses.html", url=where, address=where.removeprefix("mailto:")
    )


def contact() -> str:
    """Return where to write, as a ``mailto:`` or ``https:`` address."""
    config = current_app.extensions["coachhub.config"]
    return str(config.security_contact or f"mailto:{config.mail_from}")
