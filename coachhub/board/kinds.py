"""The kinds of things that members can give: what each is, and how to write it well."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from coachhub.board.hooks import OFFER_KINDS, OfferKind

KINDS: tuple[OfferKind, ...] = (
    OfferKind(
        "door",
        "Door",
        "door",
        "Somebody you know at a company and would ask on another member's behalf.",
        "I can introduce one person a month to the maintenance planners at Harbour Foods.",
        "Whom could you ask there, and about what?",
        company="needed",
    ),
    OfferKind(
        "insider",
        "Insider",
        "building",
        "You worked there and can tell how it is: who decides, how they hire, what counts.",
        "Six years in controlling at Nordlicht Energy, until 2024: ask me how they hire.",
        "What did you do there, until when, and what can you tell about?",
        company="needed",
    ),
    OfferKind(
        "recruiter",
        "Recruiter",
        "briefcase",
        "A recruiter you have met and found worth knowing, with the field they search in.",
        "A recruiter for finance leads in the Rhine area who calls back.",
        "Which field and place do they search in, and how do you know them?",
    ),
    OfferKind(
        "research",
        "Research",
        "search",
        "You look something up for another member: a company, a market, a person's path.",
        "I will look into any food maker in the Benelux: owners, plants, who runs what.",
        "What can you find out, and how soon?",
    ),
    OfferKind(
        "bulletin",
        "Bulletin",
        "book",
        "You read the trade press of a field anyway and pass on what matters.",
        "I read two shipping weeklies and send round who builds, buys or moves.",
        "What do you read, and what would you pass on?",
    ),
    OfferKind(
        "market",
        "Market or salary data",
        "chart",
        "Public figures that you know well: pay, openings, growth of a field.",
        "Pay bands for plant engineers in Germany from three public surveys of this year.",
        "Which figures, for which field and place, and from which public source?",
    ),
    OfferKind(
        "article",
        "Article",
        "note",
        "A text worth reading, or one that you write or edit with somebody.",
        "I edit one member's post or article a week; I was a trade editor for nine years.",
        "Which text is it, or what would you write or edit?",
    ),
    OfferKind(
        "skill",
        "Skill",
        "key",
        "Something you are good at and can do for or teach another member.",
        "Excel models: I check one for you, or show you pivots in half an hour.",
        "What exactly can you do for somebody, and how long does it take?",
    ),
    OfferKind(
        "time",
        "Time",
        "clock",
        "A second pair of eyes, a rehearsal, a walk: an hour of yours.",
        "A mock interview on Thursday afternoons, 45 minutes, with notes after.",
        "What would you do together, when, and how long?",
    ),
    OfferKind(
        "tools",
        "Tools",
        "settings",
        "Something to use: a template, a room, a licence that you may share.",
        "A tracker for applications that I made: a sheet with reminders.",
        "What is it, and how can others use it?",
    ),
    OfferKind(
        "treat",
        "Treat",
        "gift",
        "Something homemade or small that makes a day better.",
        "Walnut bread on Mondays for whoever has an interview that week.",
        "What is it, and for which occasion?",
    ),
)


@dataclass(frozen=True)
class PostKind:
    """One of the four things that can be posted."""

    key: Literal["target", "offer", "ask", "lead"]
    label: str
    many: str
    icon: str


POSTS = {
    "offer": PostKind("offer", "Offer", "Offers", "offer"),
    "ask": PostKind("ask", "Ask", "Asks", "ask"),
    "lead": PostKind("lead", "Lead", "Leads", "lead"),
    "target": PostKind("target", "Target", "Targets", "target"),
}


def offer_kinds() -> dict[str, OfferKind]:
    """Return every kind of offer by its key: the platform's own, then the plugins'."""
    found = {kind.key: kind for kind in KINDS}
    more: Sequence[Sequence[OfferKind]] = OFFER_KINDS.call()
    for kind in (kind for kinds in more for kind in kinds):
        found.setdefault(kind.key, kind)
    return found


def offer_kind(key: str) -> OfferKind:
    """Return a kind of offer; one whose plugin is off now still has a name."""
    known = offer_kinds()
    if key in known:
        return known[key]
    return OfferKind(key, key.replace("_", " ").capitalize(), "offer", "", "", "")
