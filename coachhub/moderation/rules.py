"""The house rules every firm begins with; `house` puts a firm's own wording over them."""

from __future__ import annotations

from dataclasses import dataclass

from coachhub.core.words import gettext_noop


@dataclass(frozen=True)
class HouseRule:
    """One rule, as a report or a decision names it.

    Attributes:
        code: its name for machines; the same in every firm.
        title: what people call it.
        meaning: what breaks it, in a sentence.
        advice: how to mend it; the usual words to an author.
        safety: hides what is reported at once and wants an answer in four business hours.
        is_on: whether it holds in this firm.
    """

    code: str
    title: str
    meaning: str
    advice: str
    safety: bool = False
    is_on: bool = True


RULES: tuple[HouseRule, ...] = (
    HouseRule(
        "confidential",
        gettext_noop("Confidential information"),
        gettext_noop("It comes from inside an employer and is not public."),
        gettext_noop(
            "Say only what anybody could read in public, with the link, or what you learned"
            " yourself and may tell."
        ),
        safety=True,
    ),
    HouseRule(
        "scam",
        gettext_noop("A job scam"),
        gettext_noop(
            "It asks for money, bank data or identity papers, or moves people to a private"
            " messenger."
        ),
        gettext_noop(
            "A real employer pays you and never asks for money or papers first. If this is real,"
            " show the employer's own page."
        ),
        safety=True,
    ),
    HouseRule(
        "attack",
        gettext_noop("A personal attack"),
        gettext_noop("It insults, threatens or shames somebody."),
        gettext_noop("Say what happened and what you need, without judging the person."),
        safety=True,
    ),
    HouseRule(
        "private_details",
        gettext_noop("Private contact details"),
        gettext_noop("It shows an address or number that should not stand on a board."),
        gettext_noop("Leave the details out. We pass them on when both of you have said yes."),
    ),
    HouseRule(
        "selling",
        gettext_noop("Selling"),
        gettext_noop("It advertises something for money."),
        gettext_noop("Offer something you can give: an hour, a book, a look at somebody's CV."),
    ),
    HouseRule(
        "gift",
        gettext_noop("A gift that breaks the gift rule"),
        gettext_noop("Gifts are homemade, uncontroversial and of low value."),
        gettext_noop("Choose something small that you made yourself and that suits everybody."),
    ),
    HouseRule(
        "off_topic",
        gettext_noop("Out of place"),
        gettext_noop("It has nothing to do with anybody's search."),
        gettext_noop("Say how it helps somebody here to find work, or tell people in person."),
    ),
    HouseRule(
        "other",
        gettext_noop("Something else"),
        gettext_noop("It does harm in a way that no other rule names."),
        gettext_noop("Please change it so that everybody here can feel at ease with it."),
    ),
)
BY_CODE = {rule.code: rule for rule in RULES}
