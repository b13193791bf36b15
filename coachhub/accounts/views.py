"""Pages of the accounts room: how a person signs in, and what protects the account."""

from __future__ import annotations

from flask import Blueprint, render_template

from coachhub.core.access import access
from coachhub.permissions import Permission

bp = Blueprint("accounts", __name__, url_prefix="/account")


@bp.get("/")
@access(Permission.MANAGE_OWN_ACCOUNT)
def safety() -> str:
    """Show the ways in that a person has set up."""
    return render_template("accounts/safety.html")
