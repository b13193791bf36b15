"""The quick line: how it was understood is shown, and can be changed, before anything is posted."""

from __future__ import annotations

import dataclasses
from typing import Any, get_args

from flask import g, redirect, request, url_for

from coachhub.board import quick
from coachhub.board.forms import FORMS
from coachhub.board.views.blueprint import Page, bp
from coachhub.board.views.posts import form_page
from coachhub.core.access import access
from coachhub.permissions import Permission


@bp.get("/quick")
@access(Permission.POST)
def quick_line() -> Page:
    """Read a line into a post's form; `as` says what it is instead of what it was taken for."""
    line = request.args.get("line", "")
    understood = quick.understand(g.cohort, line)
    if understood is None:
        return redirect(url_for(".board"))
    for kind in get_args(quick.Kind):
        if request.args.get("as") == kind:
            understood = dataclasses.replace(understood, kind=kind)
    form = FORMS[understood.kind](formdata=None, **_values(understood))
    return form_page(understood.kind, form, None, understood=understood, line=line)


def _values(read: quick.Understood) -> dict[str, Any]:
    """Return what stands in the form's fields."""
    if read.kind == "target":
        return {
            "company": read.company,
            "roles": read.about,
            "learn": read.wanted,
            "weight": 2,
            "stage": "wish",
        }
    told = read.wanted or read.about
    title = f"{told[:1].upper()}{told[1:]}"[:160]
    about = read.about if read.wanted else ""
    given = {"title": title, "company": read.company, "field": about[:80]}
    if read.kind == "lead":
        return given | {"kind": "opening"}
    return given | {"kind": "insider" if read.company else "time"}
