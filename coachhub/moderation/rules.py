"""The house rules that a report or a decision can name, and how soon each wants an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

DAY_BEGINS, DAY_ENDS = 9, 17  # business hours, UTC; the firm's own clock comes with its settings
SATURDAY = 5


@dataclass(frozen=True)
class HouseRule:
    """One rule. A safety rule hides what is reported at once and wants an answer in four hours."""

    code: str
    title: str
    meaning: str
    safety: bool = False


RULES: tuple[HouseRule, ...] = (
    HouseRule(
        "confidential",
        "Confidential information",
        "It comes from inside an employer and is not public.",
        safety=True,
    ),
    HouseRule(
        "scam",
        "A job scam",
        "It asks for money, bank data or identity papers, or moves people to a private messenger.",
        safety=True,
    ),
    HouseRule(
        "attack",
        "A personal attack",
        "It insults, threatens or shames somebody.",
        safety=True,
    ),
    HouseRule(
        "private_details",
        "Private contact details",
        "It shows an address or number that should not stand on a board.",
    ),
    HouseRule("selling", "Selling", "It advertises something for money."),
    HouseRule(
        "gift",
        "A gift that breaks the gift rule",
        "Gifts are homemade, uncontroversial and of low value.",
    ),
    HouseRule("off_topic", "Out of place", "It has nothing to do with anybody's search."),
    HouseRule("other", "Something else", "Please say in your own words what is wrong."),
)
BY_CODE = {rule.code: rule for rule in RULES}


def due(rule: HouseRule, at: dt.datetime) -> dt.datetime:
    """Return when a case must be answered: four business hours for safety, else eight."""
    hours = 4.0 if rule.safety else float(DAY_ENDS - DAY_BEGINS)
    moment = at
    while True:
        begins = moment.replace(hour=DAY_BEGINS, minute=0, second=0, microsecond=0)
        ends = moment.replace(hour=DAY_ENDS, minute=0, second=0, microsecond=0)
        moment = max(moment, begins)
        if moment.weekday() < SATURDAY and moment < ends:
            left = (ends - moment).total_seconds() / 3600
            if hours <= left:
                return moment + dt.timedelta(hours=hours)
            hours -= left
        moment = begins + dt.timedelta(days=1)
