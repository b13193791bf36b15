"""What the layouts show around every page: the firm, the person, the menu."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from flask import g, request, url_for
from flask_login import current_user

from coachhub.accounts import reach
from coachhub.core.access import Actor, current_actor
from coachhub.core.pages import MenuItem
from coachhub.core.words import gettext
from coachhub.firms import visits
from coachhub.firms.hooks import MENU, VISITORS_MENU
from coachhub.firms.models import StaffVisit
from coachhub.permissions import Standing


@dataclass(frozen=True)
class FirmLink:
    """Another firm of the same person."""

    name: str
    url: str


def context() -> dict[str, Any]:
    """Return what `templates/layouts` need; see `docs/design.md`."""
    actor = current_actor()
    return {
        "person": current_user if actor.person_id else None,
        "called": _called(actor),
        "actor": actor,
        "firm": g.get("firm"),
        "membership": g.get("membership"),
        "cohort": g.get("cohort"),
        "menu": _menu() if g.get("membership") or g.get("visit") else [],
        "visit": g.get("visit"),
        "staff_here": _staff_here(actor),
        "other_firms": _other_firms() if g.get("membership") and g.get("firm") else [],
        "person_links": _person_links() if g.get("membership") else [],
    }


def _called(actor: Actor) -> str:
    """Return the name beside the person's picture; a firm's sign-in knows the firm's name alone."""
    if g.get("membership") is not None and reach.only_firm() is not None:
        return str(g.membership.name)
    return str(current_user.name) if actor.person_id else ""


def _staff_here(actor: Actor) -> list[StaffVisit]:
    """Return who of staff is in the firm right now, for its admins."""
    if g.get("membership") is None or Standing.ADMIN not in actor.standings:
        return []
    return visits.visits(only_open=True)


def _person_links() -> list[dict[str, Any]]:
    return [
        {"label": gettext("What I look for"), "url": url_for("firms.me"), "icon": "person"},
        {"label": gettext("House rules"), "url": url_for("moderation.house_rules"), "icon": "book"},
        {"label": gettext("Your data"), "url": url_for("privacy.your_data"), "icon": "lock"},
        {"label": gettext("Sign-in and safety"), "url": url_for("accounts.safety"), "icon": "key"},
        {
            "label": gettext("Sign out"),
            "url": url_for("security.logout"),
            "icon": "leave",
            "post": True,
        },
    ]


def _menu() -> list[MenuItem]:
    hook = MENU if g.get("membership") else VISITORS_MENU
    items = [item for items in hook.call(current_actor()) for item in items]
    return sorted(items, key=lambda item: item.order)


def _other_firms() -> list[FirmLink]:
    if reach.only_firm() is not None:
        return []
    firms = [firm for firm in g.get("seats", ()) if firm.id != g.firm.id]
    return [FirmLink(firm.name, url_for("firms.home", firm=firm.slug)) for firm in firms]


def here(*endpoints: str) -> bool:
    """Say whether the present page is one of `endpoints` (a trailing dot means a whole room)."""
    endpoint = request.endpoint or ""
    return any(
        endpoint.startswith(one) if one.endswith(".") else endpoint == one for one in endpoints
    )
