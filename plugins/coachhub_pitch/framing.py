"""Turning a blunt ask into three that get a yes, by rules that are said beside each.

Nothing here is guessed by a machine: the same words, target and offer give the same framings.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable
from dataclasses import dataclass

from coachhub.board.specific import FieldError, check_ask
from coachhub.core.words import day, gettext, gettext_noop

LONGEST_TITLE = 160


@dataclass(frozen=True)
class Rule:
    """One thing that makes a yes likely."""

    key: str
    name: str
    why: str


SMALL = Rule(
    "small",
    gettext_noop("Small"),
    gettext_noop("It takes minutes. A small yes is quickly given, and leads on."),
)
SPECIFIC = Rule(
    "specific",
    gettext_noop("Specific"),
    gettext_noop("Whoever reads it knows at once whether they are meant."),
)
EASY = Rule(
    "easy",
    gettext_noop("Easy to say yes to"),
    gettext_noop("The work is yours: they only need to nod."),
)
GIVE = Rule(
    "give",
    gettext_noop("With a give"),
    gettext_noop("You come with something, so it is an exchange."),
)
END = Rule(
    "end",
    gettext_noop("With an end"),
    gettext_noop("A day makes it a plan. Without one it waits for ever."),
)
OUT = Rule(
    "out",
    gettext_noop("With a way out"),
    gettext_noop("Who may say no lightly is glad to say yes."),
)
RULES = (SMALL, SPECIFIC, EASY, GIVE, END, OUT)


@dataclass(frozen=True)
class Situation:
    """What the member typed, with their own target and offer.

    `words` is the blunt ask, `role` what they look for, `learn` their question, `give` their offer.
    """

    words: str
    today: dt.date
    company: str = ""
    role: str = ""
    learn: str = ""
    give: str = ""


@dataclass(frozen=True)
class Part:
    """A phrase of a framing, and the rule it follows."""

    text: str
    rule: Rule


@dataclass(frozen=True)
class Framing:
    """An ask as it can stand on the board; `problem` says what it still lacks, if anything."""

    label: str
    kind: str
    title: str
    parts: tuple[Part, ...]
    company: str
    problem: str = ""

    @property
    def body(self) -> str:
        """Return what stands below the title."""
        return " ".join(part.text for part in self.parts[1:])


@dataclass(frozen=True)
class _Aim:
    """What a blunt ask is after: words that give it away, and the question behind it."""

    key: str
    words: re.Pattern[str]
    at: str  # the question, once the company is named
    anywhere: str  # the question, without one
    blunt: str


def _aim(key: str, words: str, at: str, anywhere: str, blunt: str) -> _Aim:
    return _Aim(key, re.compile(rf"\b(?:{words})\b", re.IGNORECASE), at, anywhere, blunt)


# The first that fits counts; the last is for everything else.
_AIMS = (
    _aim(
        "pay",
        "pay|paid|salar(?:y|ies)|earn|wages?|money|day rate",
        gettext_noop("what is paid there for %(role)s"),
        gettext_noop("what is paid for %(role)s at present"),
        gettext_noop(
            "Pay is touchy as a personal question. A range from somebody who knows it is not."
        ),
    ),
    _aim(
        "recruiter",
        "recruiters?|head ?hunters?|search firms?|agenc(?:y|ies)",
        gettext_noop("which recruiter they use for %(role)s"),
        gettext_noop("which recruiter fills %(role)s and calls back"),
        gettext_noop(
            "“A recruiter” is a whole trade. One name that calls back is worth more than ten that"
            " do not."
        ),
    ),
    _aim(
        "practice",
        "cv|r[ée]sum[ée]s?|cover letters?|profile|rehears\\w+|practi[cs]e|mock|feedback|review",
        gettext_noop("what they read first in a résumé for %(role)s"),
        gettext_noop("what counts first in a résumé for %(role)s"),
        gettext_noop("Looking at all of it is an evening's work. Half a page is ten minutes'."),
    ),
    _aim(
        "person",
        "introduc\\w+|contacts?|get me in(?:to)?|into|in at|connect\\w*"
        "|know (?:any|some)(?:one|body)|refer\\w*|recommend\\w*|put in a (?:good )?word|vouch",
        gettext_noop("who decides about %(role)s there"),
        gettext_noop("who decides about %(role)s where you work"),
        gettext_noop(
            "It asks somebody to stake their name before they know what for. Asking who, or"
            " how, costs"
            " them nothing."
        ),
    ),
    _aim(
        "job",
        "jobs?|work|position|employ\\w*|hire|hiring|opening|vacanc(?:y|ies)|opportunit(?:y|ies)",
        gettext_noop("how they fill %(role)s"),
        gettext_noop("how people get into %(role)s"),
        gettext_noop(
            "It asks for the one thing that hardly anybody can hand over. Most people have a"
            " fact, a"
            " name or a quarter of an hour to give."
        ),
    ),
    _aim(
        "advice",
        "advice|tips?|help\\w*|ideas?|brains?",
        gettext_noop("what you would do first to get into %(role)s there"),
        gettext_noop("what you would do first to get into %(role)s"),
        gettext_noop(
            "It leaves the reader to find out what would help. One question saves them the search."
        ),
    ),
)
_PLACE = re.compile(
    r"\b(?:in)?(?:to|at|with|from|for|of|in|inside|join)\s+"
    r"((?:[A-ZÀ-Þ][\w.'’-]*|&)(?:\s+(?:[A-ZÀ-Þ0-9&][\w.'’-]*))*)"
)
_WORDS = re.compile(r"[\w&]+")
# Only these lose their capital inside a sentence: another first word may be a name.
_QUESTION = re.compile(
    r"(?:how|what|whom?|which|when|where|why|whether|if|do|does|did|is|are|the|an?)\b",
    re.IGNORECASE,
)
_DATE = re.compile(
    r"\b(?:by|before|until|till|this|next)\s+\w+|\btoday\b|\btomorrow\b|\d", re.IGNORECASE
)


def company_in(words: str, known: list[str]) -> str:
    """Return the company that a blunt ask names: one of `known` first, else a name after "into"."""
    said = _bare(words)
    for name in sorted(known, key=len, reverse=True):
        if _bare(name) in said:
            return name
    found = _PLACE.search(words)
    return found.group(1).rstrip(".'’-?!") if found else ""


def weak_points(situation: Situation) -> list[Part]:
    """Say kindly what makes a blunt ask hard to say yes to, each with the rule that mends it."""
    words = situation.words
    found = [Part(gettext(_aim_of(words).blunt), SMALL)]
    try:
        check_ask("time", words, "", situation.company, ())
    except FieldError as error:
        found.append(Part(str(error), SPECIFIC))
    if not re.search(r"\b(?:in return|offer|give|swap|exchange)\b", words, re.IGNORECASE):
        found.append(Part(gettext("Nothing comes with it."), GIVE))
    if not _DATE.search(words):
        found.append(Part(gettext("It has no day, so it can always wait."), END))
    if not re.search(r"\b(?:no worries|if not|otherwise|fine if)\b", words, re.IGNORECASE):
        found.append(Part(gettext("A no would be awkward."), OUT))
    return found


def framings(situation: Situation) -> tuple[Framing, Framing, Framing]:
    """Return three framings, from the smallest to the boldest."""
    question = _question(situation)
    return (
        _written(situation, question),
        _talk(situation, question),
        _step(situation, question),
    )


def _written(situation: Situation, question: str) -> Framing:
    company = situation.company
    who = _who(situation)
    title = _title(
        lambda what: gettext("One question to %(who)s: %(what)s?", who=who, what=what), question
    )
    return _framing(
        situation,
        gettext("One question, in writing"),
        "insider" if company else "time",
        title,
        Part(gettext("Two lines in reply are plenty."), SMALL),
        Part(gettext("You can answer from memory, and I will not quote you."), EASY),
        7,
    )


def _talk(situation: Situation, question: str) -> Framing:
    who = _who(situation)
    title = _title(
        lambda what: gettext(
            "Fifteen minutes by phone with %(who)s, about %(what)s", who=who, what=what
        ),
        question,
    )
    return _framing(
        situation,
        gettext("A quarter of an hour"),
        "insider" if situation.company else "time",
        title,
        Part(gettext("I bring three questions and keep to the clock."), SMALL),
        Part(gettext("You choose the day and the hour, and I call."), EASY),
        10,
    )


def _step(situation: Situation, question: str) -> Framing:
    aim = _aim_of(situation.words).key
    company, role = situation.company, _role(situation)
    if aim == "recruiter":
        title = _title(
            lambda what: gettext(
                "The name of one recruiter for %(role)s whom you would call yourself", role=what
            ),
            role,
        )
        label, kind = gettext("One name"), "recruiter"
        small = gettext("Only the name, and one line on how you met.")
        easy = gettext("I write myself, and mention you only if you like.")
    elif aim == "practice":
        title = _title(
            lambda what: gettext(
                "Ten minutes with a pencil on the first half page of my résumé for %(role)s",
                role=what,
            ),
            role,
        )
        label, kind = gettext("Ten minutes with a pencil"), "skill"
        small = gettext("Half a page, no more; strike out whatever you would skip.")
        easy = gettext("I send it ready to print, and you send back a photo.")
    elif aim == "pay":
        title = _title(lambda what: _figures(what, company), role)
        label, kind = gettext("One source"), "market"
        small = gettext("A link or a title is enough.")
        easy = gettext("No figure of your own is asked for.")
    elif company:
        title = _title(
            lambda what: gettext(
                "One person at %(company)s who could tell me %(what)s", company=company, what=what
            ),
            question,
        )
        label, kind = gettext("One step towards a person"), "door"
        small = gettext("One name, and you ask them first.")
        easy = gettext(
            "I write the three lines that you pass on, and they can say no to you alone."
        )
    else:
        title = _title(
            lambda what: gettext(
                "One company that you would look at for %(role)s, and why", role=what
            ),
            role,
        )
        label, kind = gettext("One place to look"), "research"
        small = gettext("One name with half a sentence is a great help.")
        easy = gettext("I find out the rest, and tell you what I found.")
    return _framing(
        situation, label, kind, title, Part(small, SMALL), Part(easy, EASY), 14,
    )  # fmt: skip


def _figures(role: str, company: str) -> str:
    if company:
        return gettext(
            "One public source with figures on pay at %(company)s for %(role)s",
            company=company,
            role=role,
        )
    return gettext("One public source with figures on pay for %(role)s", role=role)


def _framing(
    situation: Situation, label: str, kind: str, title: str, small: Part, easy: Part, days: int
) -> Framing:
    give = situation.give.rstrip(". ")
    until = situation.today + dt.timedelta(days=days)
    parts = (
        Part(title, SPECIFIC),
        small,
        easy,
        Part(
            gettext("In return: %(give)s.", give=give)
            if give
            else gettext("In return I look up one thing for you that you have no time for."),
            GIVE,
        ),
        Part(gettext("It would help most by %(day)s.", day=day(until)), END),
        Part(
            gettext("If it does not suit you, no is a good answer and I will not ask again."), OUT
        ),
    )
    made = Framing(label, kind, title, parts, situation.company)
    try:
        check_ask(kind, title, made.body, situation.company, ())
    except FieldError as error:
        return Framing(label, kind, title, parts, situation.company, str(error))
    return made


def _aim_of(words: str) -> _Aim:
    return next((aim for aim in _AIMS if aim.words.search(words)), _AIMS[-1])


def _question(situation: Situation) -> str:
    if situation.learn.strip(" ?.!"):
        asked = situation.learn.strip(" ?.!")
        return asked[:1].lower() + asked[1:] if _QUESTION.match(asked) else asked
    aim = _aim_of(situation.words)
    made = aim.at if situation.company else aim.anywhere
    return gettext(made, role=_role(situation))


def _role(situation: Situation) -> str:
    first = re.split(r"[,;/\n]", situation.role)[0].strip(" .")
    if not first:
        return gettext("roles like mine")
    return gettext("roles such as %(role)s", role=first)


def _who(situation: Situation) -> str:
    if situation.company:
        return gettext("somebody who has worked at %(company)s", company=situation.company)
    first = re.split(r"[,;/\n]", situation.role)[0].strip(" .")
    if first:
        return gettext("somebody in %(role)s", role=_role(situation))
    return gettext("somebody in my field")


def _bare(text: str) -> str:
    return f" {' '.join(_WORDS.findall(text.casefold()))} "


def _title(made: Callable[[str], str], words: str) -> str:
    """Make a title of its words, shortened to what a title may hold."""
    room = LONGEST_TITLE - len(made(""))
    if len(words) > room:
        words = words[: room - 1].rsplit(" ", 1)[0] + "…"
    return made(words)
