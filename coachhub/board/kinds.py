"""The kinds of things that members can give: what each is, and how to write it well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from coachhub.board.hooks import OFFER_KINDS, OfferKind
from coachhub.core.words import gettext, gettext_noop

KINDS: tuple[OfferKind, ...] = (
    OfferKind(
        "door",
        gettext_noop("Door"),
        "door",
        gettext_noop("Somebody you know at a company and would ask on another member's behalf."),
        gettext_noop(
            "I can introduce one person a month to the maintenance planners at Harbour Foods."
        ),
        gettext_noop("Whom could you ask there, and about what?"),
        company="needed",
    ),
    OfferKind(
        "insider",
        gettext_noop("Insider"),
        "building",
        gettext_noop(
            "You worked there and can tell how it is: who decides, how they hire, what counts."
        ),
        gettext_noop(
            "Six years in controlling at Nordlicht Energy, until 2024: ask me how they hire."
        ),
        gettext_noop("What did you do there, until when, and what can you tell about?"),
        company="needed",
    ),
    OfferKind(
        "recruiter",
        gettext_noop("Recruiter"),
        "briefcase",
        gettext_noop(
            "A recruiter you have met and found worth knowing, with the field they search in."
        ),
        gettext_noop("A recruiter for finance leads in the Rhine area who calls back."),
        gettext_noop("Which field and place do they search in, and how do you know them?"),
    ),
    OfferKind(
        "research",
        gettext_noop("Research"),
        "search",
        gettext_noop(
            "You look something up for another member: a company, a market, a person's path."
        ),
        gettext_noop(
            "I will look into any food maker in the Benelux: owners, plants, who runs what."
        ),
        gettext_noop("What can you find out, and how soon?"),
    ),
    OfferKind(
        "bulletin",
        gettext_noop("Bulletin"),
        "book",
        gettext_noop("You read the trade press of a field anyway and pass on what matters."),
        gettext_noop("I read two shipping weeklies and send round who builds, buys or moves."),
        gettext_noop("What do you read, and what would you pass on?"),
    ),
    OfferKind(
        "market",
        gettext_noop("Market or salary data"),
        "chart",
        gettext_noop("Public figures that you know well: pay, openings, growth of a field."),
        gettext_noop(
            "Pay bands for plant engineers in Germany from three public surveys of this year."
        ),
        gettext_noop("Which figures, for which field and place, and from which public source?"),
    ),
    OfferKind(
        "article",
        gettext_noop("Article"),
        "note",
        gettext_noop("A text worth reading, or one that you write or edit with somebody."),
        gettext_noop(
            "I edit one member's post or article a week; I was a trade editor for nine years."
        ),
        gettext_noop("Which text is it, or what would you write or edit?"),
    ),
    OfferKind(
        "skill",
        gettext_noop("Skill"),
        "key",
        gettext_noop("Something you are good at and can do for or teach another member."),
        gettext_noop("Excel models: I check one for you, or show you pivots in half an hour."),
        gettext_noop("What exactly can you do for somebody, and how long does it take?"),
    ),
    OfferKind(
        "time",
        gettext_noop("Time"),
        "clock",
        gettext_noop("A second pair of eyes, a rehearsal, a walk: an hour of yours."),
        gettext_noop("A mock interview on Thursday afternoons, 45 minutes, with notes after."),
        gettext_noop("What would you do together, when, and how long?"),
    ),
    OfferKind(
        "tools",
        gettext_noop("Tools"),
        "settings",
        gettext_noop("Something to use: a template, a room, a licence that you may share."),
        gettext_noop("A tracker for applications that I made: a sheet with reminders."),
        gettext_noop("What is it, and how can others use it?"),
    ),
    OfferKind(
        "treat",
        gettext_noop("Treat"),
        "gift",
        gettext_noop("Something homemade or small that makes a day better."),
        gettext_noop("Walnut bread on Mondays for whoever has an interview that week."),
        gettext_noop("What is it, and for which occasion?"),
    ),
)


@dataclass(frozen=True)
class PostKind:
    """One of the four things that can be posted."""

    key: Literal["target", "offer", "ask", "lead"]
    label: str  # said by whoever shows it, as `many` is
    many: str
    icon: str


POSTS = {
    "offer": PostKind("offer", gettext_noop("Offer"), gettext_noop("Offers"), "offer"),
    "ask": PostKind("ask", gettext_noop("Ask"), gettext_noop("Asks"), "ask"),
    "lead": PostKind("lead", gettext_noop("Lead"), gettext_noop("Leads"), "lead"),
    "target": PostKind("target", gettext_noop("Target"), gettext_noop("Targets"), "target"),
}


def offer_kinds() -> dict[str, OfferKind]:
    """Return every kind of offer by its key: the platform's own, then the plugins'.

    What people read of them is in the language of the page or letter being written.
    """
    found = {kind.key: kind for kind in KINDS}
    more: Sequence[Sequence[OfferKind]] = OFFER_KINDS.call()
    for kind in (kind for kinds in more for kind in kinds):
        found.setdefault(kind.key, kind)
    return {key: _said(kind) for key, kind in found.items()}


def offer_kind(key: str) -> OfferKind:
    """Return a kind of offer; one whose plugin is off now still has a name."""
    known = offer_kinds()
    if key in known:
        return known[key]
    return OfferKind(key, key.replace("_", " ").capitalize(), "offer", "", "", "")


def _said(kind: OfferKind) -> OfferKind:
    return replace(
        kind,
        label=gettext(kind.label),
        what=gettext(kind.what),
        example=gettext(kind.example),
        question=gettext(kind.question),
    )
