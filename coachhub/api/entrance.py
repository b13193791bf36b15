"""Who stands at the door of the API: a program with a token.

The token says which firm, and whose it is; the firm's scope is opened by it and by nothing else.
Cookies count for nothing here. A view declares its permission as every view does, and with
`by_token` what a token must be for; a cohort in the address exists for those whom it exists for on
pages.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar
from uuid import UUID

from flask import Flask, Response, current_app, g, request
from limits import RateLimitItem, RateLimitItemPerMinute
from sqlalchemy import select

from coachhub.accounts.models import Person
from coachhub.api import operations
from coachhub.api.models import Token
from coachhub.api.scopes import Scope
from coachhub.cohorts.entrance import standings_in
from coachhub.cohorts.models import Cohort
from coachhub.core import limits
from coachhub.core.access import ANONYMOUS, Actor, permission_of
from coachhub.core.db import db
from coachhub.core.errors import DomainError, NotAllowedError
from coachhub.core.tenancy import scope
from coachhub.firms.entrance import TRUSTED, acting
from coachhub.firms.models import Firm, Membership
from coachhub.permissions import Standing

View = TypeVar("View", bound=Callable[..., Any])
_MARK = "coachhub_token_for"
PER_MINUTE = RateLimitItemPerMinute(300)  # of one token
GUESSES = RateLimitItemPerMinute(30)  # bad tokens from one address


class TokenError(DomainError):
    """No token was shown, or one that is not good."""

    status = 401


class TooManyError(DomainError):
    """A token, or an address with bad tokens, knocks too often."""

    status = 429


class NotForThisError(NotAllowedError):
    """The token is good, and for other things."""

    def __init__(self, wanted: Scope) -> None:
        """Say what the token would have to be for."""
        super().__init__(f"This token is not for that: it would need “{wanted}”.")
        self.wanted = wanted


def by_token(wanted: Scope) -> Callable[[View], View]:
    """Declare that a view is for programs, with a token that is for `wanted`."""

    def mark(view: View) -> View:
        setattr(view, _MARK, wanted)
        return view

    return mark


def scope_of(view: Callable[..., Any] | None) -> Scope | None:
    """Return what a token must be for to use a view; None for a view that is for people."""
    return getattr(view, _MARK, None)


def current_token() -> Token:
    """Return the token that the present request came with."""
    token: Token = g.token
    return token


def init_app(app: Flask) -> None:
    """Put the door behind those of firms and cohorts, before the guard."""
    app.before_request(enter)
    app.after_request(_note_use)


def enter() -> None:
    """Let a token in: open its firm's scope and set ``g.actor`` to whom it stands for."""
    view = current_app.view_functions.get(request.endpoint or "")
    wanted, permission = scope_of(view), permission_of(view)
    if wanted is None or permission is None:
        return
    g.actor, g.firm, g.membership, g.cohort = ANONYMOUS, None, None, None
    _forget_cookie(None)
    token, firm = _shown()
    g.token, g.token_id, g.firm = token, token.id, firm
    g.actor = _membership_of(token) if token.membership_id else _house(token)
    _count(PER_MINUTE, "token", str(token.id))
    if wanted not in token.scopes:
        raise NotForThisError(wanted)
    cohort_id = (request.view_args or {}).get("cohort_id")
    if isinstance(cohort_id, UUID):
        _enter_cohort(cohort_id)
    if token.membership_id is None and not g.actor.may(permission):
        # The guard would send whoever is no person to sign in.
        raise NotAllowedError("A token of the firm cannot do that: it takes a member's.")


def _shown() -> tuple[Token, Firm]:
    """Return the token in the request and its firm, whose scope is open from here on."""
    kind, _, text = request.headers.get("Authorization", "").partition(" ")
    if kind.lower() != "bearer" or not text:
        raise TokenError("Show a token: “Authorization: Bearer …”.")
    firm_id = operations.firm_in(text.strip())
    firm = db.session.get(Firm, firm_id) if firm_id else None
    if firm is not None and firm.active:
        g.scopes = ExitStack()
        g.scopes.enter_context(scope(firm.id))
        token = operations.token_of(text.strip())
        if token is not None:
            return token, firm
        g.pop("scopes").close()
    _count(GUESSES, "bad-token", request.remote_addr or "")
    raise TokenError("This token is not good, or not any more.")


def _membership_of(token: Token) -> Actor:
    """Return the member whose token it is, as who they are now."""
    membership = db.session.scalar(
        select(Membership).where(Membership.id == token.membership_id, Membership.state == "active")
    )
    person = db.session.get(Person, membership.person_id) if membership else None
    if (
        membership is None
        or person is None
        or not person.active
        or token.bound_to != operations.binding(person)
    ):
        raise TokenError("This token is not good, or not any more.")
    actor = acting(membership)
    must = current_app.config["REQUIRE_SECOND_FACTOR"] and bool(actor.standings & TRUSTED)
    if must and not person.has_second_factor:
        raise NotAllowedError("Please set up a second factor first, under “Sign-in and safety”.")
    g.membership = membership
    _forget_cookie(person)
    return actor


def _house(token: Token) -> Actor:
    """Return the firm itself: what its admin may, within what the token is for."""
    return Actor(
        label=f"Token “{token.name}”", standings=frozenset({Standing.ANYONE, Standing.ADMIN})
    )


def _enter_cohort(cohort_id: UUID) -> None:
    cohort = db.session.scalar(select(Cohort).where(Cohort.id == cohort_id))
    found = standings_in(g.actor, cohort) if cohort is not None else frozenset()
    if cohort is None or not (found or Standing.ADMIN in g.actor.standings):
        g.missing = True
        return
    g.cohort = cohort
    g.actor = dataclasses.replace(g.actor, standings=g.actor.standings | found)


def _forget_cookie(person: Person | None) -> None:
    """Let `current_user` be whom the token stands for, whoever is signed in by a cookie."""
    manager: Any = vars(current_app)["login_manager"]
    manager._update_request_context_with_user(person)  # noqa: SLF001 - the only way without a session


def _count(limit: RateLimitItem, *door: str) -> None:
    g.window = limits.count(limit, *door)
    if g.window is not None and g.window.full:
        raise TooManyError(f"That is too often. Try again in {g.window.reset} seconds.")


def _note_use(response: Response) -> Response:
    token_id: UUID | None = g.pop("token_id", None)
    window: limits.Window | None = g.pop("window", None)
    if window is not None:
        response.headers["RateLimit-Limit"] = str(window.limit)
        response.headers["RateLimit-Remaining"] = str(window.remaining)
        response.headers["RateLimit-Reset"] = str(window.reset)
        if window.full:
            response.headers["Retry-After"] = str(window.reset)
    if token_id is not None and g.get("scopes"):
        # What the view has not committed must not be committed here.
        db.session.rollback()
        operations.note_use(token_id)
        db.session.commit()
    return response
