"""Acts that ask for a fresh sign-in: whoever finds an open browser does not do them.

A view says so with `fresh`. What protects an account asks so for itself, with `show_it_is_you`.
"""

from __future__ import annotations

import functools
import time
from collections.abc import Callable, Collection
from typing import Any, TypeVar, cast

from flask import current_app, flash, g, redirect, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from coachhub.accounts import reach, sessions
from coachhub.accounts.models import Person
from coachhub.core.words import gettext

FRESH_FOR = 30 * 60  # seconds after a sign-in, or after showing once more that it is you
BOTH = frozenset({"GET", "POST"})
View = TypeVar("View", bound=Callable[..., Any])
_MARK = "coachhub_fresh"


def fresh(back: str = "", methods: Collection[str] = BOTH) -> Callable[[View], View]:
    """Declare that a view asks for a fresh sign-in; stands below `access`, which is asked first.

    Args:
        back: the endpoint of the page that leads there, for a view that cannot be opened by GET.
        methods: those that ask; only ``POST`` for a page that also shows something.
    """

    def mark(view: View) -> View:
        @functools.wraps(view)
        def asking(**arguments: Any) -> Any:
            if request.method in methods:
                there = _values(back, arguments) if back else arguments
                place = url_for(back or str(request.endpoint), **there)
                asked = show_it_is_you(current_user, place)
                if asked is not None:
                    return asked
            return view(**arguments)

        setattr(asking, _MARK, True)
        return cast("View", asking)

    return mark


def asks_fresh(view: Callable[..., Any] | None) -> bool:
    """Say whether a view asks for a fresh sign-in by its declaration."""
    return getattr(view, _MARK, False)


def show_it_is_you(person: Person, back: str = "") -> Response | None:
    """Ask for what protects the account before it goes, unless it was shown just now.

    `back` is where to go afterwards; the page about safety if it is empty. Whoever came by their
    firm's own provider shows it there.
    """
    by_firm = reach.only_firm()
    if person.has_second_factor and not sessions.is_strong(by_firm):
        return sessions.ask_for_second_factor()
    if time.time() - session.get("fs_paa", 0) < FRESH_FOR:
        return None
    flash(gettext("Please show once more that it is you, then try again."), "info")
    if by_firm is not None and g.get("firm") is not None:
        return redirect(url_for("sso.begin", next=back), 303)
    return redirect(url_for("security.us_verify", next=back or url_for("accounts.safety")), 303)


def _values(endpoint: str, arguments: dict[str, Any]) -> dict[str, Any]:
    """Return those of a view's arguments that another page's address has too."""
    wanted = {name for rule in current_app.url_map.iter_rules(endpoint) for name in rule.arguments}
    return {name: value for name, value in arguments.items() if name in wanted}
