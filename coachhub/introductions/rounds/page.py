"""What the pages of rounds share: their address, and the way back to a round."""

from __future__ import annotations

from flask import Blueprint, redirect
from flask import url_for as to
from werkzeug.wrappers import Response

from coachhub.introductions.models import Round

bp = Blueprint("rounds", __name__, url_prefix="/f/<firm>/c/<cohort>/rounds")

FOLDER = "introductions/rounds"
UNPROCESSABLE = 422
Page = str | Response | tuple[str, int]


def back_to(round_: Round) -> Response:
    """Go to a round's page."""
    return see(to("rounds.show", round_id=round_.id))


def see(address: str) -> Response:
    """Go to a page after something was done."""
    return redirect(address, 303)
