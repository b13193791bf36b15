"""One gate in front of every view: no declared permission, no entry.

`access` marks a view; `guard` looks at the mark before each request. Which standings a person has
in a firm or a cohort is told by the rooms that know, through `standing_source`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, abort, current_app, g, redirect, request, url_for
from werkzeug.wrappers import Response

from coachhub.core.errors import NotAllowedError
from coachhub.permissions import WHO_MAY, Permission, Standing

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "coachhub_permission"


@dataclass(frozen=True)
class Actor:
    """Who does something: a person, in a firm or not, or the platform itself.

    `label` is the name at that moment; it is copied into the audit trail.
    """

    label: str
    person_id: UUID | None = None
    membership_id: UUID | None = None
    standings: frozenset[Standing] = frozenset({Standing.ANYONE})

    def may(self, permission: Permission) -> bool:
        """Say whether any of the actor's standings carries the permission."""
        return bool(WHO_MAY[permission] & self.standings)

    def member_id(self) -> UUID:
        """Return the membership; raises NotAllowedError for somebody who has none here."""
        if self.membership_id is None:
            raise NotAllowedError
        return self.membership_id


ANONYMOUS = Actor(label="Visitor")


def platform(what: str) -> Actor:
    """Return the actor of a job or command, named after it."""
    return Actor(label=f"CoachHub ({what})")


def access(permission: Permission) -> Callable[[View], View]:
    """Declare which permission a view asks for."""

    def mark(view: View) -> View:
        setattr(view, _MARK, permission)
        return view

    return mark


def permission_of(view: Callable[..., Any] | None) -> Permission | None:
    """Return the permission a view declares, or None: closed."""
    return getattr(view, _MARK, None)


def current_actor() -> Actor:
    """Return who makes the present request."""
    actor: Actor = g.get("actor", ANONYMOUS)
    return actor


def open_to_all(app: Flask, *endpoints: str, blueprint: str = "") -> None:
    """Declare that a library's own views guard themselves: sign-in pages, static files."""
    for endpoint, view in app.view_functions.items():
        if endpoint in endpoints or endpoint.startswith(f"{blueprint}."):  # none begins with a dot
            setattr(getattr(view, "__func__", view), _MARK, Permission.OPEN_LINK)


def guard(app: Flask) -> None:
    """Let a request pass only with a declared permission that its actor has.

    Runs after the rooms have said who the actor is, and whether the firm or cohort in the address
    is missing for them (``g.missing``). Anonymous visitors are sent to sign in before anything is
    told about what exists; to a person, a foreign thing and a missing one are both 404.
    """

    @app.before_request
    def check() -> Response | None:
        if request.endpoint is None:
            return None
        permission = permission_of(current_app.view_functions[request.endpoint])
        if permission is None:
            abort(404)
        actor = current_actor()
        if actor.person_id is None and not actor.may(permission):
            here = request.full_path.rstrip("?") if request.method == "GET" else None
            return redirect(url_for("security.login", next=here))
        if g.get("missing"):
            abort(404)
        if actor.may(permission):
            return None
        if permission is Permission.RUN_PLATFORM:
            abort(404)
        raise NotAllowedError
