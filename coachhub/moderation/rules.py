"""The house rules that a report or a decision can name, and how soon each wants an answer."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

DAY_BEGINS, DAY_ENDS = 9, 17  # business hours, UTC; the firm's own clock comes with its settings
SATURDAY = 5


@dataclass(frozen=True)
class HouseRule:
    """One rule. A safety rule hides what is reported at once and wants an answer in four hours.

    `mend` says to an author what would do instead.
    """

    code: str
    title: str
    meaning: str
    mend: str
    safety: bool = False


RULES: tuple[HouseRule, ...] = (
    HouseRule(
        "confidential",
        "Confidential information",
        "It comes from inside an employer and is not public.",
        "Leave out what only insiders know, or say where it can be read in public.",
        safety=True,
    ),
    HouseRule(
        "scam",
        "A job scam",
        "It asks for money, bank data or identity papers, or moves people to a private messenger.",
        "Leave out every request for money, bank data or papers; name the employer's own address.",
        safety=True,
    ),
    HouseRule(
        "attack",
        "A personal attack",
        "It insults, threatens or shames somebody.",
        "Say what happened and what you need, without judging anybody.",
        safety=True,
    ),
    HouseRule(
        "private_details",
        "Private contact details",
        "It shows an address or number that should not stand on a board.",
        "Leave it out: an introduction passes it on when everybody has said yes.",
    ),
    HouseRule(
        "selling",
        "Selling",
        "It advertises something for money.",
        "Offer it as a gift, or leave it out.",
    ),
    HouseRule(
        "gift",
        "A gift that breaks the gift rule",
        "Gifts are homemade, uncontroversial and of low value.",
        "Choose something homemade or small: a note, a recipe, an hour of your time.",
    ),
    HouseRule(
        "off_topic",
        "Out of place",
        "It has nothing to do with anybody's search.",
        "Say how it helps somebody's search, or leave it out.",
    ),
    HouseRule(
        "other",
        "Something else",
        "Please say in your own words what is wrong.",
        "Please write it anew, so that nobody comes to harm.",
    ),
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
