"""Markup that is made once: what a macro says, where that follows from its arguments alone.

A page shows the same few pictures, badges and faces hundreds of times. In the macro's own file,
below it: ``{% set icon = made_once(icon) %}``. Never for a macro that asks for the language, the
person or anything else that is not among its arguments.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

from flask import Flask

MOST = 4096  # different ones of each macro


def init_app(app: Flask) -> None:
    """Give templates `made_once`."""
    app.jinja_env.globals["made_once"] = made_once


def made_once(macro: Callable[..., Any]) -> Callable[..., Any]:
    """Return `macro` with a memory of its newest answers; a text and its markup are two things."""
    return lru_cache(MOST, typed=True)(macro)
