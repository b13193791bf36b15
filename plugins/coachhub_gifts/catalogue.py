"""The ideas, and which of them fit somebody: the same question has the same answer."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from coachhub.core.words import gettext, gettext_noop, listed
from coachhub_gifts.ideas import IDEAS

_WORD = re.compile(r"[^\W\d_]+")

OCCASIONS = {
    "thanks": gettext_noop("To say thanks"),
    "met": gettext_noop("After a first meeting"),
    "introduction": gettext_noop("Before or after an introduction"),
    "interview": gettext_noop("They have an interview or a talk"),
    "new_job": gettext_noop("They begin something new"),
    "hard_week": gettext_noop("They have a hard week"),
    "in_touch": gettext_noop("To stay in touch"),
    "farewell": gettext_noop("They leave"),
}

# How people name their interests, by the beginnings of the words they use.
INTERESTS: dict[str, str] = {
    "architecture": "architect buildings",
    "art": "art arts artist draw paint museum galler sketch",
    "baking": "bake baking bread cake pastr",
    "birds": "bird ornith owl",
    "books": "book read novel literat librar",
    "cats": "cat cats kitten",
    "city": "city cities town urban",
    "climate": "climat sustain environment",
    "coffee": "coffee espresso barista",
    "cooking": "cook kitchen recipe barbecue grill",
    "crafts": "craft knit sew crochet origami potter ceramic",
    "cycling": "cycl bike biking bicycl",
    "data": "data statistic analy figures chart",
    "dogs": "dog dogs puppy terrier",
    "energy": "energy power electric wind solar oil gas",
    "family": "famil child kids son daughter grand",
    "film": "film cinema movie",
    "finance": "financ account controll invest bank tax",
    "fishing": "fish angl trout",
    "food": "food eat restaurant cuisine",
    "games": "game chess board cards",
    "gardening": "garden plant allotment vegetable",
    "health": "health yoga fitness medic",
    "history": "histor archaeo genealog",
    "languages": "language french spanish german italian translat",
    "law": "law legal regulat compliance",
    "leadership": "leader manag hiring recruit team hr",
    "music": "music choir sing piano guitar jazz concert band",
    "photography": "photo camera",
    "puzzles": "puzzle crossword sudoku quiz",
    "running": "run running marathon jog",
    "sailing": "sail boat sea harbour",
    "speaking": "speak speech present talk toastmaster",
    "sport": "sport football soccer tennis rugby hockey basketball handball cricket",
    "tea": "tea teas",
    "technology": "tech comput software program gadget ai coding",
    "trains": "train rail",
    "travel": "travel trip journey abroad",
    "volunteering": "volunteer charit",
    "walking": "walk hike hiking mountain trek outdoors",
    "woodwork": "wood carpent joiner",
    "writing": "writ blog poem poet journal",
}


# Their keys are what they are called in English.
NAMES_OF_INTERESTS = (
    gettext_noop("architecture"),
    gettext_noop("art"),
    gettext_noop("baking"),
    gettext_noop("birds"),
    gettext_noop("books"),
    gettext_noop("cats"),
    gettext_noop("city"),
    gettext_noop("climate"),
    gettext_noop("coffee"),
    gettext_noop("cooking"),
    gettext_noop("crafts"),
    gettext_noop("cycling"),
    gettext_noop("data"),
    gettext_noop("dogs"),
    gettext_noop("energy"),
    gettext_noop("family"),
    gettext_noop("film"),
    gettext_noop("finance"),
    gettext_noop("fishing"),
    gettext_noop("food"),
    gettext_noop("games"),
    gettext_noop("gardening"),
    gettext_noop("health"),
    gettext_noop("history"),
    gettext_noop("languages"),
    gettext_noop("law"),
    gettext_noop("leadership"),
    gettext_noop("music"),
    gettext_noop("photography"),
    gettext_noop("puzzles"),
    gettext_noop("running"),
    gettext_noop("sailing"),
    gettext_noop("speaking"),
    gettext_noop("sport"),
    gettext_noop("tea"),
    gettext_noop("technology"),
    gettext_noop("trains"),
    gettext_noop("travel"),
    gettext_noop("volunteering"),
    gettext_noop("walking"),
    gettext_noop("woodwork"),
    gettext_noop("writing"),
)


@dataclass(frozen=True)
class Idea:
    """One small gift: what, how, for which interests, with which skills, on which occasions."""

    key: str
    title: str
    how: str
    interests: frozenset[str]
    skills: frozenset[str]
    occasions: frozenset[str]


@dataclass(frozen=True)
class Fit:
    """An idea with how well it fits, and why in one sentence."""

    idea: Idea
    score: int
    why: str


@dataclass(frozen=True)
class Question:
    """For whom, made by whom, and when.

    `interests` are keys of `INTERESTS`, `skills` kinds of offers that the giver has on the board.
    """

    interests: frozenset[str] = frozenset()
    skills: frozenset[str] = frozenset()
    occasion: str = ""


@cache
def ideas() -> tuple[Idea, ...]:
    """Return the whole catalogue, in its own order."""
    found = []
    for key, title, how, *tags in IDEAS:
        interests, skills, occasions = (frozenset(part.split()) for part in tags)
        found.append(Idea(key, title, how, interests, skills, occasions))
    return tuple(found)


def idea_of(key: str) -> Idea | None:
    """Return an idea by its key, or None."""
    return next((one for one in ideas() if one.key == key), None)


def interests_in(text: str) -> frozenset[str]:
    """Return the interests that a free text names, by the beginnings of its words.

    A beginning of up to three letters counts only as a whole word: "ai" is not in "airport".
    """
    words = {word.casefold() for word in _WORD.findall(text)}
    return frozenset(
        key
        for key, beginnings in INTERESTS.items()
        if any(_begins(word, start) for start in (key, *beginnings.split()) for word in words)
    )


def ranked(question: Question, most: int = 12) -> list[Fit]:
    """Return the ideas that fit best: 4 for each shared interest, 2 for a skill, 3 for the day.

    At most two interests and two skills count. Equal ones stand in the order of the catalogue.
    Without any interest, skill or occasion the catalogue's own order holds.
    """
    fits = [_fit(idea, question) for idea in ideas()]
    asked = question.interests or question.skills or question.occasion
    found = [fit for fit in fits if fit.score] if asked else fits
    return sorted(found, key=lambda fit: -fit.score)[:most]


def instead(words: str, most: int = 5) -> list[Idea]:
    """Return ideas to give in place of something: those that its words come near to, first.

    Always `most` of them; homemade ones fill up.
    """
    near = ranked(Question(interests_in(words) | _near(words), frozenset({"treat"})), most)
    return [fit.idea for fit in near][:most]


def _near(words: str) -> frozenset[str]:
    lowered = words.casefold()
    found: set[str] = set()
    for given, like in _LIKE.items():
        if re.search(rf"\b{given}", lowered):
            found |= set(like.split())
    return frozenset(found)


# What people think of first, and what it is near to.
_LIKE = {
    "flower": "gardening",
    "bouquet": "gardening",
    "chocolate": "baking food",
    "wine": "cooking tea",
    "whisk": "cooking tea",
    "beer": "baking food",
    "ticket": "sport music",
    "voucher": "food city",
    "gift card": "food city",
    "perfume": "tea crafts",
    "jewel": "crafts",
    "watch": "crafts",
    "scarf": "crafts",
    "dinner": "cooking food",
    "lunch": "cooking food",
}


def _fit(idea: Idea, question: Question) -> Fit:
    shared = sorted(idea.interests & question.interests)
    able = sorted(idea.skills & question.skills)
    score = 4 * len(shared[:2]) + 2 * len(able[:2])
    on_day = question.occasion in idea.occasions
    score += 3 * on_day
    return Fit(idea, score, _why(shared, able, question.occasion if on_day else ""))


def _why(shared: Sequence[str], able: Sequence[str], occasion: str) -> str:
    reasons = []
    if shared:
        interests = listed(gettext(one) for one in shared[:2])
        reasons.append(gettext("they like %(interests)s", interests=interests))
    if able:
        skills = listed(gettext(SKILLS[one]) for one in able[:2])
        reasons.append(gettext("you have %(skills)s on the board", skills=skills))
    if occasion:
        moment = gettext(OCCASIONS[occasion]).lower()
        reasons.append(gettext("it suits the moment (%(moment)s)", moment=moment))
    if not reasons:
        return gettext("Small, homemade and easy to take.")
    joined = listed(reasons)
    return f"{joined[:1].upper()}{joined[1:]}."


SKILLS = {
    "article": gettext_noop("writing"),
    "bulletin": gettext_noop("a bulletin"),
    "door": gettext_noop("a door"),
    "market": gettext_noop("market data"),
    "recruiter": gettext_noop("a recruiter"),
    "research": gettext_noop("research"),
    "skill": gettext_noop("a skill"),
    "time": gettext_noop("time"),
    "tools": gettext_noop("tools"),
    "treat": gettext_noop("a treat"),
}


def _begins(word: str, start: str) -> bool:
    short = 3
    return word == start if len(start) <= short else word.startswith(start)
