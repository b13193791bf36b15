"""The firm's own house rules and business hours, over the defaults in `rules` and `hours`.

They stand in `Firm.house`: what a firm has never touched follows the defaults.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import asdict, replace
from typing import Any

from coachhub.core import audit
from coachhub.core.access import Actor
from coachhub.core.db import db, now
from coachhub.core.errors import DomainError
from coachhub.core.tenancy import current_firm_id
from coachhub.core.words import gettext
from coachhub.firms.models import Firm
from coachhub.moderation.hours import WORKING_WEEK, Hours
from coachhub.moderation.rules import BY_CODE, RULES, HouseRule

_RULES, _HOURS = "house_rules", "business_hours"
ALWAYS_ON = "other"  # whoever has something to report finds a reason for it
MOST_FREE_DAYS = 400


def _firm() -> Firm:
    return db.session.get_one(Firm, current_firm_id())


def all_rules() -> list[HouseRule]:
    """Return every rule as this firm words it, those that are switched off too."""
    own: dict[str, dict[str, Any]] = _firm().house.get(_RULES, {})
    return [replace(rule, **own.get(rule.code, {})) for rule in RULES]


def rules() -> list[HouseRule]:
    """Return the rules that hold in this firm, in its own words."""
    return [rule for rule in all_rules() if rule.is_on]


def by_code() -> dict[str, HouseRule]:
    """Return every rule by its code: old cases name rules that have been switched off since."""
    return {rule.code: rule for rule in all_rules()}


def change_rule(actor: Actor, changed: HouseRule) -> None:
    """Word a rule anew, say whether it is a matter of safety, switch it on or off.

    Raises DomainError for a rule that there is not, or for switching off the last way to report.
    """
    if changed.code not in BY_CODE:
        raise DomainError(gettext("There is no such rule."))
    if not changed.title or not changed.meaning:
        raise DomainError(gettext("A rule has a name and says what it means."))
    if changed.code == ALWAYS_ON and not changed.is_on:
        raise DomainError(
            gettext("This one stays on: whoever has something to report must find a reason for it.")
        )
    before = by_code()[changed.code]
    if before == changed:
        return
    default = asdict(BY_CODE[changed.code])
    own = {name: value for name, value in asdict(changed).items() if value != default[name]}
    firm = _firm()
    kept = {code: what for code, what in firm.house.get(_RULES, {}).items() if code != changed.code}
    firm.house = {**firm.house, _RULES: kept | ({changed.code: own} if own else {})}
    db.session.flush()
    audit.record(
        actor,
        "house_rule.changed",
        kind="house_rule",
        label=changed.title,
        code=changed.code,
        before=asdict(before),
        after=asdict(changed),
    )


def hours() -> Hours:
    """Return the firm's business hours, in its own time zone."""
    firm = _firm()
    kept = firm.house.get(_HOURS)
    if kept is None:
        return Hours(zone=firm.timezone)
    return Hours(
        zone=firm.timezone,
        begins=dt.time.fromisoformat(kept["begins"]),
        ends=dt.time.fromisoformat(kept["ends"]),
        weekdays=frozenset(kept["weekdays"]),
        free=frozenset(dt.date.fromisoformat(day) for day in kept["free"]),
    )


def set_hours(actor: Actor, wanted: Hours) -> None:
    """Set the firm's time zone, business hours and free days.

    What is due already stays due when it was. Raises DomainError for hours in which nothing
    could ever be done.
    """
    if wanted.ends <= wanted.begins:
        raise DomainError(gettext("The day ends after it begins."))
    if not wanted.weekdays or not wanted.weekdays <= WORKING_WEEK | {5, 6}:
        raise DomainError(gettext("Please choose at least one day of the week."))
    if len(wanted.free) > MOST_FREE_DAYS:
        raise DomainError(
            gettext("Up to %(MOST_FREE_DAYS)s free days, please.", MOST_FREE_DAYS=MOST_FREE_DAYS)
        )
    before = hours()
    if before == wanted:
        return
    firm = _firm()
    firm.timezone = wanted.zone
    firm.house = {**firm.house, _HOURS: _plain(wanted)}
    db.session.flush()
    audit.record(
        actor,
        "business_hours.changed",
        kind="firm",
        subject=firm.id,
        label=firm.name,
        before=_plain(before) | {"zone": before.zone},
        after=_plain(wanted) | {"zone": wanted.zone},
    )


def due(rule: HouseRule, at: dt.datetime | None = None) -> dt.datetime:
    """Return when a case under a rule must be answered if it comes `at` (now)."""
    safety = by_code()[rule.code].safety if rule.code in BY_CODE else rule.safety
    return hours().due(at or now(), safety=safety)


def _plain(given: Hours) -> dict[str, Any]:
    return {
        "begins": given.begins.isoformat("minutes"),
        "ends": given.ends.isoformat("minutes"),
        "weekdays": sorted(given.weekdays),
        "free": sorted(day.isoformat() for day in given.free),
    }
