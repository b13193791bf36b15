"""Templates' `url_for` and `made_once` give what would be given without a memory."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any
from uuid import UUID

import flask
import pytest
from flask import Flask, g
from markupsafe import Markup

from coachhub.core.addresses import url_for
from coachhub.core.links import path

ONE, OTHER = UUID(int=77), UUID(int=78)
ASKED: list[tuple[str, dict[str, Any]]] = [
    ("board.board", {}),
    ("board.board", {"q": "50 % & more/less", "show": "mine"}),
    ("board.edit", {"kind": "ask", "post_id": ONE}),
    ("board.edit", {"kind": "offer", "post_id": OTHER}),
    ("board.edit", {"post_id": OTHER, "kind": "offer", "_anchor": "title"}),
    ("board.company", {"company_id": OTHER, "page": 3}),
    ("board.company", {"company_id": OTHER, "page": None}),
    ("static", {"filename": "app.css"}),
    ("static", {"filename": "nothing of ours"}),
    (".board", {}),
]


@pytest.mark.parametrize("house", [("alder", "first-light"), ("birch", "~cohort~"), ("a", "a")])
def test_an_address_is_what_flask_says(app: Flask, house: tuple[str, str]) -> None:
    for _ in range(2):
        with app.test_request_context("/f/alder/c/first-light/board"):
            g.firm, g.cohort = (SimpleNamespace(slug=slug) for slug in house)
            for endpoint, values in [*ASKED, *ASKED]:
                meant = flask.url_for(endpoint, **values)
                assert url_for(endpoint, **values) == meant
                if endpoint[0] != "." and "_anchor" not in values:
                    assert path(endpoint, **values) == meant


def test_a_macro_that_is_made_once_still_escapes(app: Flask) -> None:
    page = app.jinja_env.from_string(
        '{% from "components/badge.html" import badge %}{{ badge(said) }}'
    )
    with app.test_request_context("/"):
        for _ in range(2):
            assert "&lt;b&gt;" in page.render(said="<b>")
            assert "<b>" in page.render(said=Markup("<b>"))
