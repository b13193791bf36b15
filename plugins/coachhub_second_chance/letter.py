"""The letter after a "no", drafted by rules from what the member noted. Pure text, no guessing.

Each piece says why it is there. A piece for which nothing was noted is left out, and said so.
"""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import quote

from coachhub.core.words import gettext, gettext_noop

# Mail programs and systems cut addresses at about 2,000 characters.
LONGEST_LINK = 1900


@dataclass(frozen=True)
class Notes:
    """What the member noted: phrases that go on where the letter's sentences begin."""

    company: str
    name: str
    role: str = ""
    went_well: str = ""
    met: str = ""
    learned: str = ""
    can_offer: str = ""
    to_name: str = ""


@dataclass(frozen=True)
class Piece:
    """One part of the letter: what it is for, why it helps, its words; none if it is left out."""

    title: str
    why: str
    text: str


def pieces(notes: Notes) -> list[Piece]:
    """Return the letter's parts in their order, those left out with no words."""
    return [
        Piece(
            gettext("Thanks, first"),
            gettext("They gave you their time, and hardly anybody says so after a no."),
            gettext(
                "Thank you for the time you and your colleagues took to talk with me about the"
                " role of %(role)s.",
                role=notes.role,
            )
            if notes.role
            else gettext("Thank you for the time you and your colleagues took to talk with me."),
        ),
        Piece(
            gettext("What stayed with you"),
            gettext(
                "One thing that only somebody who was there can write. It shows that you meant it."
            ),
            _with(gettext_noop("What has stayed with me: %(what)s"), notes.went_well),
        ),
        Piece(
            gettext("The people you met"),
            gettext("They hear that you remember them, and they may be asked about you one day."),
            _with(gettext_noop("Please give my regards to %(what)s"), notes.met),
        ),
        Piece(
            gettext("The no, plainly"),
            gettext(
                "You need not hide that you had hoped. Wishing them well costs nothing and is rare."
            ),
            gettext(
                "Of course I had hoped for another answer. I wish you and whoever joins you a very"
                " good beginning."
            ),
        ),
        Piece(
            gettext("What you learned"),
            gettext("It turns the no into something that they gave you."),
            _with(
                gettext_noop("Our conversations have already been of use to me: %(what)s"),
                notes.learned,
            ),
        ),
        Piece(
            gettext("What you can still give"),
            gettext(
                "Who gives is remembered, and whoever only asks is not. Small and specific is best."
            ),
            _with(gettext_noop("If it helps you, I am glad to %(what)s"), notes.can_offer),
        ),
        Piece(
            gettext("The door stays open"),
            gettext(
                "Plans change: people leave after a month, and a second opening comes. You are"
                " known."
            ),
            gettext(
                "%(company)s is still where I would like to be. Should something new come up, or"
                " your plans change, I would be happy to talk again. If I may, I will write to you"
                " in a while.",
                company=notes.company,
            ),
        ),
    ]


def subject(notes: Notes) -> str:
    """Return the line above the letter."""
    return (
        gettext("Thank you for our talk about the role of %(role)s", role=notes.role)
        if notes.role
        else gettext("Thank you for our talk")
    )


def draft(notes: Notes) -> str:
    """Return the whole letter, with a blank line between its parts."""
    greeting = gettext("Hello,")
    if notes.to_name:
        greeting = gettext("Dear %(name)s,", name=notes.to_name)
    parts = [piece.text for piece in pieces(notes) if piece.text]
    return "\n\n".join([greeting, *parts, f"{gettext('Kind regards,')}\n{notes.name}"])


def mail_link(address: str, subject_line: str, text: str) -> tuple[str, bool]:
    """Return a link that opens the letter in one's own mail program, and whether all is in it.

    RFC 6068. A letter that is too long for a link is left out of it: then it has to be pasted.
    """
    to = quote(address, safe="@")
    head = f"mailto:{to}?subject={quote(subject_line, safe='')}"
    body = quote(text.replace("\r\n", "\n").replace("\n", "\r\n"), safe="")
    whole = f"{head}&body={body}"
    return (whole, True) if len(whole) <= LONGEST_LINK else (head[:LONGEST_LINK], False)


def _with(sentence: str, phrase: str) -> str:
    phrase = " ".join(phrase.split())
    if not phrase:
        return ""
    return gettext(sentence, what=phrase if phrase[-1] in ".?" else f"{phrase}.")
