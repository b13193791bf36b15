"""The sentences of an introduction, for each side and each point of its life."""

from __future__ import annotations

from typing import TYPE_CHECKING

from coachhub.core.words import day, gettext, gettext_noop
from coachhub.introductions.models import Introduction
from coachhub.introductions.retold import retold

if TYPE_CHECKING:
    from coachhub.introductions.shown import Facts, Shown

# Where an introduction stands for one side → (word on a list, tone of the badge).
STEPS: dict[str, tuple[str, str]] = {
    "answer": (gettext_noop("Waits for you"), "accent"),
    "report": (gettext_noop("Ask your contact"), "accent"),
    "keep": (gettext_noop("Your promise"), "accent"),
    "thank": (gettext_noop("Say thanks"), "accent"),
    "later": (gettext_noop("Later"), ""),
    "wait": (gettext_noop("Being asked"), "info"),
    "expect": (gettext_noop("Introduced"), "good"),
    "kept": (gettext_noop("Kept"), "good"),
    "let_go": (gettext_noop("Let go"), ""),
    "said_no": (gettext_noop("You said no"), ""),
    "rest": (gettext_noop("At rest"), ""),
    "ended": (gettext_noop("Ended"), ""),
    "stopped": (gettext_noop("Ended"), ""),
}
MINE = frozenset({"answer", "report", "keep", "thank"})
DONE = frozenset({"kept", "let_go", "said_no", "rest", "ended", "stopped"})

OUTCOMES = {
    "meeting": gettext_noop("We talked"),
    "interview": gettext_noop("It led to an interview"),
    "offer": gettext_noop("It led to an offer"),
    "nothing_yet": gettext_noop("Nothing yet"),
}


_TITLES = {
    "giver": {
        "door": gettext_noop("%(who)s would like to reach %(company)s"),
        "insider": gettext_noop("%(who)s would like to hear about %(company)s"),
        "offer": gettext_noop("%(who)s could use your help: %(what)s"),
        "lead": gettext_noop("%(who)s may fit your lead: %(what)s"),
        "buddy": gettext_noop("%(who)s is looking at %(company)s too"),
    },
    "receiver": {
        "door": gettext_noop("A door at %(company)s"),
        "insider": gettext_noop("%(who)s knows %(company)s from the inside"),
        "offer": gettext_noop("%(who)s can help: %(what)s"),
        "lead": gettext_noop("A lead that fits you: %(what)s"),
        "buddy": gettext_noop("%(who)s is looking at %(company)s too"),
    },
}
# As long as the other side is not known.
_TITLES_UNNAMED = {
    "giver": {
        "door": gettext_noop("Somebody in your group would like to reach %(company)s"),
        "insider": gettext_noop("Somebody in your group would like to hear about %(company)s"),
        "offer": gettext_noop("Somebody in your group could use your help: %(what)s"),
        "lead": gettext_noop("Somebody in your group may fit your lead: %(what)s"),
        "buddy": gettext_noop("Somebody in your group is looking at %(company)s too"),
    },
    "receiver": {
        "door": gettext_noop("A door at %(company)s"),
        "insider": gettext_noop("Somebody in your group knows %(company)s from the inside"),
        "offer": gettext_noop("Somebody in your group can help: %(what)s"),
        "lead": gettext_noop("A lead that fits you: %(what)s"),
        "buddy": gettext_noop("Somebody in your group is looking at %(company)s too"),
    },
}


def title(introduction: Introduction, side: str, facts: Facts, other: str) -> str:
    """Name an introduction for one side; `other` is empty while the other side is not known."""
    company = facts.companies.get(introduction.company_id or introduction.id) or gettext(
        "a company"
    )
    need = facts.post(introduction.need_id)
    asset = facts.post(introduction.asset_id) or need
    what = (need or asset or company) if side == "giver" else (asset or company)
    text = (_TITLES if other else _TITLES_UNNAMED)[side][introduction.asset]
    return gettext(text, who=other, company=company, what=what)


def why(introduction: Introduction, side: str, *, met: bool) -> str:
    """Say in one sentence why this side gets it, in words that name nobody."""
    if introduction.origin != "round":
        return gettext(_WHY_DIRECT[introduction.origin][side])
    if introduction.asset == "buddy":
        return gettext("Two people who look at the same company often find more than one.")
    if side == "giver" and introduction.asset == "door":
        return gettext("It is on their list, and you know somebody there.")
    if side == "giver" or met:
        return retold(introduction.reason)
    return gettext(_WHY_NOT_MET[introduction.asset])


_WHY_NOT_MET = {
    "door": gettext_noop("It is on your list, and somebody in your group knows a person there."),
    "insider": gettext_noop("It is on your list."),
    "offer": gettext_noop("It answers what you are looking for."),
    "lead": gettext_noop("It matches the work you are looking for."),
}
_WHY_DIRECT = {
    "help": {
        "giver": gettext_noop("You offered to help."),
        "receiver": gettext_noop("It was offered in answer to your post."),
    },
    "door": {
        "giver": gettext_noop("A door there was asked for, and you know somebody."),
        "receiver": gettext_noop("You asked for this door."),
    },
    "lead": {
        "giver": gettext_noop("It is about a lead that you posted."),
        "receiver": gettext_noop("It is about a lead on your group's board."),
    },
}
_NEXT_STEPS = {
    "answer": gettext_noop("Your answer: yes, not now or no. Nobody is told of a no."),
    "report": gettext_noop("Ask your contact, and tell us what they said."),
    "wait": gettext_noop(
        "You said yes. The others are asked now; we tell you once everybody agrees."
    ),
    "later": gettext_noop("You said not now. We ask you again on %(day)s."),
    "keep": gettext_noop("Do what you promised, by %(day)s."),
    "expect": gettext_noop("You know each other now. The promise is due by %(day)s."),
    "thank": gettext_noop("The promise is kept. A word of thanks goes a long way."),
    "kept": gettext_noop("The promise is kept."),
    "let_go": gettext_noop("This promise was let go. It happens; nothing is held against anybody."),
    "said_no": gettext_noop("You said no. Nobody is told."),
    "rest": gettext_noop(
        "No agreement came about this time. It happens often and says nothing about you."
    ),
    "ended": gettext_noop("This one has ended. There is nothing you need to do."),
    "stopped": gettext_noop("Your coach has ended this one. There is nothing you need to do."),
}


def next_step(shown: Shown) -> str:
    """Say what happens next, and who has it."""
    if shown.step == "wait" and shown.side == "receiver" and shown.origin == "door":
        return gettext(
            "We are looking for the right person to open this door. You will hear from us."
        )
    when = shown.later_on if shown.step == "later" else shown.due_on
    return gettext(_NEXT_STEPS[shown.step], day=day(when))


def stages(shown: Shown) -> list[dict[str, str]]:
    """Return the stepper's lines: my answer, everybody agrees, introduced, the promise."""
    labels = [
        gettext("Your answer"),
        gettext("Everybody agrees"),
        gettext("Introduced"),
        gettext("Promise kept"),
    ]
    if shown.side == "receiver" and shown.origin == "door":
        labels[0] = gettext("You asked")
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
