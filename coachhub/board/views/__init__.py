"""Pages of the board room."""

from __future__ import annotations

from coachhub.board import jobs, joins, reportable
from coachhub.board.views import board, company, landing, mine, posts, quick, welcome
from coachhub.board.views.blueprint import bp

__all__ = ["bp", "landing"]

LOADED = (
    jobs,
    joins,
    reportable,
    board,
    company,
    mine,
    posts,
    quick,
    welcome,
)  # each adds pages, hooks or jobs
