"""The blueprint that the pages share, with their style sheets."""

from __future__ import annotations

from pathlib import Path

from flask import Blueprint, url_for
from werkzeug.wrappers import Response

from coachhub.core.access import access
from coachhub.core.words import gettext
from coachhub.permissions import Permission

bp = Blueprint("gifts", __name__, template_folder="../templates")
Page = str | Response | tuple[str, int]
_STATIC = Path(__file__).parent.parent / "static"


@bp.app_template_global()
def gifts_tabs(here: str) -> list[dict[str, object]]:
    """Return the tabs of these pages, `here` being the one that is open."""
    pages = (
        ("ideas", gettext("Ideas")),
        ("gift_rule", gettext("The gift rule")),
        ("notes", gettext("My notes")),
        ("received", gettext("Notes for me")),
        ("log", gettext("My log")),
    )
    return [
        {"label": label, "url": url_for(f"gifts.{name}"), "active": name == here}
        for name, label in pages
    ]


@bp.get("/card-<any(a6, a4):size>.css")
@access(Permission.SEE_FIRM)
def sheet(size: str) -> Response:
    """Give the style sheet of a card on one size of paper."""
    return Response((_STATIC / f"card-{size}.css").read_bytes(), mimetype="text/css")
