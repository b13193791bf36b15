"""What members read of a decision: what follows, who decided, what happens next. Nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.core.words import day
from coachhub.moderation import house
from coachhub.moderation.models import Appeal, Case, Decision, Penalty, Strike
from coachhub.moderation.rules import HouseRule

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that looks like another
FOLLOWS = {
    "none": "Nothing follows: your text stays as it is.",
    "message": "Your text stays as it is. This is a word in private, and no strike.",
    "returned": "The text is back with you. Nobody else sees it until you have mended it; then it"
    " goes up again.",
    "redacted": "The passage is taken out for everybody else. Your own words are kept.",
    "removed": "Nobody else sees the text any more.",
}
_PENALTIES = {
    "held": "Until {day}, what you publish waits until a moderator has looked at it.",
    "paused": "You can publish again from {day}.",
    "suspended": "The firm is closed to you until {day}.",
}
NEXT_FOR_REPORTERS = {
    "message": "The author has had a private word about it.",
    "returned": "The author is asked to mend it.",
    "redacted": "The passage has been taken out.",
    "removed": "It has been removed.",
    "none": "It stays.",
}
VERDICTS = {
    "upheld": "The decision stays as it is.",
    "amended": "The decision has been changed.",
    "overturned": "The decision has been taken back, with all that followed from it.",
}


def ref(thing_id: UUID) -> str:
    """Return the short name of a decision or appeal, as in ``7Q4M2X``; it names no moderator."""
    number = thing_id.int
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(6))


def who(decision: Decision | Appeal) -> str:
    """Return who decided, as members read it: never a name."""
    name = ref(decision.id)
    if isinstance(decision, Decision) and decision.by_machine:
        return f"a machine ({name})"
    desk = isinstance(decision, Appeal) and decision.at_desk and decision.answered_by_id is None
    return f"CoachHub's desk ({name})" if desk else f"Firm moderator ({name})"


def machine(case: Case, decision: Decision) -> str:
    """Return what part a machine had in a decision, in one sentence."""
    if decision.by_machine:
        return "A machine decided this; no person has looked at it yet."
    if case.found:
        return "A machine pointed it out; a person looked at it and decided."
    return "A person decided this, no machine."


def rule_of(decision: Decision) -> HouseRule:
    """Return the rule that a decision rests on."""
    rules = house.by_code()
    return rules.get(decision.rule) or rules["other"]


def of_decision(decision: Decision) -> list[str]:
    """Return what followed from a decision, strike and penalties too."""
    strike = db.session.scalar(select(Strike).where(Strike.decision_id == decision.id))
    penalties = db.session.scalars(
        select(Penalty).where(Penalty.decision_id == decision.id).order_by(Penalty.kind)
    ).all()
    return what_follows(decision, strike, penalties)


def what_follows(
    decision: Decision, strike: Strike | None, penalties: Iterable[Penalty]
) -> list[str]:
    """Return what a decision means for the author, a sentence each."""
    said = [FOLLOWS[decision.effect]]
    if strike is not None and strike.lifted_at is None:
        said.append(f"It is remembered as a strike until {day(strike.expires_at)}.")
    said += [
        _PENALTIES[one.kind].format(day=day(one.ends_at))
        for one in penalties
        if one.lifted_at is None
    ]
    return said
