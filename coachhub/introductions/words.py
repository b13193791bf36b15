"""The sentences of an introduction, for each side and each point of its life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coachhub.core.words import day
from coachhub.introductions.models import Introduction

if TYPE_CHECKING:
    from coachhub.introductions.shown import Facts, Shown

# Where an introduction stands for one side → (word on a list, tone of the badge).
STEPS: dict[str, tuple[str, str]] = {
    "answer": ("Waits for you", "accent"),
    "report": ("Ask your contact", "accent"),
    "keep": ("Your promise", "accent"),
    "thank": ("Say thanks", "accent"),
    "later": ("Later", ""),
    "wait": ("Being asked", "info"),
    "expect": ("Introduced", "good"),
    "kept": ("Kept", "good"),
    "let_go": ("Let go", ""),
    "said_no": ("You said no", ""),
    "rest": ("At rest", ""),
    "ended": ("Ended", ""),
    "stopped": ("Ended", ""),
}
MINE = frozenset({"answer", "report", "keep", "thank"})
DONE = frozenset({"kept", "let_go", "said_no", "rest", "ended", "stopped"})

OUTCOMES = {
    "meeting": "We talked",
    "interview": "It led to an interview",
    "offer": "It led to an offer",
    "nothing_yet": "Nothing yet",
}


def title(introduction: Introduction, side: str, facts: Facts, other: str) -> str:
    """Name an introduction for one side; `other` is empty while the other side is not known."""
    company = facts.companies.get(introduction.company_id or introduction.id, "a company")
    need = facts.posts.get(introduction.need_id, "")
    asset = facts.posts.get(introduction.asset_id or introduction.id, "") or need
    who = other or "Somebody in your group"
    by_asset = {
        "giver": {
            "door": f"{who} would like to reach {company}",
            "insider": f"{who} would like to hear about {company}",
            "offer": f"{who} could use your help: {need or asset or company}",
            "lead": f"{who} may fit your lead: {asset}",
            "buddy": f"{who} is looking at {company} too",
        },
        "receiver": {
            "door": f"A door at {company}",
            "insider": f"{who} knows {company} from the inside",
            "offer": f"{who} can help: {asset or company}",
            "lead": f"A lead that fits you: {asset}",
            "buddy": f"{who} is looking at {company} too",
        },
    }
    return by_asset[side][introduction.asset]


def why(introduction: Introduction, side: str, *, met: bool) -> str:
    """Say in one sentence why this side gets it, in words that name nobody."""
    if introduction.origin != "round":
        return _WHY_DIRECT[introduction.origin][side]
    if introduction.asset == "buddy":
        return "Two people who look at the same company often find more than one."
    if side == "giver" and introduction.asset == "door":
        return "It is on their list, and you know somebody there."
    if side == "giver" or met:
        return introduction.reason
    return {
        "door": "It is on your list, and somebody in your group knows a person there.",
        "insider": "It is on your list.",
        "offer": "It answers what you are looking for.",
        "lead": "It matches the work you are looking for.",
    }[introduction.asset]


_WHY_DIRECT = {
    "help": {"giver": "You offered to help.", "receiver": "It was offered in answer to your post."},
    "door": {
        "giver": "A door there was asked for, and you know somebody.",
        "receiver": "You asked for this door.",
    },
    "lead": {
        "giver": "It is about a lead that you posted.",
        "receiver": "It is about a lead on your group's board.",
    },
}


def next_step(shown: Shown) -> str:
    """Say what happens next, and who has it."""
    if shown.step == "wait" and shown.side == "receiver" and shown.origin == "door":
        return "We are looking for the right person to open this door. You will hear from us."
    return {
        "answer": "Your answer: yes, not now or no. Nobody is told of a no.",
        "report": "Ask your contact, and tell us what they said.",
        "wait": "You said yes. The others are asked now; we tell you once everybody agrees.",
        "later": f"You said not now. We ask you again on {day(shown.later_on)}.",
        "keep": f"Do what you promised, by {day(shown.due_on)}.",
        "expect": f"You know each other now. The promise is due by {day(shown.due_on)}.",
        "thank": "The promise is kept. A word of thanks goes a long way.",
        "kept": "The promise is kept.",
        "let_go": "This promise was let go. It happens; nothing is held against anybody.",
        "said_no": "You said no. Nobody is told.",
        "rest": "No agreement came about this time. It happens often and says nothing about you.",
        "ended": "This one has ended. There is nothing you need to do.",
        "stopped": "Your coach has ended this one. There is nothing you need to do.",
    }[shown.step]


def stages(shown: Shown) -> list[dict[str, str]]:
    """Return the stepper's lines: my answer, everybody agrees, introduced, the promise."""
    labels = ["Your answer", "Everybody agrees", "Introduced", "Promise kept"]
    if shown.side == "receiver" and shown.origin == "door":
        labels[0] = "You asked"
    reached = {
        "answer": 0,
        "later": 0,
        "said_no": 0,
        "wait": 1,
        "report": 1,
        "rest": 1,
        "keep": 3,
        "expect": 3,
        "let_go": 3,
        "thank": 4,
        "kept": 4,
    }.get(shown.step, 3 if shown.met else 0)
    broken = shown.step in {"said_no", "rest", "ended", "stopped", "let_go"}
    lines = []
    for number, label in enumerate(labels):
        if number < reached:
            state = "done"
        elif number == reached:
            state = "stopped" if broken else "now"
        else:
            state = "next"
        lines.append({"label": label, "state": state})
    return lines
