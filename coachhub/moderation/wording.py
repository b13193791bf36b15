"""What members read of a decision: what follows, who decided, what happens next. Nobody's name."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from uuid import UUID

from sqlalchemy import select

from coachhub.core.db import db
from coachhub.core.words import day, gettext, gettext_noop
from coachhub.moderation import house
from coachhub.moderation.models import Appeal, Case, Decision, Penalty, Strike
from coachhub.moderation.rules import HouseRule

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: nothing that looks like another
FOLLOWS = {
    "none": gettext_noop("Nothing follows: your text stays as it is."),
    "message": gettext_noop("Your text stays as it is. This is a word in private, and no strike."),
    "returned": gettext_noop(
        "The text is back with you. Nobody else sees it until you have mended it; then it"
        " goes up again."
    ),
    "redacted": gettext_noop(
        "The passage is taken out for everybody else. Your own words are kept."
    ),
    "removed": gettext_noop("Nobody else sees the text any more."),
}
_PENALTIES = {
    "held": gettext_noop(
        "Until %(day)s, what you publish waits until a moderator has looked at it."
    ),
    "paused": gettext_noop("You can publish again from %(day)s."),
    "suspended": gettext_noop("The firm is closed to you until %(day)s."),
}
NEXT_FOR_REPORTERS = {
    "message": gettext_noop("The author has had a private word about it."),
    "returned": gettext_noop("The author is asked to mend it."),
    "redacted": gettext_noop("The passage has been taken out."),
    "removed": gettext_noop("It has been removed."),
    "none": gettext_noop("It stays."),
}
VERDICTS = {
    "upheld": gettext_noop("The decision stays as it is."),
    "amended": gettext_noop("The decision has been changed."),
    "overturned": gettext_noop("The decision has been taken back, with all that followed from it."),
}


def ref(thing_id: UUID) -> str:
    """Return the short name of a decision or appeal, as in ``7Q4M2X``; it names no moderator."""
    number = thing_id.int
    return "".join(_ALPHABET[number >> 5 * place & 31] for place in range(6))


def who(decision: Decision | Appeal) -> str:
    """Return who decided, as members read it: never a name."""
    name = ref(decision.id)
    if isinstance(decision, Decision) and decision.by_machine:
        return gettext("a machine (%(name)s)", name=name)
    desk = isinstance(decision, Appeal) and decision.at_desk and decision.answered_by_id is None
    if desk:
        return gettext("CoachHub's desk (%(name)s)", name=name)
    return gettext("Firm moderator (%(name)s)", name=name)


def machine(case: Case, decision: Decision) -> str:
    """Return what part a machine had in a decision, in one sentence."""
    if decision.by_machine:
        return gettext("A machine decided this; no person has looked at it yet.")
    if case.found:
        return gettext("A machine pointed it out; a person looked at it and decided.")
    return gettext("A person decided this, no machine.")


def rule_of(decision: Decision) -> HouseRule:
    """Return the rule that a decision rests on, in the reader's language."""
    rules = house.by_code()
    rule = rules.get(decision.rule) or rules["other"]
    return replace(
        rule,
        title=gettext(rule.title),
        meaning=gettext(rule.meaning),
        advice=gettext(rule.advice),
    )


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
    said = [gettext(FOLLOWS[decision.effect])]
    if strike is not None and strike.lifted_at is None:
        said.append(
            gettext("It is remembered as a strike until %(day)s.", day=day(strike.expires_at))
        )
    said += [
        gettext(_PENALTIES[one.kind], day=day(one.ends_at))
        for one in penalties
        if one.lifted_at is None
    ]
    return said
