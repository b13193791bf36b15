"""The platform's own guards, each a link of the chain: what they read is data, see `guarding`."""

from __future__ import annotations

from collections.abc import Sequence

from coachhub.core.words import gettext_noop
from coachhub.moderation import watch_list
from coachhub.moderation.guarding.cues import Verdict, lexicon
from coachhub.moderation.guarding.details import blank, details
from coachhub.moderation.guarding.learned import judge
from coachhub.moderation.guarding.watched import watch
from coachhub.moderation.hooks import GUARDS, Draft, Nudge

_LONGEST_PASSAGE = 160
# What the files under `guarding/words` say, so that it is collected and can be said.
SAID = frozenset(
    {
        gettext_noop(
            "Offers like this are often a trap: honest employers never ask for money, bank data or"
            " papers first, and they write from their own address."
        ),
        gettext_noop(
            "Ask your coach to look at it with you before anybody answers, and name the employer's"
            " own page where the opening stands."
        ),
        gettext_noop(
            "This reads like an advertisement. The board lives from what people give each other"
            " without money."
        ),
        gettext_noop(
            "Offer a part of it for nothing, as in half an hour or a sample, or ask your coach"
            " where members may see your prices."
        ),
        gettext_noop(
            "This sounds like something that belongs to an employer and is not public. It could"
            " cost you, and whoever uses it, dearly."
        ),
        gettext_noop(
            "Say what you learned there in your own words, without figures, names and papers; or"
            " point to where it is public."
        ),
        gettext_noop("This may hurt somebody, and it will be read as coming from you."),
        gettext_noop(
            "Say what happened and what you would wish for, without judging the person; or tell"
            " your coach in private."
        ),
    }
)
_SOURCES = ("public", "own", "allowed")
_SOURCES_OF_PAPERS = ("public", "allowed")
# With one of these it is a paper or a list that was taken along, not only something known.
_OF_PAPERS = frozenset({"footer", "asset", "others_pay"})


@GUARDS.from_room
def confidential(draft: Draft) -> Sequence[Nudge]:
    """Ask for the source of what sounds as if an employer kept it to itself."""
    return _judged(draft, "confidential")


@GUARDS.from_room
def scam(draft: Draft) -> Sequence[Nudge]:
    """Warn of work that costs money, papers or the official road."""
    return _judged(draft, "scam")


@GUARDS.from_room
def attack(draft: Draft) -> Sequence[Nudge]:
    """Speak for whoever is called names."""
    return _judged(draft, "attack")


@GUARDS.from_room
def selling(draft: Draft) -> Sequence[Nudge]:
    """Say that the group gives and asks without money."""
    return _judged(draft, "selling")


@GUARDS.from_room
def contact_details(draft: Draft) -> Sequence[Nudge]:
    """Offer to cover addresses and numbers outside the fields that are meant for them."""
    found = []
    for field, words in draft.fields.items():
        there = [] if field in draft.details_in else details(words)
        if there:
            passage = ", ".join(words[one.start : one.end] for one in there)
            found.append(
                Nudge(
                    guard="contact_details",
                    rule="private_details",
                    field=field,
                    passage=_short(passage),
                    why=gettext_noop(
                        "Everybody in the group would have this address or number, for good."
                    ),
                    instead=gettext_noop(
                        "We can cover it: whoever says yes to an introduction gets it anyway."
                    ),
                    cover=True,
                )
            )
    return found


@GUARDS.from_room
def watched(draft: Draft) -> Sequence[Nudge]:
    """Look for the words that the firm itself watches."""
    effects = watch_list.effects()
    eyes = watch(tuple(effects))
    return [
        Nudge(
            guard="watched_words",
            rule="other",
            field=field,
            passage=_short(one.passage),
            why=gettext_noop("Your firm looks twice at these words."),
            instead=gettext_noop("If other words would do, take those."),
            holds=effects[one.word] == "hold",
        )
        for field, words in draft.fields.items()
        for one in eyes.sightings(words)
    ]


def verdict(guard: str, words: str) -> Verdict:
    """Judge words by one of the guards that learned; an address or a number sells nothing."""
    return judge(guard, blank(words) if guard == "selling" else words)


def _judged(draft: Draft, guard: str) -> list[Nudge]:
    known = lexicon(guard)
    found = []
    for field, words in draft.fields.items():
        told = verdict(guard, words)
        if told.speaks:
            found.append(
                Nudge(
                    guard=guard,
                    rule=known.rule,
                    field=field,
                    passage=_short(told.passage),
                    why=told.why,
                    instead=known.instead,
                    sources=_sources(told) if guard == "confidential" else (),
                )
            )
    return found


def _sources(told: Verdict) -> tuple[str, ...]:
    papers = any(one.cue.name in _OF_PAPERS for one in told.evidence)
    return _SOURCES_OF_PAPERS if papers else _SOURCES


def _short(passage: str) -> str:
    return passage if len(passage) <= _LONGEST_PASSAGE else f"{passage[: _LONGEST_PASSAGE - 1]}…"
